/**
 * The tap on WebSockets that go to a model: those of `ws`, and those of undici, which are Node's own. It looks at
 * messages on their way to the application and adds no listener of the application's socket.
 */
import { onChannel } from '../../hook/channel.js';
import { onFileLoad } from '../../hook/load.js';
import { ownMethod } from '../../hook/own.js';
import { disguise, wrapMethod } from '../../hook/wrap.js';
import type { Guard } from '../../guard.js';
import { featureOf } from '../feature.js';
import type { SocketText } from '../wire/peek.js';
import { findSocketEndpoint } from '../providers/openai-realtime.js';
import { createSession, type Session } from './session.js';
import type { LlmEvent } from '../types.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the sockets are libraries' and applications' own */

export interface SocketTapOptions {
  readonly guard: Guard;
  readonly now: () => number;
  readonly record: (event: LlmEvent) => void;
  /** A session with a model has begun: prices will be wanted. */
  readonly opened: () => void;
}

export interface SocketTap {
  /** Counts every response that is still under way, for shutdown. */
  flushOpenResponses(): void;
}

/** A session, behind the wall. */
interface Watched {
  /** Gives the socket methods of its own, which see what the application does. */
  watch(socket: any): void;
  received(data: unknown): void;
  /** The other side ends it: what is called now to close the socket is not the application's doing. */
  ending(): void;
  closed(): void;
}

export function tapSockets(options: SocketTapOptions): SocketTap {
  const { guard } = options;
  const open = new Set<Session>();
  const begin = (url: unknown): Watched | undefined =>
    guard.run('llm socket', () => beginSession(url, options, open));
  onFileLoad(guard, 'ws/lib/websocket.js', (WebSocket) => tapWs(WebSocket.prototype, begin, guard));
  for (const file of ['undici/lib/web/websocket/websocket.js', 'undici/lib/websocket/websocket.js'])
    onFileLoad(guard, file, ({ WebSocket }) => tapStandard(WebSocket.prototype, begin, guard));
  tapGlobal(guard, begin);
  return {
    flushOpenResponses() {
      for (const session of open) guard.run('llm socket', () => session.abandon());
    },
  };
}

type Begin = (url: unknown) => Watched | undefined;

function beginSession(url: unknown, options: SocketTapOptions, open: Set<Session>): Watched | undefined {
  // Any socket comes here once, when it opens.
  if (typeof url !== 'string' || !/\/(realtime|responses)\b/.test(url)) return undefined;
  const { host, pathname, searchParams } = new URL(url);
  const endpoint = findSocketEndpoint({ host, path: pathname, query: (name) => searchParams.get(name) });
  if (endpoint === undefined) return undefined;
  const { guard, now, record } = options;
  const session = createSession({ endpoint, feature: featureOf(undefined, endpoint.feature), now, record });
  open.add(session);
  options.opened();
  return watched(session, guard, `llm ${endpoint.provider} socket`, () => open.delete(session));
}

function watched(session: Session, guard: Guard, where: string, over: () => void): Watched {
  let endedBy: 'host' | 'other' | undefined;
  const tell = (work: (message: SocketText) => void) =>
    guard.wrap(where, (data: unknown) => {
      if (typeof data === 'string' || Buffer.isBuffer(data)) work(data);
    });
  const sent = tell(session.sent);
  return {
    received: tell(session.received),
    ending: () => void (endedBy ??= 'other'),
    closed: guard.wrap(where, () => {
      over();
      session.closed(endedBy === 'host');
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

/** `ws` is looked at where its receiver hands over a message, since `removeAllListeners()` is often called on a socket. */
function tapWs(prototype: any, begin: Begin, guard: Guard): void {
  wrapMethod(prototype, 'setSocket', (original) => {
    return function (this: any, socket: any, ...rest: unknown[]): unknown {
      // A server's socket has no URL.
      const session = begin(this._url ?? this.url);
      if (session === undefined) return original.call(this, socket, ...rest);
      guard.run('llm socket', () => session.watch(this));
      try {
        // Tells the application that the socket is open.
        return original.call(this, socket, ...rest);
      } finally {
        guard.run('llm socket', () => {
          // When the other side closes, or breaks the protocol, ws calls the socket's own close().
          this._receiver.prependListener('conclude', session.ending);
          this._receiver.prependListener('error', session.ending);
          this._receiver.prependListener('message', session.received);
          socket.once('close', session.closed);
        });
      }
    };
  });
}

/** A standard WebSocket hands everything to its listeners by `dispatchEvent`. */
function tapStandard(prototype: any, begin: Begin, guard: Guard): void {
  const sessions = new WeakMap<object, Watched>();
  wrapMethod(prototype, 'dispatchEvent', (original) => {
    return function (this: any, event: any): unknown {
      const type: unknown = event?.type;
      if (type === 'open' && !sessions.has(this)) {
        const session = begin(this.url);
        if (session !== undefined) {
          sessions.set(this, session);
          guard.run('llm socket', () => session.watch(this));
        }
      } else if (type === 'message') sessions.get(this)?.received(event.data);
      else if (type === 'close') sessions.get(this)?.closed();
      return original.call(this, event);
    };
  });
}

/**
 * To look at the global WebSocket makes Node load undici, which takes some 20 ms. It is there for sure when the first
 * socket sends its handshake, and nothing has come over that yet.
 */
function tapGlobal(guard: Guard, begin: Begin): void {
  let isDone = false;
  onChannel(guard, 'undici:request:create', ({ request }) => {
    if (isDone || request?.upgrade !== 'websocket') return;
    isDone = true;
    const WebSocket: unknown = Reflect.get(globalThis, 'WebSocket');
    if (typeof WebSocket === 'function') tapStandard(WebSocket.prototype, begin, guard);
  });
}
