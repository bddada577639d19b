/**
 * A WebSocket's handshake over Node's http client, which is how `ws` opens one. From the connection that is handed over
 * then, the socket itself is found: so `ws` is measured in any version and copy of it, inside a bundle too.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ownMethod } from '../../hook/own.js';
import type { Guard } from '../../guard.js';
import type { Call, HeaderReader, StartSocket, Watched } from './contract.js';
import { FEATURE_HEADER } from '../feature.js';
import type { Target } from './request.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the sockets are libraries' own */

/** Told at once of nearly every request that it is none. */
const MAYBE = /\/(?:realtime|responses|live)\b/;

export const isHandshake = (request: ClientRequest): boolean =>
  MAYBE.test(request.path) && String(request.getHeader('upgrade')).toLowerCase() === 'websocket';

interface HandshakeOptions {
  readonly request: ClientRequest;
  readonly target: Target;
  readonly header: HeaderReader;
  readonly start: StartSocket;
  readonly guard: Guard;
  /** Tells the call how the request ends when it is not answered. */
  readonly watch: (request: ClientRequest, call: Call) => { hasAnswer: boolean };
}

export function beginHandshake(
  options: HandshakeOptions,
): { answered(response: IncomingMessage): void } | undefined {
  const { request, target, header, start, guard, watch } = options;
  const query = new URLSearchParams(request.path.slice(request.path.indexOf('?') + 1));
  const handshake = start({ ...target, query: (name) => query.get(name) }, header);
  if (handshake === undefined) return undefined;
  const { call } = handshake;
  if (header(FEATURE_HEADER) !== undefined && !request.headersSent) request.removeHeader(FEATURE_HEADER);
  const fate = watch(request, call);
  const { emit } = request;
  ownMethod(request, 'emit', (name: string, ...args: any[]) => {
    const connection: unknown = name === 'upgrade' ? args[1] : undefined;
    if (connection === undefined) return (emit as any).call(request, name, ...args);
    fate.hasAnswer = true;
    const follow = guard.run('llm socket', () => findSocket(connection as Duplex, guard, handshake.open));
    try {
      return (emit as any).call(request, name, ...args);
    } finally {
      guard.run('llm socket', () => {
        // What nobody took over was no WebSocket after all, or one that we do not know.
        if (follow?.() !== true) tellUnfollowed(call, connection as Duplex);
      });
    }
  });
  return {
    answered(response) {
      fate.hasAnswer = true;
      tellRefusal(call, response);
    },
  };
}

function tellRefusal(call: Call, { statusCode = 0, headers }: IncomingMessage): void {
  if (statusCode >= 400) return call.response(statusCode, () => undefined);
  // Some follow a redirect, with a handshake of its own.
  if (statusCode >= 300 && headers.location !== undefined) return call.forget();
  // An answer, but no socket.
  call.error(undefined);
}

function tellUnfollowed(call: Call, connection: Duplex): void {
  if (connection.destroyed) call.error(undefined);
  else call.forget();
}

/**
 * `ws` puts itself on the connection, then sets its options, then says that it is open: the middle is when to look.
 *
 * @returns What to call when all that has happened. Gives whether there is a socket to follow.
 */
function findSocket(connection: any, guard: Guard, open: () => Watched): () => boolean {
  let session: Watched | undefined;
  const { setNoDelay } = connection;
  const look = (): void => {
    delete connection.setNoDelay;
    const [key] = Object.getOwnPropertySymbols(connection).filter((each) => each.description === 'websocket');
    const socket = key && connection[key];
    if (typeof socket?._receiver?.prependListener !== 'function') return;
    session = open();
    session.watch(socket);
    // Where its receiver hands over a message, since `removeAllListeners()` is often called on a socket. When the other
    // side closes, or breaks the protocol, ws calls the socket's own close().
    socket._receiver.prependListener('conclude', session.ending);
    socket._receiver.prependListener('error', session.ending);
    socket._receiver.prependListener('message', session.received);
  };
  ownMethod(connection, 'setNoDelay', (...args: any[]) => {
    guard.run('llm socket', look);
    return setNoDelay.apply(connection, args);
  });
  return () => {
    delete connection.setNoDelay;
    // After ws' own listener, which may still hand over messages.
    if (session !== undefined) connection.once('close', session.closed);
    return session !== undefined;
  };
}
