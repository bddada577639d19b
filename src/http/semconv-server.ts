/** Requests to the application's servers, for OTel's own metrics. */
import { errorMonitor } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Guard } from '../guard.js';
import { onChannel } from '../hook/channel.js';
import type { Served } from '../hook/otel-http.js';
import { ignoredPaths, isOwn } from './ignore.js';
import { endpointOf, routeState, UNMATCHED, type RouteState } from './route.js';

interface StartMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket & { readonly encrypted?: boolean };
  readonly server: Server;
}

/** What is kept of a request while it is open: afterwards it may have been changed, and costs more to be read. */
interface Open {
  readonly response: ServerResponse;
  readonly isSecure: boolean;
  readonly method: string;
  readonly httpVersion: string;
  readonly route: RouteState;
  readonly startedAt: number;
  recorded: boolean;
}

export interface RoutedExchange extends Served {
  readonly route: string | undefined;
}

/** `record` is given each request that has ended, and when it began. */
export function hookServer(
  guard: Guard,
  ignored: readonly string[],
  record: (exchange: RoutedExchange, startedAt: number) => void,
): void {
  const isIgnored = ignoredPaths(ignored);

  const end = guard.wrap('http semconv', (open: Open, error?: Error) => {
    const { isSecure, method, httpVersion, route, startedAt } = open;
    if (open.recorded || route.isOwn) return;
    open.recorded = true;
    const { statusCode } = open.response;
    const endpoint = endpointOf(route);
    const known = endpoint === UNMATCHED ? undefined : endpoint;
    record({ isSecure, method, httpVersion, statusCode, failure: error?.name, route: known }, startedAt);
  });

  onChannel(guard, 'http.server.request.start', ({ request, response, socket, server }: StartMessage) => {
    if (isOwn(server) || isIgnored?.(request.url ?? '') === true) return;
    const { method = '', httpVersion } = request;
    const isSecure = socket.encrypted === true;
    const route = routeState(request);
    const startedAt = performance.now();
    const open: Open = { response, isSecure, method, httpVersion, route, startedAt, recorded: false };
    response.on(errorMonitor, (error: Error) => end(open, error));
    response.on('close', () => end(open));
  });
}
