/**
 * Every figure of every panel, held against what is known to have happened: calls, tokens, dollars, requests, queries,
 * pools, questions and revenue that the test itself caused, on three ways to a real Prometheus, through a restart, a
 * silence, a first-ever call and series that appear late.
 */
import assert from 'node:assert/strict';
import { allPanels, type ListedPanel } from '../../src/grafana/all-panels.js';
import { substitute } from '../../src/grafana/promql.js';
import type { Query, Window } from '../../src/grafana/query.js';
import { needBackends } from '../support/backends.js';
import { INTERVAL_MS, startFleet, WAYS, type Fleet, type Life, type Way } from '../support/fleet.js';
import { until } from '../support/program.js';
import type { Row } from '../support/prometheus.js';
import { keyOf, truth, type Known, type KnownSeries, type TruthRow } from '../support/truth.js';

/** A point in time at which everything is known. */
interface Moment {
  readonly at: number;
  readonly series: Readonly<Record<Way, readonly KnownSeries[]>>;
  /** What stands for `$__rate_interval`. */
  readonly rateInterval: Window;
}

const LONG: Window = '10m';
/** Shorter than the silence, and four samples long. */
const SHORT: Window = '2s';

describe('every panel on a real Prometheus', function () {
  this.timeout(120_000);
  let fleet: Fleet;
  let startedAt: number;
  const moments: Record<string, Moment> = {};
  /** What was wrong when nothing had happened yet: bars of whole days would show later what came after. */
  const live: Record<string, string[]> = {};

  async function keep(name: string, rateInterval: Window = LONG): Promise<void> {
    await fleet.settled();
    const at = Date.now() / 1000;
    await pause(600); // What was sampled until then is still on its way through the Collector.
    const entries = await Promise.all(WAYS.map(async (way) => [way, await fleet.known(way, at)] as const));
    moments[name] = { at, rateInterval, series: Object.fromEntries(entries) as unknown as Moment['series'] };
  }

  before(async function () {
    const backends = needBackends(this);
    fleet = await startFleet(backends);
    startedAt = Date.now() / 1000;
    await keep('nobody reports');
    live['nobody reports'] = await wrongAt('nobody reports');
    const [first, second] = fleet.places as [Fleet['places'][0], Fleet['places'][0]];
    const [a, b] = await Promise.all([fleet.start(first), fleet.start(second)]);
    await reports(2);
    await keep('nothing is recorded');
    live['nothing is recorded'] = await wrongAt('nothing is recorded');
    await morning(a, b);
    await keep('half the way');
    await pause(3_000);
    await keep('after a silence', SHORT);
    await fleet.end(a);
    const c = await fleet.start(first);
    await keep('just restarted');
    await afternoon(c, b);
    await keep('the end');
    // So that the day has no more samples than are known of.
    await Promise.all([fleet.end(b), fleet.end(c)]);
    await keep('the whole day');
  });
  after(() => fleet?.stop());

  const reports = (count: number): Promise<unknown> =>
    Promise.all(
      WAYS.map((way) =>
        until(`${count} processes by ${way}`, async () => {
          const found = await fleet.prometheus[way].value('count(intelia_uptime_seconds)');
          return found === count ? true : undefined;
        }),
      ),
    );

  // ── What is looked at ──────────────────────────────────────────────────────────────────────────────────────

  const known = (moment: Moment, way: Way, query: Query, isExact = false): Known => ({
    isExact,
    // A bar of a day stands at the day's beginning, and holds all of it.
    series: (isForward(query) ? (moments['the whole day'] ?? moment) : moment).series[way],
    at: isForward(query) ? startedAt - 1 : moment.at,
    seconds: (window) =>
      secondsOf(window === '$__range' ? LONG : window === '$__rate_interval' ? moment.rateInterval : window),
  });

  const asked = (promql: string, { rateInterval }: Moment): string =>
    substitute(promql, { range: LONG, rateInterval });

  /** What is wrong with a query's answer on one way, if anything. */
  async function check(way: Way, moment: Moment, query: Query, promql: string): Promise<{ wrong: string[]; bound: number }> {
    const facts = known(moment, way, query);
    const expected = truth(query, facts);
    const exact = truth(query, known(moment, way, query, true));
    const rows = await fleet.prometheus[way].query(asked(promql, moment), facts.at);
    return {
      wrong: [...differences(rows, expected), ...differences(rows, exact)].map((line) => `${way}: ${line}\n    ${asked(promql, moment)}`),
      bound: boundOf(query, expected),
    };
  } // prettier-ignore

  const checkAll = (
    { queries }: ListedPanel,
    moment: Moment,
  ): Promise<{ wrong: string[]; bound: number }[]> =>
    Promise.all(queries.flatMap(({ query, promql }) => WAYS.map((way) => check(way, moment, query, promql))));

  async function wrongAt(name: string): Promise<string[]> {
    const results = [];
    for (const panel of allPanels()) results.push(...(await checkAll(panel, moments[name] as Moment)));
    return results.flatMap(({ wrong }) => wrong);
  }

  async function checkPanel(panel: ListedPanel, moment: Moment): Promise<number> {
    const results = await checkAll(panel, moment);
    const wrong = results.flatMap((result) => result.wrong);
    assert.ok(wrong.length === 0, `\n${wrong.join('\n')}`);
    return Math.max(0, ...results.map(({ bound }) => bound));
  }

  // ── What must hold ─────────────────────────────────────────────────────────────────────────────────────────

  it('the application reports what was done to it, to the last call, and nothing else', () => {
    for (const life of fleet.lives) {
      const reported = new Map(
        [...fleet.pushed(life)]
          .filter(([, { kind, name }]) => kind !== 'gauge' && name !== 'intelia_gc_duration_seconds')
          .map(([key, point]) => [point.kind === 'histogram' ? key.replace(point.name, `${point.name}_count`) : key, point.value]),
      );
      const rounded = (of: Iterable<[string, number]>): object =>
        Object.fromEntries([...of].sort().map(([key, value]) => [key, Math.round(value * 1e9) / 1e9]));
      assert.deepEqual(rounded(reported), rounded(life.replica.ledger));
    }
  }); // prettier-ignore

  for (const name of ['half the way', 'after a silence', 'just restarted', 'the end']) {
    describe(name, () => {
      for (const panel of allPanels().filter(({ queries }) => queries.length > 0)) {
        it(`${panel.dashboard}: ${panel.title}`, async function () {
          const isLast = name === 'the end';
          // A day that is not over has more in it than half of it.
          const queries = panel.queries.filter(({ query }) => isLast || !isForward(query));
          const bound = await checkPanel({ ...panel, queries }, moments[name] as Moment);
          if (bound > 0 && this.test) this.test.title += ` (at most ${(bound * 100).toFixed(1)} % above)`;
        });
      }
    });
  }

  for (const name of ['nobody reports', 'nothing is recorded']) {
    it(`${name}: no panel errs, none shows NaN`, () => assert.deepEqual(live[name], []));
  }

  it('at no point of any chart is there a NaN or an infinity', async () => {
    const { at } = moments['the end'] as Moment;
    for (const panel of allPanels()) {
      for (const { promql } of panel.queries) {
        const query = substitute(promql, { range: LONG, rateInterval: SHORT });
        for (const way of WAYS) {
          const course = await fleet.prometheus[way].course(query, startedAt, at, INTERVAL_MS / 1000);
          const values = course.flatMap(({ points }) => points.map(([, value]) => value));
          assert.ok(values.every(Number.isFinite), `${panel.dashboard} ${panel.id} by ${way}: ${query}`);
        }
      }
    }
  });

  it('has the same series, by name and labels, on all three ways', async () => {
    const shapes = await Promise.all(
      WAYS.map(async (way) => {
        const stored = await fleet.prometheus[way].stored('{__name__=~"intelia_.+|target_info"}');
        return new Set(stored.map(({ labels }) => shapeOf(labels)));
      }),
    );
    const [scraped = [], pushed, collected] = shapes.map((shape) => [...shape].sort());
    // Whom it is about is in `job` and `instance`; the scraped target_info says it in words of its own too.
    const expected = scraped.map((shape) => shape.replace('service_instance_id,service_name,', ''));
    assert.deepEqual(pushed, expected);
    assert.deepEqual(collected, expected);
  });
});

