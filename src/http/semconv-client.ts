/** Requests that the application sends by Node's http and https, for OTel's own metrics. */
import { errorMonitor, type EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Guard } from '../guard.js';
import { onChannel } from '../hook/channel.js';
import type { Asked } from '../hook/otel-http.js';
import { isOwn } from './ignore.js';

/** A request on its way. */
interface Call {
  readonly request: ClientRequest;
  readonly port: number;
  readonly startedAt: number;
  answer: IncomingMessage | undefined;
  recorded: boolean;
}

/** `record` is given each request that has ended, and when it began. */
export function hookClient(guard: Guard, record: (exchange: Asked, startedAt: number) => void): void {
  const CALL = Symbol('intelia.http.call');
  type Tracked = ClientRequest & { [CALL]?: Call };

  const end = guard.wrap('http semconv', (call: Call, error?: Error) => {
    const { request, port, answer, startedAt } = call;
    // Own requests are marked only when they have been made.
    if (call.recorded || isOwn(request)) return;
    call.recorded = true;
    const { protocol, host, method } = request;
    const { httpVersion, statusCode } = answer ?? {};
    const failure = error?.name;
    record({ protocol, hostname: host, port, method, httpVersion, statusCode, failure }, startedAt);
  });

  /** Listens to the application's own. `errorMonitor` handles no error, and `end` reads no body. */
  const watch = (emitter: EventEmitter, last: string, call: Call): void => {
    emitter.on(errorMonitor, (error: Error) => end(call, error));
    emitter.on(last, () => end(call));
  };

  const begin = ({ request }: { request: Tracked }): void => {
    if (request[CALL] !== undefined) return;
    const startedAt = performance.now();
    const call: Call = { request, port: portOf(request), startedAt, answer: undefined, recorded: false };
    request[CALL] = call;
    watch(request, 'close', call);
  };

  // Node 20 does not tell of a request before all of it is sent.
  onChannel(guard, 'http.client.request.created', begin);
  onChannel(guard, 'http.client.request.start', begin);
  onChannel(
    guard,
    'http.client.response.finish',
    ({ request, response }: { request: Tracked; response: IncomingMessage }) => {
      const call = request[CALL];
      if (call === undefined) return;
      call.answer = response;
      watch(response, 'end', call);
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
