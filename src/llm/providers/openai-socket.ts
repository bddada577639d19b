/** Which WebSockets are sessions with a model: Realtime, Live and Responses, by their address. */
import type { Endpoint } from '../types.js';
import { providerOfHost, UNKNOWN_PROVIDER } from './hosts.js';
import { text } from './read.js';

/** Where a session goes to. */
export interface SocketEndpoint {
  readonly provider: string;
  readonly operation: 'realtime' | 'responses';
  /** The feature of what the application names none for. */
  readonly feature: string;
  /** As the URL asks for it: a model or an Azure deployment. */
  readonly model: string | undefined;
  /** Sold by the minute: as the session itself tells, or by the audio that goes to it. */
  readonly timed?: 'as it tells' | 'by what is sent';
}

/** A URL, as far as it matters; `host` may carry a port. */
export interface SocketTarget {
  readonly host: string;
  readonly path: string;
  readonly query: (name: string) => string | null;
}

/** `/realtime` alone is a word that any application may use: at a host we do not know, one of these is asked for. */
const REALTIME_QUERY = ['model', 'deployment', 'call_id', 'intent'];

/** Undefined for a socket that is none of a model's. Azure's Voice Live speaks this too, at prices of its own: not taken. */
export function findSocketEndpoint({ host, path, query }: SocketTarget): SocketEndpoint | undefined {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  const provider = providerOfHost(host);
  if (bare.endsWith('/responses'))
    return { provider, operation: 'responses', feature: 'chat', model: undefined };
  const model = text(query('deployment') ?? query('model'));
  const voice = { provider, operation: 'realtime', feature: 'voice_realtime', model } as const;
  if (bare.endsWith('/realtime/translations')) return { ...voice, timed: 'by what is sent' };
  if (bare.endsWith('/live/sessions')) return { ...voice, timed: 'as it tells' };
  if (!bare.endsWith('/realtime') || bare.endsWith('/voice-live/realtime')) return undefined;
  if (provider === UNKNOWN_PROVIDER && REALTIME_QUERY.every((name) => query(name) === null)) return undefined;
  return voice;
}

/** The handshake, as a call: of one that is refused, this is all that is known. */
export const handshakeOf = ({ provider, operation, feature, model }: SocketEndpoint): Endpoint => ({
  ...{ provider, operation, feature, readAnswer: () => {}, readEvent: () => {} },
  readRequest(_, facts) {
    if (model !== undefined) facts.requestModel = model;
  },
});
