/**
 * Stands between an application and backends, and passes everything on as it is: pushes to any number of them, with
 * the first one's answer for the application, and scrapes to whichever process is behind it now.
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Relay {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  close(): Promise<void>;
}

export interface PushRelay extends Relay {
  /** How many of the next pushes are answered 503, and passed on to nobody. */
  refuse: number;
  /** The bodies that the first backend took. */
  readonly taken: readonly { readonly body: Buffer; readonly contentType: string }[];
}

export interface ScrapeRelay extends Relay {
  /** Where `/metrics` is now; while undefined a scrape finds nobody. */
  upstream: string | undefined;
  /** What each scrape was answered, in order; undefined when it was not. */
  readonly scrapes: readonly (string | undefined)[];
}

/** Bases of OTLP endpoints: the application's own path is appended. */
export async function startPushRelay(...backends: readonly string[]): Promise<PushRelay> {
  const taken: { body: Buffer; contentType: string }[] = [];
  const one = await listen((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      if (relay.refuse > 0) {
        relay.refuse--;
        return void response.writeHead(503).end();
      }
      const contentType = request.headers['content-type'] ?? '';
      const encoding = request.headers['content-encoding'];
      const headers = {
        'content-type': contentType,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      };
      const send = (base: string): Promise<Response> =>
        fetch(`${base}${request.url ?? ''}`, { method: 'POST', headers, body });
      const [first] = await Promise.all(backends.map(send));
      if (first?.ok === true) taken.push({ body, contentType });
      response.writeHead(first?.status ?? 500).end(Buffer.from(await (first as Response).arrayBuffer()));
      // As if the backend itself were not there: the application shall meet the same error.
    })().catch(() => request.socket.destroy());
  });
  const relay: PushRelay = { ...one, taken, refuse: 0 };
  return relay;
}

export async function startScrapeRelay(): Promise<ScrapeRelay> {
  const scrapes: (string | undefined)[] = [];
  const relay: ScrapeRelay = {
    ...(await listen((request, response) => {
      const place = scrapes.push(undefined) - 1;
      void (async () => {
        const { accept = '*/*', authorization } = request.headers;
        const headers = { accept, ...(authorization === undefined ? {} : { authorization }) };
        // A scraper that gives up must be seen to: what it has not read has not been delivered.
        const gone = new AbortController();
        response.on('close', () => gone.abort());
        const options = { headers, signal: gone.signal };
        const answer = await fetch(`${relay.upstream ?? 'http://127.0.0.1:1'}${request.url ?? ''}`, options);
        const text = await answer.text();
        if (answer.ok) scrapes[place] = text;
        const type = { 'content-type': answer.headers.get('content-type') ?? '' };
        response.writeHead(answer.status, type).end(text);
      })().catch(() => response.writeHead(503).end()); // Torn, Prometheus would ask twice.
    })),
    upstream: undefined,
    scrapes,
  };
  return relay;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function listen(listener: RequestListener): Promise<Relay> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { host, url: `http://${host}`, close };
}
