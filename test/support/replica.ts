/** One replica of test/fixtures/backends/app.cjs, with the ledger of what was done to it: what it must report. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { seriesKey } from './otlp-decode.js';
import { until } from './program.js';

const ROOT = join(__dirname, '../..');

/** `name{labels}` to what it grew by; of a histogram `name_count{labels}`. */
export type Ledger = Map<string, number>;

export interface Replica {
  readonly ledger: Ledger;
  /** `name{labels}` to what it must read now. */
  readonly gauges: Ledger;
  readonly pid: number;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  /** Writes into the ledger what came to pass otherwise. */
  count(name: string, labels: Record<string, string>, by?: number): void;
  /** `http://127.0.0.1:port` of its metrics. */
  readonly pullUrl: string;
  readonly log: () => string;
  /** A question of a user to a model: over HTTP, through the openai SDK, into the database. */
  ask(model: string, options?: { stream?: boolean; fails?: number }): Promise<void>;
  get(path: '/api/questions/1' | '/api/questions/999' | '/api/broken' | '/nowhere'): Promise<void>;
  /** A request whose client goes away. */
  abort(): Promise<void>;
  track(fn: string, args: Record<string, string | number>, times?: number): Promise<void>;
  /** Users active now; connections held now. */
  command(name: 'users' | 'hold' | 'collect', args?: { count: number }): Promise<void>;
  /** SIGTERM; waits until it has ended by itself. */
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  readonly env: Readonly<Record<string, string>>;
  /** US dollars of one call of each model; a model that is missing has no price. */
  readonly prices: Readonly<Record<string, number>>;
  readonly usage: { prompt: number; completion: number; cached: number; reasoning: number };
}

