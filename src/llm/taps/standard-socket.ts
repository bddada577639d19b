/** WebSockets as the standard has them: undici's, which are Node's own too. No listener of the application's is touched. */
import { onChannel } from '../../hook/channel.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import type { Guard } from '../../guard.js';
import type { Log } from '../../log.js';
import { FEATURE_HEADER } from '../feature.js';
import type { Handshake, StartSocket, Watched } from './contract.js';
import { UNDICI_VERSIONS } from './undici.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the sockets are libraries' and applications' own */

/** Handshakes under way, by the URL they go to; those to the same one are alike. */
interface Handshakes {
  /** The socket that went there is open. */
  take(url: unknown): Handshake | undefined;
}

const FILES = ['undici/lib/web/websocket/websocket.js', 'undici/lib/websocket/websocket.js'];

export function tapStandardSockets(
  { guard, log }: { readonly guard: Guard; readonly log: Log },
  start: StartSocket,
): void {
  const handshakes = watchHandshakes(guard, start);
  const tap = ({ WebSocket }: any): void => tapStandard(WebSocket.prototype, handshakes, guard);
  for (const file of FILES) onKnownFile({ guard, log }, file, UNDICI_VERSIONS, tap);
  tapGlobal(guard, tap);
}

/** It hands everything to its listeners by `dispatchEvent`. */
function tapStandard(prototype: any, handshakes: Handshakes, guard: Guard): void {
  const sessions = new WeakMap<object, Watched>();
  wrapMethod(prototype, 'dispatchEvent', (original) => {
    return function (this: any, event: any): unknown {
      const type: unknown = event?.type;
      if (type === 'open' && !sessions.has(this)) {
        guard.run('llm socket', () => {
          const session = handshakes.take(this.url)?.open();
          if (session === undefined) return;
          sessions.set(this, session);
          session.watch(this);
        });
      } else if (type === 'message') sessions.get(this)?.received(event.data);
      else if (type === 'close') {
        const session = sessions.get(this);
        session?.ending(event.wasClean === true ? event.code : undefined);
        session?.closed();
      }
      return original.call(this, event);
    };
  });
}

/**
 * To look at the global WebSocket makes Node load undici, which takes some 20 ms. It is there for sure when the first
 * socket sends its handshake, and nothing has come over that yet.
 */
function tapGlobal(guard: Guard, tap: (owner: any) => void): void {
  let isDone = false;
  onChannel(guard, 'undici:request:create', ({ request }) => {
    if (isDone || request?.upgrade !== 'websocket') return;
    isDone = true;
    const WebSocket: unknown = Reflect.get(globalThis, 'WebSocket');
    if (typeof WebSocket === 'function') tap({ WebSocket });
  });
}

function watchHandshakes(guard: Guard, start: StartSocket): Handshakes {
  const waiting = new Map<string, Handshake[]>();
  const byRequest = new WeakMap<object, { readonly url: string; readonly handshake: Handshake }>();

  function leave(url: string, handshake: Handshake): void {
    const others = (waiting.get(url) ?? []).filter((each) => each !== handshake);
    if (others.length > 0) waiting.set(url, others);
    else waiting.delete(url);
  }

  function fail(request: object, tell: (handshake: Handshake) => void): void {
    const found = byRequest.get(request);
    if (found === undefined) return;
    byRequest.delete(request);
    leave(found.url, found.handshake);
    tell(found.handshake);
  }

  onChannel(guard, 'undici:request:create', ({ request }) => {
    if (request?.upgrade !== 'websocket') return;
    const url = new URL(request.path, String(request.origin).replace(/^http/, 'ws'));
    const header = (name: string): string | undefined => headerOf(request.headers, name);
    const query = (name: string): string | null => url.searchParams.get(name);
    const handshake = start({ host: url.host, path: url.pathname, query }, header);
    if (handshake === undefined) return;
    takeOff(request.headers, FEATURE_HEADER);
    byRequest.set(request, { url: url.href, handshake });
    waiting.set(url.href, [...(waiting.get(url.href) ?? []), handshake]);
  });
  onChannel(guard, 'undici:request:headers', ({ request, response }) => {
    const status: unknown = response?.statusCode;
    if (typeof status !== 'number' || status === 101 || !byRequest.has(request)) return;
    // A socket follows no redirect; any other answer is none either.
    fail(request, ({ call }) => (status >= 400 ? call.response(status, () => undefined) : call.error(undefined)));
  }); // prettier-ignore
  onChannel(guard, 'undici:request:error', ({ request, error }) => {
    fail(request, ({ call }) => call.error(error));
  });
  return {
    take(url) {
      const [first] = waiting.get(String(url)) ?? [];
      if (first !== undefined) leave(String(url), first);
      return first;
    },
  };
}

/** Names and values in turn. */
function indexOf(headers: unknown, name: string): number {
  if (!Array.isArray(headers)) return -1;
  return headers.findIndex((each, i) => i % 2 === 0 && String(each).toLowerCase() === name);
}

function headerOf(headers: unknown, name: string): string | undefined {
  const at = indexOf(headers, name);
  return at === -1 ? undefined : String((headers as unknown[])[at + 1]);
}

function takeOff(headers: unknown, name: string): void {
  const at = indexOf(headers, name);
  if (at !== -1) (headers as unknown[]).splice(at, 2);
}
