/** `evaluate` gives what a real Prometheus gives on the same scrapes, for every query of every panel. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announce, writeCells } from '../../src/export/text.js';
import { allPanels } from '../../src/grafana/all-panels.js';
import { evaluate, type Answer } from '../../src/grafana/evaluate.js';
import { createHistory, type History } from '../../src/grafana/history.js';
import { BY_VARIABLES, substitute, toPromql } from '../../src/grafana/promql.js';
import { absent, above, and, observed, or, type Query } from '../../src/grafana/query.js';
import { catalogue, type MetricName } from '../../src/catalogue/catalogue.js';
import { needBackends } from '../support/backends.js';
import { testContext, type TestContext } from '../support/context.js';

const STEP_S = 30;
const STEPS = 480;
const VARIABLES = { range: '2h', rateInterval: '4m' };
const SPANS = { rangeMs: 2 * 3_600_000, rateIntervalMs: 4 * 60_000 };
/** While both run, in the silence, right after the restart, at the end; and between two scrapes. */
const MOMENTS_S = [600, 3600, 6000, 7215, 9031, STEPS * STEP_S];

/** The same numbers each time (Park and Miller's generator). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => (state = (state * 48_271) % 2_147_483_647) % sides;
}

/** One process of the application: what it does between two scrapes, through our own registry. */
interface Replica {
  readonly from: number;
  readonly to: number;
  readonly instance: string;
  readonly app: TestContext;
}

const replica = (instance: string, from: number, to: number): Replica => ({
  instance, from, to, app: testContext(),
}); // prettier-ignore

const MODELS = ['gpt-4o', 'gpt-4.1-mini', 'claude-sonnet-4-5'] as const;

function work({ app: { registry } }: Replica, step: number, roll: (sides: number) => number): void {
  const { emit } = registry;
  const model = MODELS[roll(step > 200 ? 3 : 2)] as string;
  const feature = roll(3) === 0 ? 'embeddings' : 'chat';
  const status = roll(9) === 0 ? 'rate_limited' : roll(7) === 0 ? 'cancelled' : 'success';
  emit('intelia_llm_requests_total', 1, { model, status });
  emit('intelia_llm_request_duration_seconds', roll(20_000) / 1000, { model, feature });
  emit('intelia_llm_time_to_first_token_seconds', roll(3000) / 1000, { model, feature });
  emit('intelia_llm_tokens_total', roll(2000), { model, type: 'prompt' });
  emit('intelia_llm_tokens_total', roll(500), { model, type: 'completion' });
  emit('intelia_llm_cost_usd_total', roll(9000) / 10_000, { model, feature });
  emit('intelia_llm_cached_tokens_total', roll(300), { model });
  emit('intelia_llm_reasoning_tokens_total', roll(100), { model });
  if (roll(6) === 0) emit('intelia_llm_retries_total', 1, { model });
  if (roll(20) === 0) emit('intelia_llm_unpriced_requests_total', 1, { model, reason: 'unknown_model' });
  const endpoint = ['/api/ask', '/api/users/:id', '/health'][roll(3)] as string;
  emit('intelia_http_requests_total', roll(4) + 1, { method: 'GET', endpoint, status: ['200', '404', '499', '503'][roll(16) >> 2] ?? '200' }); // prettier-ignore
  emit('intelia_http_request_duration_seconds', roll(12_000) / 1000, { method: 'GET', endpoint });
  emit('intelia_db_queries_total', 1, { operation: 'SELECT', table: 'users', status: roll(15) === 0 ? 'error' : 'success' }); // prettier-ignore
  emit('intelia_db_query_duration_seconds', roll(400) / 1000, { operation: 'SELECT', table: 'users' });
  emit('intelia_questions_total', 1, { source: roll(2) ? 'web' : 'app', language: roll(3) ? 'fr' : 'en' });
  emit('intelia_feedback_total', 1, { rating: roll(4) === 0 ? 'negative' : 'positive' });
  emit('intelia_revenue_usd_total', roll(50), { plan: roll(2) ? 'pro' : 'free' });
  emit('intelia_gc_duration_seconds', roll(30) / 1000, { kind: roll(3) ? 'minor' : 'major' });
  emit('intelia_active_users', roll(90), {});
  if (roll(30) === 0) emit('intelia_errors_total', 1, { type: 'http_5xx', severity: 'error' });
  if (roll(40) === 0) emit('intelia_otel_dropped_measurements_total', 1, { reason: 'label_limit' });
}

function observeAll({ app: { registry } }: Replica, now: () => number): void {
  registry.observe('intelia_uptime_seconds', (set) => set(now() * STEP_S + 0.5, {}));
  registry.observe('intelia_cpu_utilization_ratio', (set) => set((now() % 7) / 10, {}));
  registry.observe('intelia_db_connections_active', (set) => set(now() % 5, { pool: 'main' }));
  registry.observe('intelia_event_loop_delay_seconds', (set) => {
    for (const quantile of ['0.5', '0.9', '0.99', '1'] as const) set(Number(quantile) / 50, { quantile });
  });
  registry.observe('intelia_memory_bytes', (set) => {
    for (const [i, type] of (['rss', 'heap_used', 'heap_limit'] as const).entries())
      set((i + 1) * 1e7 + now(), { type });
  });
  registry.observe('intelia_system_info', (set) => set(1, { version: '1.0', node_version: '20', os: 'linux', arch: 'x64' })); // prettier-ignore
}

