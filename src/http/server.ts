/**
 * HTTP requests, from the channels that Node's own http and https servers publish. The first message comes when the
 * headers are parsed and before any `request` listener runs, the second when all of the answer has been handed over;
 * a connection that ends before tells so itself. Upgrades and CONNECT that somebody listens for, and input that is no
 * HTTP (`clientError`), never come here: they are not requests.
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

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
}

interface Exchange extends Omit<Message, 'socket'> {
  readonly route: RouteState;
  /** Kept from the start: method-override middleware changes `request.method`. */
  readonly method: string;
  readonly startedAt: number;
  /** The next request of a pipeline. */
  next: Exchange | undefined;
}

/** The requests of one connection that are open, the oldest first. */
interface Open {
  first: Exchange | undefined;
  last: Exchange | undefined;
}

export const hookHttpServer: Hook = (context) => {
  const { config, guard, now } = context;
  const measure = createRequestMeasure(context);
  const isIgnored = ignoredPaths(config.httpIgnore);
  // A symbol of this hook alone. State on the socket itself costs a third of a WeakMap and dies with it; to listen to
  // each response would cost as much as all the rest.
  const OPEN = Symbol('intelia.http.open');
  type TrackedSocket = Socket & { [OPEN]?: Open };

  function track(socket: TrackedSocket, exchange: Exchange): void {
    let open = socket[OPEN];
    if (open === undefined) {
      socket[OPEN] = open = { first: undefined, last: undefined };
      socket.on('close', onSocketClose);
    }
    if (open.last === undefined) open.first = exchange;
    else open.last.next = exchange;
    open.last = exchange;
  }

  /** What is open now has no answer, or one that never got its turn. */
  function onSocketClose(this: TrackedSocket): void {
    const open = this[OPEN] as Open;
    let each = open.first;
    open.first = open.last = undefined;
    for (; each !== undefined; each = each.next) record(each, this);
  }

  function record(exchange: Exchange, socket: Socket): void {
    try {
      const { method, request, route, startedAt } = exchange;
      endRoute(request);
      if (route.isOwn) return;
      const status = statusOf(exchange, socket);
      measure({ method, endpoint: endpointOf(route), status, duration: now() - startedAt });
    } catch (error) {
      guard.report('http close', error);
    }
  }

  onChannel(guard, 'http.server.request.start', ({ request, response, socket, server }: Message) => {
    if (isOwn(server) || isIgnored?.(request.url ?? '') === true) return;
    const method = request.method ?? '';
    const route = beginRoute(request);
    track(socket, { request, response, server, method, route, startedAt: now(), next: undefined });
  });

  onChannel(guard, 'http.server.response.finish', ({ response, socket }: Message) => {
    const open = (socket as TrackedSocket)[OPEN];
    const exchange = open?.first;
    // The answers of a pipeline finish in turn; one that is not measured is not among them.
    if (open === undefined || exchange?.response !== response) return;
    open.first = exchange.next;
    // An idle connection holds on to nothing.
    if (open.first === undefined) open.last = undefined;
    record(exchange, socket);
  });
};

/**
 * What became of the request. An answer that did not finish was cut off by the client (its end of the connection or an
 * error of the connection was seen) or else by the server: a destroyed response, a time-out, Express' way with an error
 * after the headers. That is 500 whatever the headers said, unless the server is being closed and so ends its streams.
 */
function statusOf({ response, server }: Exchange, socket: Socket): number {
  // A write that failed counts as finished, too; its error is there before the connection is gone.
  if (!socket.destroyed && socket.errored == null) return response.statusCode;
  const clientGone = socket.readableEnded || (socket.errored != null && socket.errored !== response.errored);
  if (clientGone) return CLIENT_CLOSED_REQUEST;
  if (response.writableFinished) return response.statusCode;
  return response.headersSent && !server.listening ? response.statusCode : 500;
}
