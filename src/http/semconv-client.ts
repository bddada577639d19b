/** Tells the instrumentation of requests that the application sends by Node's http and https. */
import { errorMonitor, type EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Guard } from '../guard.js';
import { onChannel } from '../hook/channel.js';
import type { HttpMeasures } from '../hook/otel-http.js';
import { isOwn } from './ignore.js';

export function hookClient(guard: Guard, measures: HttpMeasures): void {
  const ASKED = Symbol('intelia.http.asked');
  type Tracked = ClientRequest & { [ASKED]?: EventEmitter };

  /** Passes on what happens to the application's own. `errorMonitor` handles no error, and `end` reads no body. */
  const pass = (from: EventEmitter, end: string, to: EventEmitter, request: Tracked): void => {
    // Own requests are marked only when they have been made.
    const tell = (event: string | symbol, error?: Error): void =>
      void (isOwn(request) || guard.run('http semconv', () => to.emit(event, error)));
    from.on(errorMonitor, (error: Error) => tell(errorMonitor, error));
    from.on(end, () => tell(end));
  };

  const begin = ({ request }: { request: Tracked }): void => {
    if (request[ASKED] !== undefined) return;
    const { protocol, host, method } = request;
    const asked = measures.asked({ protocol, hostname: host, port: portOf(request), method });
    request[ASKED] = asked;
    pass(request, 'close', asked, request);
  };

  // Node 20 does not tell of a request before all of it is sent.
  onChannel(guard, 'http.client.request.created', begin);
  onChannel(guard, 'http.client.request.start', begin);
  onChannel(
    guard,
    'http.client.response.finish',
    (message: { request: Tracked; response: IncomingMessage }) => {
      const { request, response } = message;
      const asked = request[ASKED];
      if (asked === undefined) return;
      const { statusCode = 0, httpVersion } = response;
      pass(response, 'end', measures.answered(asked, { statusCode, httpVersion }), request);
    },
  );
}

/** A client's request keeps its port in the Host header alone, which may have been set to that of another host. */
function portOf(request: ClientRequest): number {
  const header = String(request.getHeader('host') ?? '');
  const [, host, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(header) ?? [];
  if (host === request.host && port !== undefined) return Number(port);
  return request.protocol === 'https:' ? 443 : 80;
}