/** Two replicas; one restarts in place, the other makes way for a third. An hour without traffic; some scrapes fail. */
async function history(): Promise<History> {
  const found = createHistory({ keepMs: STEPS * STEP_S * 1000 });
  const roll = dice(42);
  const replicas = [
    replica('a:1', 0, 250),
    replica('b:1', 3, 220),
    replica('a:1', 252, 999),
    replica('c:1', 225, 999),
  ];
  let step = 0;
  for (const each of replicas) observeAll(each, () => step - each.from);
  for (; step <= STEPS; step++) {
    for (const each of replicas) {
      const isUp = step >= each.from && step < each.to;
      const isSilent = step > 120 && step < 210;
      const target = { job: 'backend', instance: each.instance };
      const atMs = step * STEP_S * 1000;
      if (isUp && !isSilent && roll(3) > 0) work(each, step, roll);
      if (step === each.to || (isUp && roll(60) === 0)) found.add({ atMs, target, text: undefined });
      else if (isUp) {
        const pieces: string[] = [];
        announce(await writeCells(each.app.registry, 'text', (piece) => void pieces.push(piece)));
        found.add({ atMs, target, text: pieces.join('') });
      }
    }
  }
  return found;
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
const labelText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`).join(', ')}}`; // prettier-ignore

/** The same series in promtool's notation: `_` is no sample, `stale` the end of a series. */
function inputSeries(scrapes: History): readonly { series: string; values: string }[] {
  const names = Object.keys(catalogue).flatMap((name) =>
    catalogue[name as MetricName].kind === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix)
      : [name],
  );
  return names.flatMap((name) =>
    scrapes.named(name).map(({ labels, points }) => {
      const values = new Array<string>(STEPS + 1).fill('_');
      for (const { atMs, value } of points)
        values[atMs / 1000 / STEP_S] = value === undefined ? 'stale' : String(value);
      return { series: name + labelText(labels), values: values.join(' ') };
    }),
  );
}

interface Case {
  readonly query: Query;
  readonly promql: string;
  readonly atS: number;
  readonly answers: readonly Answer[];
}

function cases(scrapes: History): readonly Case[] {
  const calls = 'intelia_llm_request_duration_seconds';
  const extra: Query[] = [
    absent('intelia_uptime_seconds'),
    and(above(observed(calls, { by: ['model'], window: '10m' }), 3), observed(calls, { by: ['model'], window: '10m', atMost: 5 })),
    or(above(observed(calls, { by: ['feature'], window: '5m' }), 9), observed(calls, { by: ['feature'], window: '1h', atMost: 0.5 })),
  ]; // prettier-ignore
  const all = [...allPanels().flatMap(({ queries }) => queries.map(({ query }) => query)), ...extra];
  return all.flatMap((query) =>
    MOMENTS_S.map((atS) => ({
      query,
      promql: substitute(toPromql(query, { only: BY_VARIABLES }), VARIABLES),
      atS,
      answers: evaluate(query, scrapes, { atMs: atS * 1000, ...SPANS }),
    })),
  );
}

/** promtool compares to the last bit, and adds in another order than we do. */
function realDifferences(told: string): readonly string[] {
  const failed = told.matchAll(/expr: (.*), time: (\S+),\s+exp: (.*)\s+got: (.*)/g);
  const found = [...failed].filter(([, , , expected = '', got = '']) => !isClose(expected, got));
  const isUnderstood = told === '' || /FAILED/.test(told);
  return isUnderstood ? found.map(([all]) => all) : [told];
}

function isClose(expected: string, got: string): boolean {
  const [ours, theirs] = [rowsOf(expected), rowsOf(got)];
  return (
    ours.size === theirs.size &&
    [...ours].every(([labels, value]) => {
      const other = theirs.get(labels) ?? NaN;
      return Math.abs(value - other) <= 1e-12 * Math.max(Math.abs(value), Math.abs(other));
    })
  );
}

const rowsOf = (text: string): ReadonlyMap<string, number> =>
  new Map(
    [...text.matchAll(/(\{[^}]*\}) (\S+?)(?=, \{|$)/g)].map(([, labels = '', value]) => [
      labels,
      Number(value),
    ]),
  );

describe('evaluate', function () {
  this.timeout(60_000);
  let folder: string;
  let promtool: string;
  before(function () {
    promtool = needBackends(this).promtool;
    folder = mkdtempSync(join(tmpdir(), 'intelia-evaluate-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  it('answers every query of every panel as promtool does, at moments of every kind', async () => {
    const scrapes = await history();
    const asked = cases(scrapes);
    const file = join(folder, 'tests.json');
    const tests = {
      interval: `${STEP_S}s`,
      input_series: inputSeries(scrapes),
      promql_expr_test: asked.map(({ promql, atS, answers }) => ({
        expr: promql,
        eval_time: `${atS}s`,
        exp_samples: answers.map(({ labels, value }) => ({ labels: labelText(labels), value })),
      })),
    };
    // YAML is a superset of JSON.
    writeFileSync(file, JSON.stringify({ evaluation_interval: '1m', tests: [tests] }));
    const told = await new Promise<string>((resolve) =>
      execFile(promtool, ['test', 'rules', file], { maxBuffer: 1e8 }, (error, stdout, stderr) =>
        resolve(error ? stdout + stderr : ''),
      ),
    );
    assert.deepEqual(realDifferences(told), []);
    const answered = new Set(asked.filter(({ answers }) => answers.length > 0).map(({ promql }) => promql));
    const never = [...new Set(asked.map(({ promql }) => promql))].filter((promql) => !answered.has(promql));
    // Of these the scrapes above have nothing to tell.
    assert.deepEqual(
      never.filter((promql) => !/absent|export_failures|otel_errors/.test(promql)),
      [],
    );
  });
});
