/**
 * Are the figures true? Each line sets what /metrics says beside what somebody else counted: the provider its
 * bill, PostgreSQL its statements, the driver its requests.
 */
import { sumBy, total } from './scrape.mjs';

/** The provider's word for how a call ended, and ours. */
const STATUS = { ok: 'success', reset: 'network_error', hung_up: 'cancelled' };
const statusOf = (outcome) =>
  STATUS[outcome] ??
  (outcome === '429' ? 'rate_limited' : Number(outcome) >= 500 ? 'server_error' : 'client_error');

/** Which part of the application calls which endpoint; only `assistant.js` can know. */
const FEATURE = { chat: 'chat', responses: 'summary', embeddings: 'embeddings', speech: 'tts' };

/** Adds up `lines` under a key each. */
function tally(lines, keyOf, valueOf) {
  const sums = new Map();
  for (const line of lines) sums.set(keyOf(line), (sums.get(keyOf(line)) ?? 0) + valueOf(line));
  return sums;
}

/** Good enough for the statements of db.js, and independent of the package's own reader of SQL. */
function describeSql(sql) {
  const operation = /^\s*(\w+)/.exec(sql)[1].toUpperCase();
  return `${operation} · ${/\b(?:FROM|INTO|UPDATE)\s+(\w+)/i.exec(sql)?.[1] ?? ''}`;
}

function llmChecks(samples, ledger) {
  const tokens = (type) => sumBy(samples, 'intelia_llm_tokens_total', ['model'], { type });
  const billed = (what) =>
    tally(
      ledger,
      (line) => line.model,
      (line) => line.usage[what] ?? 0,
    );
  const status = (line) => `${line.model} · ${statusOf(line.outcome)}`;
  const feature = (line) => `${line.model} · ${FEATURE[line.endpoint]}`;
  return [
    ['prompt tokens, by model', tokens('prompt'), billed('prompt')],
    ['completion tokens, by model', tokens('completion'), billed('completion')],
    [
      'cached tokens, by model',
      sumBy(samples, 'intelia_llm_cached_tokens_total', ['model']),
      billed('cached'),
    ],
    [
      'reasoning tokens, by model',
      sumBy(samples, 'intelia_llm_reasoning_tokens_total', ['model']),
      billed('reasoning'),
    ],
    [
      'calls, by model and status',
      sumBy(samples, 'intelia_llm_requests_total', ['model', 'status']),
      tally(ledger, status, () => 1),
    ],
    [
      'retries, by model',
      sumBy(samples, 'intelia_llm_retries_total', ['model']),
      tally(
        ledger,
        (line) => line.model,
        (line) => Number(line.retry),
      ),
    ],
    [
      'dollars, by model and feature',
      sumBy(samples, 'intelia_llm_cost_usd_total', ['model', 'feature']),
      tally(ledger, feature, (line) => line.usd),
    ],
    ['calls without a price', sumBy(samples, 'intelia_llm_unpriced_requests_total', ['model']), new Map()],
  ].map((check) => ['the provider', ...check]);
}

function httpChecks(samples, counts) {
  const timed = tally(
    [...counts.requests],
    ([key]) => key.split(' · ').slice(0, 2).join(' · '),
    ([, n]) => n,
  );
  return [
    [
      'requests, by route and status',
      sumBy(samples, 'intelia_http_requests_total', ['method', 'endpoint', 'status']),
      counts.requests,
    ],
    [
      'requests timed, by route',
      sumBy(samples, 'intelia_http_request_duration_seconds_count', ['method', 'endpoint']),
      timed,
    ],
    [
      'questions, by source and language',
      sumBy(samples, 'intelia_questions_total', ['source', 'language']),
      counts.questions,
    ],
  ].map((check) => ['the driver', ...check]);
}

function databaseChecks(samples, database, pools) {
  const { statements, revenue, ratings } = database;
  const key = ({ sql, failed }) => `${describeSql(sql)} · ${failed ? 'error' : 'success'}`;
  return [
    [
      'queries, by operation, table, status',
      sumBy(samples, 'intelia_db_queries_total', ['operation', 'table', 'status']),
      tally(statements, key, (s) => s.calls),
    ],
    ['connections in use during a report', pools.measured, pools.counted],
    ['revenue, by plan', sumBy(samples, 'intelia_revenue_usd_total', ['plan']), revenue],
    ['feedback, by rating', sumBy(samples, 'intelia_feedback_total', ['rating']), ratings],
  ].map((check) => ['PostgreSQL', ...check]);
}

/** Every failure is also an error of its kind: 5xx, failed calls (not those the user left), failed queries. */
function errorCheck(samples, { ledger, counts, database }) {
  const failedCalls = ledger
    .map((line) => statusOf(line.outcome))
    .filter((s) => s !== 'success' && s !== 'cancelled');
  const types = [
    ...failedCalls.map((status) => [`llm_${status}`, 1]),
    ...[...counts.requests].filter(([key]) => / · 5\d\d$/.test(key)).map(([, n]) => ['http_5xx', n]),
    ...database.statements.filter((s) => s.failed).map((s) => ['db_error', s.calls]),
  ];
  return [
    'all three',
    'errors, by type',
    sumBy(samples, 'intelia_errors_total', ['type']),
    tally(
      types,
      ([type]) => type,
      ([, n]) => n,
    ),
  ];
}

/** One row a check: what, who counted, both totals, and each series that differs. */
export function compare(samples, truth) {
  const { ledger, counts, activeUsers, database, pools } = truth;
  const one = (value) => new Map([['', value]]);
  const checks = [
    ...llmChecks(samples, ledger),
    ...httpChecks(samples, counts),
    ['the driver', 'active users', one(total(sumBy(samples, 'intelia_active_users', []))), one(activeUsers)],
    ...databaseChecks(samples, database, pools),
    errorCheck(samples, truth),
  ];
  return checks.map(([by, what, measured, counted]) => {
    const keys = [...new Set([...measured.keys(), ...counted.keys()])];
    const differing = keys
      .map((key) => ({ key, measured: measured.get(key) ?? 0, counted: counted.get(key) ?? 0 }))
      .filter((pair) => Math.abs(pair.measured - pair.counted) > 1e-9);
    const series = keys.filter((key) => (counted.get(key) ?? 0) !== 0).length;
    return { what, by, series, measured: total(measured), counted: total(counted), differing };
  });
}
