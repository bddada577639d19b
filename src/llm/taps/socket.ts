/**
 * WebSockets that go to a model: what becomes of the handshake, and the session that follows it. The roads they take are
 * in handshake.ts (`ws`) and standard-socket.ts (Node's own, undici's).
 */
import type { StartSocket, Watched } from './contract.js';
import { ownMethod } from '../../hook/own.js';
import { disguise } from '../../hook/wrap.js';
import type { Guard } from '../../guard.js';
import type { Log } from '../../log.js';
import { callStart } from './begin.js';
import type { CallLog } from './call.js';
import type { SocketText } from '../wire/peek.js';
import { findSocketEndpoint, handshakeOf } from '../providers/openai-socket.js';
import { createSession, type Session, type SessionEnd } from './session.js';
import { tapStandardSockets } from './standard-socket.js';
import { createTimedSession } from './timed-session.js';
import type { LlmEvent } from '../types.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the sockets are libraries' and applications' own */

export interface SocketTapOptions {
  readonly guard: Guard;
  readonly log: Log;
  readonly now: () => number;
  readonly record: (event: LlmEvent) => void;
  /** Handshakes are calls, until they have succeeded. */
  readonly calls: CallLog;
  /** A session with a model has begun: prices will be wanted. */
  readonly opened: () => void;
}

export interface SocketTap {
  /** A handshake leaves; undefined where it goes to no model. */
  start: StartSocket;
  /** Counts every response that is still under way, for shutdown. */
  flushOpenResponses(): void;
}

export function tapSockets(options: SocketTapOptions): SocketTap {
  const { guard, calls } = options;
  const open = new Set<Session>();
  const start: StartSocket = (target, header) => {
    const endpoint = findSocketEndpoint(target);
    if (endpoint === undefined) return undefined;
    options.opened();
    const begun = callStart(handshakeOf(endpoint), header, undefined);
    const { feature } = begun;
    const call = calls.start(begun);
    call.requestBody(undefined);
    return {
      call,
      open() {
        call.forget();
        const create = endpoint.timed === undefined ? createSession : createTimedSession;
        const { now, record } = options;
        const session = create({ endpoint, feature, now, record });
        open.add(session);
        return watched(session, guard, `llm ${endpoint.provider} socket`, () => open.delete(session));
      },
    };
  };
  tapStandardSockets(options, start);
  return {
    start,
    flushOpenResponses() {
      for (const session of open) guard.run('llm socket', () => session.abandon());
    },
  };
}

/** What a server says that ends a session by a fault of its own: 1011 to 1014. https://www.iana.org/assignments/websocket */
const isFault = (code: unknown): boolean => typeof code !== 'number' || (code >= 1011 && code <= 1014);

function watched(session: Session, guard: Guard, where: string, over: () => void): Watched {
  let endedBy: SessionEnd | undefined;
  const tell = (work: (message: SocketText) => void) =>
    guard.wrap(where, (data: unknown) => {
      if (typeof data === 'string' || Buffer.isBuffer(data)) work(data);
    });
  const sent = tell(session.sent);
  return {
    received: tell(session.received),
    ending: (code) => void (endedBy ??= isFault(code) ? 'lost' : 'other'),
    closed: guard.wrap(where, () => {
      over();
      session.closed(endedBy ?? 'lost');
    }),
    watch(socket) {
      replace(socket, 'send', (original, self, args) => {
        const result: unknown = original.apply(self, args);
        sent(args[0]);
        return result;
      });
      for (const name of ['close', 'terminate']) {
        replace(socket, name, (original, self, args) => {
          endedBy ??= 'host';
          return original.apply(self, args);
        });
      }
    },
  };
}

/** A method of this one socket, in place of the one it inherits. */
function replace(
  socket: any,
  name: string,
  work: (original: (...args: any[]) => unknown, self: unknown, args: any[]) => unknown,
): void {
  const original: unknown = socket[name];
  if (typeof original !== 'function') return;
  const method = function (this: unknown, ...args: any[]): unknown {
    return work(original as (...args: any[]) => unknown, this, args);
  };
  ownMethod(socket, name, disguise(method, original as (...args: any[]) => unknown));
}
