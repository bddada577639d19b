/** Tells the instrumentation of requests to the application's servers. */
import { errorMonitor } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Guard } from '../guard.js';
import { onChannel } from '../hook/channel.js';
import type { HttpMeasures } from '../hook/otel-http.js';
import { ignoredPaths, isOwn } from './ignore.js';
import { routeState } from './route.js';

interface StartMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket & { readonly encrypted?: boolean };
  readonly server: Server;
}

/** `ended` is given each request that has ended, and what tells the instrumentation so. */
export function hookServer(
  guard: Guard,
  measures: HttpMeasures,
  ignored: readonly string[],
  ended: (request: IncomingMessage, tell: () => void) => void,
): void {
  const isIgnored = ignoredPaths(ignored);
  onChannel(guard, 'http.server.request.start', ({ request, response, socket, server }: StartMessage) => {
    if (isOwn(server) || isIgnored?.(request.url ?? '') === true) return;
    const { method = '', httpVersion } = request;
    const served = measures.served(socket.encrypted === true, { method, httpVersion });
    const tell = (event: string | symbol, error?: Error): void => {
      if (routeState(request).isOwn) return;
      served.statusCode = response.statusCode;
      ended(request, () => served.emit(event, error));
    };
    response.on(errorMonitor, (error: Error) => tell(errorMonitor, error));
    response.on('close', () => tell('close'));
  });
}
