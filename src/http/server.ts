/**
 * HTTP requests, from the channel that Node's own http and https servers publish to when the headers are parsed and
 * before any `request` listener runs, to the moment when all of the answer has been handed over (finish.ts); a
 * connection that ends before tells so itself. Upgrades and CONNECT that somebody listens for, and input that is no
 * HTTP (`clientError`), never come here: they are not requests.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Hook } from '../context.js';
import { onFinish } from './finish.js';
import { ignoredPaths, isOwn } from './ignore.js';
import { createRequestMeasure } from './measure.js';
import { beginRoute, endpointOf, endRoute, type RouteSource, type RouteState } from './route.js';
import { statusOf } from './status.js';

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
}

/** One request until its answer has ended; the state of its route, too, which saves an object for each. */
class Exchange implements RouteState {
  route: RouteState = this;
  given: string | undefined = undefined;
  source: RouteSource | undefined = undefined;
  isOwn = false;
  /** Of a pipeline the next request, and after the newest the oldest: most often the request itself. */
  next: Exchange = this;

  constructor(
    readonly response: ServerResponse,
    readonly server: Server,
    /** Kept from the start: method-override middleware changes `request.method`. */
    readonly method: string,
    readonly startedAt: number,
  ) {}
}

export const hookHttpServer: Hook = (context) => {
  const { config, guard, now } = context;
  const measure = createRequestMeasure(context);
  const isIgnored = ignoredPaths(config.httpIgnore);
  // The hottest code of this package, so with a `try` of its own instead of `guard.wrap`.
  const starts = guard.fuse('http request');
  const ends = guard.fuse('http response');
  let isFinishSeen = false;
  // A symbol of this hook alone. State on the socket itself costs a third of a WeakMap and dies with it; to listen to
  // each response would cost as much as all the rest.
  const NEWEST = Symbol('intelia.http.newest');
  /** The newest of the requests that are open; null once there is none. */
  type TrackedSocket = Socket & { [NEWEST]?: Exchange | null };

  function track(socket: TrackedSocket, exchange: Exchange): void {
    const newest = socket[NEWEST];
    if (newest === undefined) socket.on('close', onSocketClose);
    if (newest != null) {
      exchange.next = newest.next;
      newest.next = exchange;
    }
    socket[NEWEST] = exchange;
  }

  /** What is open now has no answer, or one that never got its turn. */
  function onSocketClose(this: TrackedSocket): void {
    const newest = this[NEWEST];
    this[NEWEST] = null;
    if (newest == null || ends.isBlown) return;
    let each = newest;
    try {
      do record((each = each.next), statusOf(each, this));
      while (each !== newest);
    } catch (error) {
      ends.fail(error);
    }
  }

  function record(exchange: Exchange, status: number): void {
    const { route, method, startedAt } = exchange;
    endRoute(route);
    if (route.isOwn) return;
    measure(method, endpointOf(route), status, now() - startedAt);
  }

  subscribe('http.server.request.start', (message) => {
    if (starts.isBlown) return;
    try {
      const { request, response, socket, server } = message as Message;
      if (!isFinishSeen) {
        isFinishSeen = true;
        onFinish(finish);
      }
      if (isOwn(server) || isIgnored?.(request.url ?? '') === true) return;
      const exchange = new Exchange(response, server, request.method ?? '', now());
      exchange.route = beginRoute(request, exchange);
      track(socket, exchange);
    } catch (error) {
      starts.fail(error);
    }
  });

  function finish(response: ServerResponse, socket: TrackedSocket): void {
    if (ends.isBlown) return;
    try {
      const newest = socket[NEWEST];
      // The answers of a pipeline finish in turn; one that is not measured is not among them.
      const exchange = newest?.next;
      if (newest == null || exchange?.response !== response) return;
      if (exchange === newest) socket[NEWEST] = null;
      else newest.next = exchange.next;
      // A write that failed counts as finished, too; its error is there before the connection is gone.
      record(exchange, socket.errored == null ? response.statusCode : statusOf(exchange, socket));
    } catch (error) {
      ends.fail(error);
    }
  }
};