// ── What happens ─────────────────────────────────────────────────────────────────────────────────────────────

async function morning({ replica: a, place }: Life, { replica: b }: Life): Promise<void> {
  await a.command('users', { count: 12 });
  await b.command('users', { count: 12 });
  for (let i = 0; i < 6; i++) await a.ask('gpt-4o');
  for (let i = 0; i < 3; i++) await b.ask('gpt-4o-mini', { stream: i > 0 });
  await b.ask('flaky-1', { fails: 1 });
  for (let i = 0; i < 4; i++) await a.get('/api/questions/1');
  await b.get('/api/questions/999');
  await a.get('/nowhere');
  await b.get('/api/broken');
  await a.abort();
  await a.track('trackLlmCall', { model: 'gpt-4o', feature: 'summary', promptTokens: 1000, completionTokens: 200, costUsd: 3, duration: 7 }, 3);
  await b.track('trackLlmCall', { model: 'gpt-4o', feature: 'summary', promptTokens: 10, completionTokens: 5, costUsd: 0.01, duration: 1.5 }, 5);
  await b.track('trackHttpRequest', { method: 'GET', endpoint: '/api/report', status: 200, duration: 3 }, 7);
  await a.track('trackDbQuery', { operation: 'UPDATE', table: 'users', status: 'success', duration: 0.3 }, 4);
  await a.track('trackQuestion', { source: 'web', language: 'fr' }, 9);
  await b.track('trackQuestion', { source: 'voice', language: 'en' }, 2);
  await a.track('trackRevenue', { plan: 'pro', amountUsd: 29.9 }, 2);
  await b.track('trackRevenue', { plan: 'farm', amountUsd: 149.5 });
  await a.track('trackRevenue', { plan: 'pro', amountUsd: -29.9 });
  await a.track('trackFeedback', { rating: 'positive' }, 8);
  await b.track('trackFeedback', { rating: 'negative' }, 2);
  await b.track('trackError', { type: 'payment_declined', severity: 'warning' });
  await a.command('collect');
  await a.command('hold', { count: 2 });
  await b.command('hold', { count: 1 });
  place.pushes.refuse = 1;
  a.count('intelia_otel_export_failures_total', { reason: 'server_error' });
} // prettier-ignore

