/**
 * HTTP/2 requests, from the channels that Node's http2 server publishes for its streams (Node 22.17 and later): those
 * of the compatibility API and of the stream API alike. HTTP/1 on a server with `allowHTTP1` is seen like any other.
 * Types only: to load http2 costs more than all the rest of the preload.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Hook } from '../context.js';
import { onChannel } from '../hook/channel.js';
import { ignoredPaths } from './ignore.js';
import { createRequestMeasure } from './measure.js';
import { beginRoute, endpointOf, endRoute, newState, type RouteState } from './route.js';
import { CLIENT_CLOSED_REQUEST } from './status.js';

/** Codes of RFC 9113 with which a client lets go of a stream; it has little use for the others. */
const NO_ERROR = 0;
const CANCEL = 8;

interface Exchange {
  readonly route: RouteState;
  readonly method: string;
  readonly startedAt: number;
}

interface Message {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

export const hookHttp2: Hook = (context) => {
  const { config, guard, now } = context;
  const measure = createRequestMeasure(context);
  const isIgnored = ignoredPaths(config.httpIgnore);
  const EXCHANGE = Symbol('intelia.http2.exchange');
  type Tracked = ServerHttp2Stream & { [EXCHANGE]?: Exchange | undefined };

  onChannel(guard, 'http2.server.stream.start', ({ stream, headers }: Message) => {
    const method = headers[':method'] ?? '';
    // As with HTTP/1, tunnels are no requests; nor is what the server pushes, whose ids are even.
    if (method === 'CONNECT' || (stream.id ?? 0) % 2 === 0) return;
    if (isIgnored?.(headers[':path'] ?? '') === true) return;
    const route = beginRoute(stream, newState());
    (stream as Tracked)[EXCHANGE] = { method, route, startedAt: now() };
  });

  onChannel(guard, 'http2.server.stream.close', ({ stream }: Message) => {
    const exchange = (stream as Tracked)[EXCHANGE];
    if (exchange === undefined) return;
    (stream as Tracked)[EXCHANGE] = undefined;
    const { method, route, startedAt } = exchange;
    endRoute(route);
    if (route.isOwn) return;
    measure(method, endpointOf(route), statusOf(stream), now() - startedAt);
  });
};

/**
 * What became of the request. Of an answer that did not finish Node does not tell who broke it off: a client does so
 * with its connection, or with one of two codes; a server that destroys the stream, or gives another, has failed.
 */
function statusOf(stream: ServerHttp2Stream): number {
  const sent = Number(stream.sentHeaders?.[':status']);
  // Of a stream that nobody broke off, Node may tell before it has noticed that all is written.
  if (sent > 0 && (stream.writableFinished || !(stream.aborted || stream.destroyed))) return sent;
  if (stream.session?.destroyed !== false) return CLIENT_CLOSED_REQUEST;
  if (stream.destroyed) return 500;
  return stream.rstCode === CANCEL || stream.rstCode === NO_ERROR ? CLIENT_CLOSED_REQUEST : 500;
}
