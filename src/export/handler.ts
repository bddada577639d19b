/** Answers a scrape, on our own server or on the application's: method, auth, format, body. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guard } from '../guard.js';
import { routeState } from '../http/route.js';
import type { Registry } from '../metrics/registry.js';
import type { Auth } from './auth.js';
import { CONTENT_TYPES } from './format.js';
import { PEEK_HEADER, acceptsGzip, chooseFormat } from './negotiate.js';
import type { RenderScrape } from './scrape.js';

/** What the handler needs of Fastify's request and reply, and of Koa's context. */
interface FastifyRequest {
  readonly raw: IncomingMessage;
}
interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}
interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  respond?: boolean | undefined;
}

/** One function for every framework. Resolves when it is done with the response; never rejects. */
export interface MetricsHandler {
  (req: IncomingMessage, res: ServerResponse, next?: unknown): Promise<void>;
  (request: FastifyRequest, reply: FastifyReply): Promise<void>;
  (context: KoaContext, next?: unknown): Promise<void>;
}

export interface HandlerOptions {
  readonly scrape: RenderScrape;
  readonly auth: Auth;
  readonly guard: Guard;
  readonly emit: Registry['emit'];
}

/**
 * The metrics as a handler for Express, Fastify, Koa or `node:http`.
 *
 * @example
 * app.get('/api/metrics', createMetricsHandler(options)); // Express, Fastify
 * router.get('/api/metrics', createMetricsHandler(options)); // Koa
 * http.createServer(createMetricsHandler(options));
 */
export function createMetricsHandler(options: HandlerOptions): MetricsHandler {
  return async (first: IncomingMessage | FastifyRequest | KoaContext, second?: unknown): Promise<void> => {
    const [req, res] = rawPair(first, second);
    try {
      routeState(req).isOwn = true;
      await answer(options, req, res);
    } catch (error) {
      fail(options, res, error);
    }
  };
}

/** A handler that finds at each request the one that answers, since it may be made before anything is started. */
export function lateHandler(find: () => MetricsHandler | undefined, onMissing: () => void): MetricsHandler {
  return async (first: IncomingMessage | FastifyRequest | KoaContext, second?: unknown): Promise<void> => {
    const handler = find();
    if (handler !== undefined) return handler(first as IncomingMessage, second as ServerResponse);
    onMissing();
    say(rawPair(first, second)[1], 503, 'This process is not measured.');
  };
}

/** Node's own request and response, taken over from the framework. */
function rawPair(
  first: IncomingMessage | FastifyRequest | KoaContext,
  second: unknown,
): [IncomingMessage, ServerResponse] {
  if (typeof second === 'object' && second !== null) {
    if (!('raw' in second)) return [first as IncomingMessage, second as ServerResponse];
    (second as FastifyReply).hijack();
    return [(first as FastifyRequest).raw, (second as FastifyReply).raw];
  }
  const context = first as KoaContext;
  context.respond = false;
  return [context.req, context.res];
}

async function answer(options: HandlerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method } = req;
  if (method !== 'GET' && method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    return say(res, 405, 'Method Not Allowed');
  }
  if (!(await options.auth(req.headers.authorization))) {
    res.setHeader('WWW-Authenticate', 'Bearer');
    return say(res, 401, 'Unauthorized');
  }
  const format = chooseFormat(req.headers.accept);
  const gzip = acceptsGzip(header(req, 'accept-encoding'));
  // A HEAD sees no body: rendering one would take a new series' zero from the scrape that comes after it.
  const scrape =
    method === 'HEAD' ? undefined : await options.scrape(format, header(req, PEEK_HEADER) !== undefined);
  const body = scrape === undefined ? [] : gzip ? await scrape.gzipped() : scrape.body;
  res.setHeader('Content-Type', CONTENT_TYPES[format]);
  res.setHeader('Vary', 'Accept, Accept-Encoding, Authorization');
  res.setHeader('Cache-Control', 'no-store');
  if (gzip) res.setHeader('Content-Encoding', 'gzip');
  if (scrape !== undefined) {
    res.setHeader(
      'Content-Length',
      body.reduce((sum, piece) => sum + piece.length, 0),
    );
    res.once('finish', scrape.delivered);
  }
  res.statusCode = 200;
  await send(res, body);
}

function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** As fast as the client reads, and no faster: a slow one holds no more than what was rendered. */
async function send(res: ServerResponse, body: readonly Buffer[]): Promise<void> {
  // A client that went away is no error of the host's.
  res.on('error', () => {});
  for (const piece of body) {
    if (res.destroyed) return;
    if (!res.write(piece)) await drained(res);
  }
  res.end();
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}

function say(res: ServerResponse, status: number, text: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.end(`${text}\n`);
}

/** Never an empty 200: a scraper would take that for a process without metrics. */
function fail({ guard, emit }: HandlerOptions, res: ServerResponse, error: unknown): void {
  guard.report('scrape', error);
  emit('intelia_otel_export_failures_total', 1, { reason: 'scrape' });
  guard.run('scrape', () => (res.headersSent ? res.destroy() : say(res, 500, 'Internal Server Error')));
}
