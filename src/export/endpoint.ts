/** The pull endpoint: a small server of its own that never holds the process, and waits for a taken port. */
import type * as Http from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.js';
import type { Guard } from '../guard.js';
import { markOwn } from '../http/ignore.js';
import type { Auth, AuthConfig } from './auth.js';
import { createMetricsHandler, type MetricsHandler } from './handler.js';
import { createScraper, type ScrapeOptions } from './scrape.js';

export interface EndpointOptions extends ScrapeOptions {
  readonly config: Pick<Config, 'prometheusHost' | 'prometheusPort'> & AuthConfig;
  readonly auth: Auth;
  readonly guard: Guard;
  /** Calls `work` after so many milliseconds, without holding the process. Tests put their own in. */
  readonly after?: (ms: number, work: () => void) => void;
}

export interface Endpoint {
  /** Where the metrics are; undefined while the server does not listen. */
  url(): string | undefined;
  /** Resolves when the first attempt to listen has succeeded or failed. Never rejects. */
  readonly ready: Promise<void>;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
  /** The same metrics for the application's own server. */
  readonly handler: MetricsHandler;
}

export const PATH = '/metrics';
const MAX_CONNECTIONS = 50;
/** Milliseconds. A scraper gives up after 10 s by default; whoever takes longer only holds memory. */
const HEADERS_TIMEOUT = 5_000;
const ANSWER_TIMEOUT = 30_000;
/** Milliseconds between attempts at a taken address: doubled each time, up to the last. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;

/**
 * Serves `/metrics` on the configured host and port. A taken address is told once and tried again until it is
 * free; any other reason not to listen is told once, and the process goes on without.
 */
export function startEndpoint(options: EndpointOptions): Endpoint {
  const { auth, guard, registry, config, log } = options;
  const handler = createMetricsHandler({ scrape: createScraper(options), auth, guard, emit: registry.emit });
  const server = createServer(handler);
  if (isOpen(config)) log.warnOnce('open', `the pull endpoint on ${config.prometheusHost} ${OPEN_LINE}`);
  const { ready, stop } = keepListening(server, options);
  return {
    url: () => urlOf(server),
    ready,
    handler,
    close() {
      stop();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const OPEN_LINE = 'can be read by whoever reaches it; INTELIA_METRICS_TOKEN closes it';

function isOpen({ prometheusHost, metricsToken, jwtSecret, jwksUrl }: EndpointOptions['config']): boolean {
  const isLoopback = /^(127\.|::1$|localhost$)/.test(prometheusHost);
  return !isLoopback && (metricsToken ?? jwtSecret ?? jwksUrl) === undefined;
}

function createServer(handler: MetricsHandler): Server {
  const http = require('node:http') as typeof Http;
  const server = http.createServer({ connectionsCheckingInterval: HEADERS_TIMEOUT }, (req, res) => {
    if (req.url?.split('?', 1)[0] !== PATH) return notFound(res);
    const deadline = setTimeout(() => res.destroy(), ANSWER_TIMEOUT).unref();
    res.once('close', () => clearTimeout(deadline));
    void handler(req, res);
  });
  markOwn(server);
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = HEADERS_TIMEOUT;
  server.requestTimeout = HEADERS_TIMEOUT;
  // An open keep-alive connection would hold the process as much as the server itself.
  server.on('connection', (socket) => socket.unref());
  return server.unref();
}

function notFound(res: ServerResponse): void {
  res.statusCode = 404;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.end(`Metrics are at ${PATH}\n`);
}

/** `ready` resolves after the first attempt; `stop` ends all further ones. */
function keepListening(
  server: Server,
  { config, log, after = unrefTimeout }: EndpointOptions,
): { ready: Promise<void>; stop(): void } {
  const { prometheusHost: host, prometheusPort: port } = config;
  let wait = FIRST_RETRY;
  let stopped = false;
  const listen = (): void => {
    if (!stopped) server.listen({ host, port });
  };
  const ready = new Promise<void>((resolve) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (!server.listening) log.warnOnce('listen', describe(error, host, port));
      if (error.code === 'EADDRINUSE') after(wait, listen);
      wait = Math.min(wait * 2, LAST_RETRY);
      resolve();
    });
    server.on('listening', () => {
      if (stopped) server.close();
      if (wait > FIRST_RETRY) log.warnOnce('listening', `the pull endpoint now listens at ${urlOf(server)}`);
      resolve();
    });
    listen();
  });
  return { ready, stop: () => void (stopped = true) };
}

const unrefTimeout = (ms: number, work: () => void): void => void setTimeout(work, ms).unref();

function describe({ code }: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `the pull endpoint cannot listen on ${host}:${port}`;
  if (code !== 'EADDRINUSE') return `${where} (${code}); metrics are not served`;
  return `${where}: the address is in use; tried again until it is free (OTEL_EXPORTER_PROMETHEUS_PORT sets another)`;
}

function urlOf(server: Server): string | undefined {
  const address = server.address() as AddressInfo | null;
  if (address === null) return undefined;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}${PATH}`;
}