export async function startReplica({ env, prices, usage }: ReplicaOptions): Promise<Replica> {
  const args = ['--expose-gc', '--require', join(ROOT, 'dist/register.cjs'), join(ROOT, 'test/fixtures/backends/app.cjs')];
  const startedAt = Date.now() / 1000;
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', ...env } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const closed = once(child, 'close');
  const said = (pattern: RegExp): Promise<string> =>
    until(pattern.source, () => {
      if (child.exitCode !== null) throw new Error(`it ended:\n${log}`);
      return pattern.exec(log)?.[1];
    });
  const url = `http://127.0.0.1:${await said(/listening on (\d+)\./)}`;
  const pullUrl = await said(/pull (http:\S+)\/metrics/);

  const ledger: Ledger = new Map();
  const gauges: Ledger = new Map();
  const count = (name: string, labels: Record<string, string> = {}, by = 1): void => {
    const key = seriesKey(name, labels);
    ledger.set(key, (ledger.get(key) ?? 0) + by);
  };
  const countHttp = (method: string, endpoint: string, status: string): void => {
    count('intelia_http_requests_total', { method, endpoint, status });
    count('intelia_http_request_duration_seconds_count', { method, endpoint });
    if (status.startsWith('5')) count('intelia_errors_total', { type: 'http_5xx', severity: 'error' });
  };
  const countQuery = (operation: string, table: string, status = 'success'): void => {
    count('intelia_db_queries_total', { operation, table, status });
    count('intelia_db_query_duration_seconds_count', { operation, table });
    if (status === 'error') count('intelia_errors_total', { type: 'db_error', severity: 'error' });
  };
  const countCall = (model: string, feature: string, status: string): void => {
    count('intelia_llm_requests_total', { model, status });
    count('intelia_llm_request_duration_seconds_count', { model, feature });
  };
  const countTokens = (model: string, prompt: number, completion: number): void => {
    count('intelia_llm_tokens_total', { model, type: 'prompt' }, prompt);
    count('intelia_llm_tokens_total', { model, type: 'completion' }, completion);
  };
  /** What the manual API must come to. */
  const tracked: Record<string, (args: Record<string, string & number>) => void> = {
    trackLlmCall: ({ model = '', feature = '', promptTokens = 0, completionTokens = 0, costUsd = 0, status = 'success' }) => {
      countCall(model, feature, status);
      countTokens(model, promptTokens, completionTokens);
      count('intelia_llm_cost_usd_total', { model, feature }, costUsd);
      if (status !== 'success') count('intelia_errors_total', { type: `llm_${status}`, severity: 'error' });
    },
    trackHttpRequest: ({ method = '', endpoint = '', status = '' }) => countHttp(method, endpoint, String(status)),
    trackDbQuery: ({ operation = '', table = '', status = '' }) => countQuery(operation, table, status),
    trackQuestion: ({ source = '', language = '' }) => count('intelia_questions_total', { source, language }),
    trackRevenue: ({ plan = '', amountUsd = 0 }) =>
      amountUsd < 0
        ? count('intelia_otel_dropped_measurements_total', { reason: 'negative' })
        : count('intelia_revenue_usd_total', { plan }, amountUsd),
    trackFeedback: ({ rating = '' }) => count('intelia_feedback_total', { rating }),
    trackError: ({ type = '', severity = '' }) => count('intelia_errors_total', { type, severity }),
  };

  let commands = 0;
  async function command(name: string, more: object = {}): Promise<void> {
    const id = ++commands;
    child.stdin.write(`${JSON.stringify({ id, do: name, ...more })}\n`);
    await said(new RegExp(`(done ${id}\\.)`));
  }

  return {
    ledger,
    gauges,
    startedAt,
    pid: child.pid ?? 0,
    count,
    pullUrl,
    log: () => log,
    async ask(model, { stream = false, fails = 0 } = {}) {
      const body = JSON.stringify({ model, stream });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/api/ask`, { method: 'POST', headers, body });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      for (let i = 0; i < fails; i++) {
        countCall(model, 'chat', 'server_error');
        count('intelia_errors_total', { type: 'llm_server_error', severity: 'error' });
        count('intelia_llm_retries_total', { model });
      }
      countCall(model, 'chat', 'success');
      countTokens(model, usage.prompt, usage.completion);
      count('intelia_llm_cached_tokens_total', { model }, usage.cached);
      count('intelia_llm_reasoning_tokens_total', { model }, usage.reasoning);
      if (prices[model] === undefined) count('intelia_llm_unpriced_requests_total', { model, reason: 'unknown_model' });
      else count('intelia_llm_cost_usd_total', { model, feature: 'chat' }, prices[model]);
      if (stream) count('intelia_llm_time_to_first_token_seconds_count', { model, feature: 'chat' });
      countQuery('INSERT', 'questions');
      countHttp('POST', '/api/ask', '200');
    },
    async get(path) {
      const { status } = await fetch(`${url}${path}`);
      const endpoint = path.startsWith('/api/questions') ? '/api/questions/:id' : path;
      if (endpoint === '/api/questions/:id') countQuery('SELECT', 'questions');
      if (path === '/api/broken') countQuery('SELECT', 'nowhere', 'error');
      countHttp('GET', path === '/nowhere' ? '(unmatched)' : endpoint, String(status));
    },
    async abort() {
      await fetch(`${url}/api/slow`, { signal: AbortSignal.timeout(60) }).catch(() => {});
      countHttp('GET', '/api/slow', '499');
    },
    async track(fn, args, times = 1) {
      await command('track', { fn, args, times });
      for (let i = 0; i < times; i++) tracked[fn]?.(args as Record<string, string & number>);
    },
    async command(name, args) {
      await command(name, args);
      if (name === 'users') gauges.set('intelia_active_users', args?.count ?? 0);
      if (name === 'hold') gauges.set(seriesKey('intelia_db_connections_active', { pool: env['APP_POOL'] ?? '' }), args?.count ?? 0);
    },
    async stop() {
      child.kill('SIGTERM');
      await closed;
    },
  };
} // prettier-ignore
