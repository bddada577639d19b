/**
 * Every metric, once. Types, help text, docs/metrics.md, dashboards' lint and tests are derived from this table.
 * A metric's name is its Prometheus series name; names and units are fixed points of the OTLP-to-Prometheus
 * translation, so that pull and push show the same series (test/catalogue holds that).
 */
import { BUCKETS } from './buckets.js';
import type { LabelsOf, MetricSpec } from './types.js';

const bounded = <N extends number>(bound: N): { readonly bound: N } => ({ bound });

/** How an LLM call can end. `cancelled`: the caller aborted or stopped reading. */
export const LLM_STATUSES = [
  'success',
  'rate_limited',
  'timeout',
  'cancelled',
  'client_error',
  'server_error',
  'network_error',
] as const;
export type LlmStatus = (typeof LLM_STATUSES)[number];

/** The methods of RFC 9110 and RFC 5789; anything else a client sends is `other` (WebDAV's, say), and nothing is amiss. */
export const HTTP_METHODS = [
  'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY', 'other',
] as const; // prettier-ignore

export const SEVERITIES = ['warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

const model = bounded(100);
const feature = bounded(50);
const endpoint = bounded(200);
const status = bounded(70);
const table = bounded(200);
const operation = bounded(120);

export const catalogue = {
  // ── LLM ──────────────────────────────────────────────────────────────────────────────────────────────────
  intelia_llm_tokens_total: {
    kind: 'counter',
    unit: '{token}',
    labels: { model, type: ['prompt', 'completion'] },
    description: 'Tokens billed by LLM providers',
    source: "The `usage` of each provider's answer; `trackLlmCall`",
  },
  intelia_llm_cost_usd_total: {
    kind: 'counter',
    unit: '{USD}',
    labels: { model, feature },
    description: 'Cost of LLM calls in US dollars',
    source: 'Usage times the price table, or the cost the answer itself states; `trackLlmCall`',
  },
  intelia_llm_requests_total: {
    kind: 'counter',
    unit: '{request}',
    labels: { model, status: LLM_STATUSES },
    description: 'LLM calls by how they ended',
    source: 'Each HTTP exchange or voice response with a provider; `trackLlmCall`',
  },
  intelia_llm_request_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: { model, feature },
    buckets: BUCKETS.llm,
    description: 'Duration of LLM calls, to the last byte or the end the caller chose',
    source: 'Each HTTP exchange or voice response with a provider; `trackLlmCall`',
  },
  intelia_llm_time_to_first_token_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: { model, feature },
    buckets: BUCKETS.firstToken,
    description: 'Time until the first content of a streamed LLM answer',
    source: 'First content-bearing event of a stream',
  },
  intelia_llm_cached_tokens_total: {
    kind: 'counter',
    unit: '{token}',
    labels: { model },
    description: 'Prompt tokens read from a cache, a subset of the prompt tokens',
    source: "The `usage` of each provider's answer",
  },
  intelia_llm_reasoning_tokens_total: {
    kind: 'counter',
    unit: '{token}',
    labels: { model },
    description: 'Completion tokens spent on reasoning, a subset of the completion tokens',
    source: "The `usage` of each provider's answer",
  },
  intelia_llm_retries_total: {
    kind: 'counter',
    unit: '{retry}',
    labels: { model },
    description: 'LLM calls that an SDK sent again by itself',
    source: "The SDKs' retry header (`x-stainless-retry-count`)",
  },
  intelia_llm_unpriced_requests_total: {
    kind: 'counter',
    unit: '{request}',
    labels: { model, reason: ['unknown_model', 'no_usage'] },
    description: 'Successful LLM calls whose cost is not known, and so not counted',
    source: 'A model without a price, or an answer without usage',
  },

  // ── HTTP server ──────────────────────────────────────────────────────────────────────────────────────────
  intelia_http_requests_total: {
    kind: 'counter',
    unit: '{request}',
    labels: { method: HTTP_METHODS, endpoint, status },
    description: 'HTTP requests served, by route template and status; 499 is a client that went away',
    source: "Node's `http.server.request.start` channel; `trackHttpRequest`",
  },
  intelia_http_request_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: { method: HTTP_METHODS, endpoint },
    buckets: BUCKETS.http,
    description: 'Duration of HTTP requests served, to the close of the response',
    source: "Node's `http.server.request.start` channel; `trackHttpRequest`",
  },

  // ── Database ─────────────────────────────────────────────────────────────────────────────────────────────
  intelia_db_connections_active: {
    kind: 'observed',
    unit: '{connection}',
    labels: { pool: bounded(50) },
    description: 'Database connections in use',
    source: 'Each pool at collection: total less idle; a closed pool reads 0',
  },
  intelia_db_query_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: { operation, table },
    buckets: BUCKETS.db,
    description: 'Duration of database queries, to the last row',
    source: "The driver's queries; `trackDbQuery`",
  },
  intelia_db_queries_total: {
    kind: 'counter',
    unit: '{query}',
    labels: { operation, table, status: ['success', 'error'] },
    description: 'Database queries by how they ended',
    source: "The driver's queries; `trackDbQuery`",
  },

  // ── Business ─────────────────────────────────────────────────────────────────────────────────────────────
  intelia_active_users: {
    kind: 'gauge',
    unit: '{user}',
    labels: {},
    description: 'Users active now',
    source: '`setActiveUsers`',
  },
  intelia_questions_total: {
    kind: 'counter',
    unit: '{question}',
    labels: { source: bounded(50), language: bounded(50) },
    description: 'Questions asked by users',
    source: '`trackQuestion`',
  },
  intelia_revenue_usd_total: {
    kind: 'counter',
    unit: '{USD}',
    labels: { plan: bounded(50) },
    description: 'Revenue in US dollars',
    source: '`trackRevenue`',
  },
  intelia_feedback_total: {
    kind: 'counter',
    unit: '{feedback}',
    labels: { rating: ['positive', 'negative'] },
    description: "Users' ratings of answers",
    source: '`trackFeedback`',
  },

  // ── System ───────────────────────────────────────────────────────────────────────────────────────────────
  intelia_errors_total: {
    kind: 'counter',
    unit: '{error}',
    labels: { type: bounded(50), severity: SEVERITIES },
    description: 'Errors by type and severity',
    source: 'Uncaught exceptions, unhandled rejections, HTTP 5xx, failed LLM calls and queries; `trackError`',
  },
  intelia_uptime_seconds: {
    kind: 'observed',
    unit: 's',
    labels: {},
    description: 'Time since the process started',
    source: '`process.uptime()` at collection',
  },
  intelia_system_info: {
    kind: 'observed',
    unit: '',
    labels: { version: bounded(5), node_version: bounded(2), os: bounded(2), arch: bounded(2) },
    description:
      'Always 1; its labels tell what runs: service version, Node version, operating system, architecture',
    source: 'Read once at start',
  },
  intelia_cpu_utilization_ratio: {
    kind: 'observed',
    unit: '1',
    labels: {},
    description: 'CPU time this process used since the last collection, as a share of the cores it may use',
    source: '`process.cpuUsage()` over `os.availableParallelism()` at collection',
  },
  intelia_memory_bytes: {
    kind: 'observed',
    unit: 'By',
    labels: { type: ['rss', 'heap_used', 'heap_total', 'heap_limit', 'external', 'array_buffers'] },
    description: 'Memory of this process',
    source: '`process.memoryUsage()` and `v8.getHeapStatistics()` at collection',
  },
  intelia_event_loop_delay_seconds: {
    kind: 'observed',
    unit: 's',
    labels: { quantile: ['0.5', '0.9', '0.99', '1'] },
    description: 'Event loop delay since the last collection; quantile 1 is the longest',
    source: '`perf_hooks.monitorEventLoopDelay` at collection',
  },
  intelia_gc_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: { kind: ['minor', 'major', 'incremental', 'weakcb'] },
    buckets: BUCKETS.gc,
    description: 'Garbage collection pauses',
    source: 'Every `gc` entry of `perf_hooks.PerformanceObserver`',
  },

  // ── This package itself ──────────────────────────────────────────────────────────────────────────────────
  intelia_otel_dropped_measurements_total: {
    kind: 'counter',
    unit: '{measurement}',
    labels: {
      reason: ['not_a_number', 'negative', 'label_limit', 'label_value', 'series_limit', 'bad_call'],
    },
    description: 'Measurements that were dropped, or kept under the label value other',
    source: 'The bounds of this catalogue and the checks at every record',
  },
  intelia_otel_export_failures_total: {
    kind: 'counter',
    unit: '{export}',
    labels: { reason: bounded(30) },
    description: 'Exports and scrapes that failed',
    source: 'Each failed delivery to an OTLP backend and each failed scrape',
  },
  intelia_otel_errors_total: {
    kind: 'counter',
    unit: '{error}',
    labels: { where: bounded(50) },
    description: 'Errors inside this package that were kept from the application',
    source: 'The guard around every hook',
  },
} as const satisfies Record<string, MetricSpec>;

export type Catalogue = typeof catalogue;
export type MetricName = keyof Catalogue;
export type Labels<N extends MetricName> = LabelsOf<Catalogue[N]>;

/** Names of the metrics that are recorded one by one (not observed at collection). */
export type RecordedName = {
  [N in MetricName]: Catalogue[N]['kind'] extends 'observed' ? never : N;
}[MetricName];
export type ObservedName = {
  [N in MetricName]: Catalogue[N]['kind'] extends 'counter' | 'histogram' ? never : N;
}[MetricName];

/**
 * Records one measurement: adds to a counter, observes into a histogram, sets a gauge.
 * Never throws; what cannot be recorded is counted in `intelia_otel_dropped_measurements_total`.
 */
export type Emit = <N extends RecordedName>(name: N, value: number, labels: Labels<N>) => void;
