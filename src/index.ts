/**
 * `@intelia/otel`: what an application may call. Most need none of it: `node --require @intelia/otel/register app.js`
 * measures HTTP, database and LLM calls by itself.
 *
 * No function here throws or blocks. What cannot be recorded (a value that is no finite number, a negative amount, a
 * label past its bound) is dropped or counted as `other`, told once on stderr, and counted in
 * `intelia_otel_dropped_measurements_total`.
 */
import { createRuntime, type Runtime } from './start.js';

export type {
  DbQuery,
  ErrorReport,
  Feedback,
  HttpRequest,
  LlmCall,
  Question,
  Revenue,
} from './business/types.js';
export type { LlmStatus, Severity } from './catalogue/catalogue.js';
export type { RequestLike } from './http/route.js';

/** Two copies of this package in one process are one: the first that is loaded serves both. */
const SHARED = Symbol.for('@intelia/otel/0');
const shared = globalThis as { [SHARED]?: Runtime };
const runtime: Runtime = (shared[SHARED] ??= createRuntime());

/**
 * Records an LLM call that was not measured by itself: another protocol, a model of your own.
 *
 * `duration` is in seconds, `costUsd` in US dollars; without it the cost is computed from the tokens and the price
 * table. `status` is `success` unless given.
 *
 * @example
 * trackLlmCall({ model: 'gpt-4o', feature: 'summary', promptTokens: 1000, completionTokens: 500, duration: 2.5 });
 */
export const trackLlmCall: Runtime['trackLlmCall'] = runtime.trackLlmCall;

/**
 * Records an HTTP request that was not measured by itself. `endpoint` is the route's template, never a URL;
 * `duration` is in seconds.
 *
 * @example
 * trackHttpRequest({ method: 'POST', endpoint: '/api/v1/ask', status: 200, duration: 0.5 });
 */
export const trackHttpRequest: Runtime['trackHttpRequest'] = runtime.trackHttpRequest;

/**
 * Records a database query that was not measured by itself. `duration` is in seconds.
 *
 * @example
 * trackDbQuery({ operation: 'SELECT', table: 'users', status: 'success', duration: 0.012 });
 */
export const trackDbQuery: Runtime['trackDbQuery'] = runtime.trackDbQuery;

/**
 * Counts a question that a user asked.
 *
 * @example
 * trackQuestion({ source: 'web', language: 'fr' });
 */
export const trackQuestion: Runtime['trackQuestion'] = runtime.trackQuestion;

/**
 * Adds revenue, in US dollars. A counter only grows: a refund (a negative amount) is dropped and counted as such.
 *
 * @example
 * trackRevenue({ plan: 'pro', amountUsd: 49 });
 */
export const trackRevenue: Runtime['trackRevenue'] = runtime.trackRevenue;

/**
 * Counts an error of your own, by a type of your choice (few and constant) and a severity: `warning`, `error` or
 * `critical`. HTTP 5xx, failed LLM calls and queries, and uncaught exceptions count by themselves.
 *
 * @example
 * trackError({ type: 'payment_failed', severity: 'critical' });
 */
export const trackError: Runtime['trackError'] = runtime.trackError;

/**
 * Counts a user's rating of an answer: `positive` or `negative`.
 *
 * @example
 * trackFeedback({ rating: 'positive' });
 */
export const trackFeedback: Runtime['trackFeedback'] = runtime.trackFeedback;

/**
 * Sets the number of users that are active now, or the function that tells it, which is then asked at each
 * collection. The last call holds.
 *
 * @example
 * setActiveUsers(() => sessions.size);
 */
export const setActiveUsers: Runtime['setActiveUsers'] = runtime.setActiveUsers;

/**
 * Names the feature that the LLM calls within `fn` are counted and priced under, asynchronous ones included. Gives
 * back what `fn` gives. Without it the feature is the header `x-intelia-feature`, else the endpoint's own: `chat`,
 * `embeddings`, `tts`, …
 *
 * @example
 * const answer = await withLlmFeature('summary', () => openai.chat.completions.create(request));
 */
export const withLlmFeature: Runtime['withLlmFeature'] = runtime.withLlmFeature;

/**
 * Names the route of a request for servers without a framework that is known here. Give a template (`/users/:id`),
 * never the URL. The last call before the response closes counts.
 *
 * @example
 * http.createServer((req, res) => {
 *   setRoute(req, '/users/:id');
 *   res.end('ok');
 * });
 */
export const setRoute: Runtime['setRoute'] = runtime.setRoute;

/**
 * The metrics as a handler for your own server, with the same authentication as the pull endpoint: for Express,
 * Fastify, Koa and `node:http`. Answers 503 where nothing is measured.
 *
 * @example
 * app.get('/api/metrics', metricsHandler());
 */
export const metricsHandler: Runtime['metricsHandler'] = runtime.metricsHandler;

/**
 * Starts measuring; the preload `@intelia/otel/register` does no more than this. Everything is set by environment
 * variables (docs/configuration.md). A second call does nothing. Libraries loaded before it are measured too where
 * they can be, but the preload is the sure way.
 */
export const start: Runtime['start'] = runtime.start;

/**
 * Sends the totals of now to the OTLP backend, with retries, within OTEL_METRIC_EXPORT_TIMEOUT. Never rejects: what
 * fails is told on stderr and counted in `intelia_otel_export_failures_total`.
 *
 * @example
 * await flush();
 */
export const flush: Runtime['flush'] = runtime.flush;

/**
 * Sends the totals a last time, and closes the pull endpoint. Not needed before an exit: the last totals go by
 * themselves, whichever way the process ends. Never rejects.
 */
export const shutdown: Runtime['shutdown'] = runtime.shutdown;
