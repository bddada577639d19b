/** A real OTLP receiver on a free loopback port, which can be told how to answer. */
import { once } from 'node:events';
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeJson, decodeProtobuf, seriesKey, type DecodedMetrics, type Point } from './otlp-decode.js';

export interface ReceivedRequest extends DecodedMetrics {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: number;
  /** Number of the connection it came on, from 1. */
  readonly connection: number;
  /** The answer's status; 0 when there was none. */
  readonly status: number;
}

export type Scripted =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer }
  /** `hang`: reads the request, never answers. `reset`: tears the connection. */
  | 'hang'
  | 'reset';

export interface OtlpReceiver {
  /** Without a path; `/v1/metrics` is the exporter's to append. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  /** Answers for the next requests in turn; the last stays. Without any: 200. */
  answer(...answers: Scripted[]): void;
  /** Resolves when there have been this many requests, delivered or not. */
  received(count: number): Promise<void>;
  /** By series, the last total of the requests that were answered with 2xx. */
  totals(): Record<string, Point>;
  /** The value of one series in {@link totals}. */
  total(name: string, labels?: Record<string, string>): number | undefined;
  /** The most requests that were open at once. */
  readonly mostOpen: number;
  close(): Promise<void>;
}

export async function startOtlpReceiver(tls?: { key: string; cert: string }): Promise<OtlpReceiver> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Map<Socket, number>();
  let script: Scripted[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  let [connections, open, mostOpen] = [0, 0, 0];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    mostOpen = Math.max(mostOpen, ++open);
    response.on('close', () => open--);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = (script.length > 1 ? script.shift() : script[0]) ?? { status: 200 };
    const status = typeof answer === 'string' ? 0 : answer.status;
    requests.push({
      ...decode(request, Buffer.concat(chunks)),
      status,
      connection: sockets.get(request.socket) ?? 0,
    });
    if (answer === 'reset') request.socket.resetAndDestroy();
    else if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    for (const { resolve } of waiting.filter(({ count }) => requests.length >= count)) resolve();
    waiting = waiting.filter(({ count }) => requests.length < count);
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void handle(request, response).catch(() => response.destroy());
  const server: Server = tls === undefined ? createHttp(listener) : createHttps(tls, listener);
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.set(socket, ++connections);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  const totals = (): Record<string, Point> => {
    const latest: Record<string, Point> = {};
    for (const { points, status } of requests) {
      if (status < 200 || status > 299) continue;
      for (const point of points) {
        const key = seriesKey(point.name, point.labels);
        if (latest[key] === undefined || point.timeNs >= latest[key].timeNs) latest[key] = point;
      }
    }
    return latest;
  };

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    answer: (...answers) => void (script = answers),
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    totals,
    total: (name, labels = {}) => totals()[seriesKey(name, labels)]?.value,
    get mostOpen() {
      return mostOpen;
    },
    async close() {
      for (const socket of sockets.keys()) socket.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function decode(request: IncomingMessage, raw: Buffer): Omit<ReceivedRequest, 'status' | 'connection'> {
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
  const isJson = request.headers['content-type'] === 'application/json';
  return {
    path: request.url ?? '',
    method: request.method ?? '',
    headers: request.headers,
    bytes: raw.length,
    ...(isJson ? decodeJson(body) : decodeProtobuf(body)),
  };
}
