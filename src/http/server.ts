/**
 * HTTP requests, from the channel that Node's own http and https servers publish. The message comes when the headers
 * are parsed and before any `request` listener runs. Upgrades and CONNECT that somebody listens for, and input that
 * is no HTTP (`clientError`), never come here: they are not requests.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Hook } from '../context.js';
import { onChannel } from '../hook/channel.js';
import { ignoredPaths, isOwn } from './ignore.js';
import { createRequestMeasure } from './measure.js';
import { beginRoute, endpointOf, endRoute, type RouteState } from './route.js';

/** nginx's code for a client that went away before the answer was complete; no RFC has one. */
const CLIENT_CLOSED_REQUEST = 499;

interface StartMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
}

interface Exchange extends StartMessage {
  readonly route: RouteState;
  /** Kept from the start: method-override middleware changes `request.method`. */
  readonly method: string;
  readonly startedAt: number;
  recorded: boolean;
}

export const hookHttpServer: Hook = (context) => {
  const { config, guard, now } = context;
  const measure = createRequestMeasure(context);
  const isIgnored = ignoredPaths(config.httpIgnore);
  // Symbols of this hook alone. State on the socket itself costs a third of a WeakMap and dies with it.
  const OPEN = Symbol('intelia.http.open');
  const QUEUED = Symbol('intelia.http.queued');
  type TrackedSocket = Socket & { [OPEN]?: number; [QUEUED]?: Set<Exchange> };

  function record(exchange: Exchange): void {
    if (exchange.recorded) return;
    exchange.recorded = true;
    try {
      finish(exchange);
    } catch (error) {
      guard.report('http close', error);
    }
  }

  function finish(exchange: Exchange): void {
    const { method, request, route } = exchange;
    const socket = exchange.socket as TrackedSocket;
    endRoute(request);
    socket[OPEN] = (socket[OPEN] as number) - 1;
    socket[QUEUED]?.delete(exchange);
    if (route.isOwn) return;
    const duration = now() - exchange.startedAt;
    measure({ method, endpoint: endpointOf(route), status: statusOf(exchange), duration });
  }

  function onSocketClose(this: TrackedSocket): void {
    for (const exchange of this[QUEUED] ?? []) record(exchange);
  }

  /** A pipelined response waits for its turn; when the connection ends before, Node never closes it. */
  function watchQueued(socket: TrackedSocket, exchange: Exchange): void {
    let queued = socket[QUEUED];
    if (queued === undefined) {
      socket[QUEUED] = queued = new Set();
      socket.on('close', onSocketClose);
    }
    queued.add(exchange);
  }

  onChannel(guard, 'http.server.request.start', ({ request, response, socket, server }: StartMessage) => {
    if (isOwn(server) || isIgnored?.(request.url ?? '') === true) return;
    const method = request.method ?? '';
    const route = beginRoute(request);
    const exchange: Exchange = {
      request,
      response,
      socket,
      server,
      method,
      route,
      startedAt: now(),
      recorded: false,
    };
    const open = (socket as TrackedSocket)[OPEN] ?? 0;
    (socket as TrackedSocket)[OPEN] = open + 1;
    if (open > 0) watchQueued(socket, exchange);
    response.on('close', () => record(exchange));
  });
};

/**
 * What became of the request. An answer that did not finish was cut off by the client (its end of the connection or an
 * error of the connection was seen) or else by the server: a destroyed response, a time-out, Express' way with an error
 * after the headers. That is 500 whatever the headers said, unless the server is being closed and so ends its streams.
 */
function statusOf({ response, server, socket }: Exchange): number {
  // Node closes a response when all of it has been handed over, or when its connection is gone.
  if (!socket.destroyed) return response.statusCode;
  const clientGone = socket.readableEnded || (socket.errored != null && socket.errored !== response.errored);
  if (clientGone) return CLIENT_CLOSED_REQUEST;
  if (response.writableFinished) return response.statusCode;
  return response.headersSent && !server.listening ? response.statusCode : 500;
}