/** One replica is new, with series of its own; the other gets some that it never had. */
async function afternoon({ replica: c }: Life, { replica: b }: Life): Promise<void> {
  await c.command('users', { count: 7 });
  await b.command('users', { count: 7 });
  // Ever the first call of this model and of this feature.
  await c.track('trackLlmCall', { model: 'claude-sonnet-4-5', feature: 'review', promptTokens: 1, completionTokens: 1, costUsd: 0.5, duration: 2.2 });
  for (let i = 0; i < 5; i++) await c.ask('gpt-4o');
  await c.ask('gpt-4o-mini', { stream: true });
  await b.track('trackRevenue', { plan: 'late', amountUsd: 1000 });
  await b.track('trackQuestion', { source: 'whatsapp', language: 'sw' }, 3);
  await c.track('trackLlmCall', { model: 'gpt-4o', feature: 'summary', promptTokens: 5, completionTokens: 0.5, costUsd: 1, duration: 40, status: 'timeout' });
  await c.get('/api/broken');
  await b.abort();
  await c.command('hold', { count: 3 });
  await pause(3_000);
} // prettier-ignore

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// ── Comparing ────────────────────────────────────────────────────────────────────────────────────────────────

const isForward = (query: Query): boolean => JSON.stringify(query).includes('"forward":true');

function secondsOf(window: string): number {
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[window.at(-1) as 's' | 'm' | 'h' | 'd'];
  return Number.parseFloat(window) * unit;
}

/** By how much extrapolation may raise a figure. */
function boundOf(query: Query, expected: readonly TruthRow[]): number {
  if (query.op === 'level') return 0;
  const sure = expected.filter(({ maybe, value }) => !maybe && value.lo > 0);
  return Math.max(0, ...sure.map(({ value: { lo, hi } }) => hi / lo - 1));
}

function differences(rows: readonly Row[], expected: readonly TruthRow[]): string[] {
  const there = new Map(rows.map((row) => [keyOf(row.labels), row.value]));
  const wrong = expected.flatMap(({ labels, value: { lo, hi }, maybe }) => {
    const found = there.get(keyOf(labels));
    there.delete(keyOf(labels));
    const slack = 1e-6 * Math.max(1e-6, Math.abs(lo), Math.min(Math.abs(hi), 1e12));
    if (found === undefined) return maybe ? [] : [`${keyOf(labels)} is missing, not ${lo}`];
    return found >= lo - slack && found <= hi + slack ? [] : [`${keyOf(labels)} is ${found}, not ${lo} to ${hi}`];
  });
  return [...wrong, ...[...there].map(([key, value]) => `${key} is ${value} and should not be`)];
} // prettier-ignore

/** What a dashboard sees of a series: all but who reports it, and bounds written in one way. */
function shapeOf({ instance, le, ...labels }: Row['labels']): string {
  assert.ok(instance !== undefined && labels['job'] !== undefined);
  if (labels['__name__'] === 'target_info') return `target_info ${Object.keys(labels).sort().join()}`;
  return keyOf(le === undefined ? labels : { ...labels, le: le === '+Inf' ? le : String(Number(le)) });
}
