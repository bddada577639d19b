/**
 * Every figure of every panel and alert, held against what is known to have happened: calls, tokens, dollars, requests,
 * queries, pools, questions and revenue that the test itself caused, on three ways to a real Prometheus, through a
 * restart, a silence, a first-ever call and series that appear late.
 */
import assert from 'node:assert/strict';
import { rulesFiles } from '../../src/grafana/alerts/files.js';
import { ruleGroups } from '../../src/grafana/alerts/rules.js';
import { inlined } from '../../src/grafana/alerts/yaml.js';
import { allPanels, type ListedPanel } from '../../src/grafana/all-panels.js';
import { evaluate } from '../../src/grafana/evaluate.js';
import { BY_VARIABLES, substitute, toPromql } from '../../src/grafana/promql.js';
import type { Query, Window } from '../../src/grafana/query.js';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../src/grafana/thresholds.js';
import { needBackends } from '../support/backends.js';
import { boundOf, differences, exactly, isForward, secondsOf } from '../support/compare.js';
import { afternoon, morning, pause } from '../support/day.js';
import { startFleet, type Fleet } from '../support/fleet.js';
import { INTERVAL_MS, LOOKBACK_SECONDS, WAYS, type Way } from '../support/lives.js';
import { until } from '../support/program.js';
import type { Row } from '../support/prometheus.js';
import { keyOf, truth, type Known, type KnownSeries } from '../support/truth.js';

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
/** That the day exceeds, so that alerts fire. */
const LOW: Thresholds = { ...DEFAULT_THRESHOLDS, dailyCostUsd: 5, errorRatio: 0.02, llmP95Seconds: 2.5 };

/** Every alert and recording rule as one query, with what is recorded put in. */
function allRules(thresholds: Thresholds): { name: string; query: Query }[] {
  const groups = ruleGroups(thresholds);
  const records = groups.flatMap((group) => group.records);
  const alerts = groups.flatMap((group) => group.alerts);
  return [
    ...records.map(({ record, query }) => ({ name: record, query })),
    ...alerts.map(({ alert, query }) => ({ name: alert, query: inlined(query, records) })),
  ];
}

/** The rule file as it is written, at this day's pace. */
function quickRules(): string {
  const text = rulesFiles(LOW).find(({ format }) => format === 'prometheus')?.text ?? '';
  return text
    .replaceAll(/interval: 1m/g, `interval: ${INTERVAL_MS}ms`)
    .replaceAll(/for: \d+[mh]/g, 'for: 0s');
}

describe('every panel and alert on a real Prometheus', function () {
  this.timeout(120_000);
  let fleet: Fleet;
  let startedAt: number;
  const moments: Record<string, Moment> = {};
  /** What was wrong when nothing had happened yet: bars of whole days would show later what came after. */
  const live: Record<string, string[]> = {};
  const firing: Partial<Record<Way, Row[]>> = {};

  async function keep(name: string, rateInterval: Window = LONG): Promise<void> {
    await fleet.settled();
    const at = Date.now() / 1000;
    await pause(600); // What was sampled until then is still on its way through the Collector.
    const entries = await Promise.all(WAYS.map(async (way) => [way, await fleet.known(way, at)] as const));
    moments[name] = { at, rateInterval, series: Object.fromEntries(entries) as unknown as Moment['series'] };
  }

  async function keepEmpty(name: string): Promise<void> {
    await keep(name);
    const results = [];
    for (const { queries } of allPanels())
      results.push(...(await checkAll(queries, moments[name] as Moment)));
    live[name] = results.flatMap(({ wrong }) => wrong);
  }

  const reports = (count: number): Promise<unknown> =>
    Promise.all(
      WAYS.map((way) =>
        until(`${count} processes by ${way}`, async () => {
          const found = await fleet.prometheus[way].value('count(intelia_uptime_seconds)');
          return found === count ? true : undefined;
        }),
      ),
    );

  before(async function () {
    fleet = await startFleet(needBackends(this), { places: 2, rules: quickRules() });
    const [first, second] = fleet.places as [Fleet['places'][0], Fleet['places'][0]];
    startedAt = Date.now() / 1000;
    await keepEmpty('nobody reports');
    const [a, b] = await Promise.all([fleet.start(first), fleet.start(second)]);
    await reports(2);
    await keepEmpty('nothing is recorded');
    await morning(a, b);
    await keep('half the way');
    await pause(3_000);
    await keep('after a silence', SHORT);
    await fleet.end(a);
    const c = await fleet.start(first);
    await keep('just restarted');
    await afternoon(c, b);
    await keep('the end');
    for (const way of WAYS) firing[way] = await fleet.prometheus[way].query('ALERTS{alertstate="firing"}');
    // So that the day has no more samples than are known of.
    await Promise.all([fleet.end(b), fleet.end(c)]);
    await keep('the whole day');
  });
  after(() => fleet?.stop());

  const known = (moment: Moment, way: Way, query: Query, isExact: boolean): Known => ({
    isExact,
    // A bar of a day stands at the day's beginning, and holds all of it.
    series: (isForward(query) ? (moments['the whole day'] ?? moment) : moment).series[way],
    at: isForward(query) ? startedAt - 1 : moment.at,
    seconds: (window) =>
      secondsOf(window === '$__range' ? LONG : window === '$__rate_interval' ? moment.rateInterval : window),
  });

  const asked = (promql: string, { rateInterval }: Moment): string =>
    substitute(promql, { range: LONG, rateInterval });

  interface Result {
    readonly wrong: readonly string[];
    readonly bound: number;
  }

  /** Within the bound of extrapolation, and just what extrapolation makes of the times of the samples. */
  async function check(way: Way, moment: Moment, query: Query, promql: string): Promise<Result> {
    const facts = known(moment, way, query, false);
    const expected = truth(query, facts);
    const exact = truth(query, known(moment, way, query, true));
    const rows = await fleet.prometheus[way].query(asked(promql, moment), facts.at);
    const wrong = [...differences(rows, expected), ...differences(rows, exact)];
    return {
      wrong: wrong.map((line) => `${way}: ${line}\n    ${asked(promql, moment)}`),
      bound: boundOf(query, expected),
    };
  }

  const checkAll = (
    queries: readonly { query: Query; promql: string }[],
    moment: Moment,
  ): Promise<Result[]> =>
    Promise.all(queries.flatMap(({ query, promql }) => WAYS.map((way) => check(way, moment, query, promql))));

  /** Says in the test's title by how much the figure may lie above the truth. */
  async function mustBeTrue(test: Mocha.Context, queries: ListedPanel['queries'], moment: Moment): Promise<void> {
    const results = await checkAll(queries, moment);
    const wrong = results.flatMap((result) => result.wrong);
    assert.ok(wrong.length === 0, `\n${wrong.join('\n')}`);
    const bound = Math.max(0, ...results.map((result) => result.bound));
    if (bound > 0 && test.test) test.test.title += ` (at most ${(bound * 100).toFixed(1)} % above)`;
  } // prettier-ignore

  it('the application reports what was done to it, to the last call, and nothing else', () => {
    for (const life of fleet.lives) {
      const counted = [...fleet.pushed(life)].filter(
        ([, { kind, name }]) => kind !== 'gauge' && name !== 'intelia_gc_duration_seconds',
      );
      const reported = counted.map(([key, { kind, name, value }]): [string, number] => [
        kind === 'histogram' ? key.replace(name, `${name}_count`) : key,
        value,
      ]);
      const rounded = (of: Iterable<[string, number]>): object =>
        Object.fromEntries([...of].sort().map(([key, value]) => [key, Math.round(value * 1e9) / 1e9]));
      assert.deepEqual(rounded(reported), rounded(life.replica.ledger));
    }
  });

  for (const name of ['half the way', 'after a silence', 'just restarted', 'the end']) {
    describe(name, () => {
      for (const panel of allPanels().filter(({ queries }) => queries.length > 0)) {
        it(`${panel.dashboard}: ${panel.title}`, async function () {
          // A day that is not over has more in it than half of it.
          const queries = panel.queries.filter(({ query }) => name === 'the end' || !isForward(query));
          await mustBeTrue(this, queries, moments[name] as Moment);
        });
      }
      for (const [kind, thresholds] of Object.entries({ 'as shipped': DEFAULT_THRESHOLDS, low: LOW })) {
        it(`alerts and recording rules, thresholds ${kind}`, async () => {
          for (const { name: rule, query } of allRules(thresholds)) {
            const results = await checkAll([{ query, promql: toPromql(query) }], moments[name] as Moment);
            assert.deepEqual(results.flatMap(({ wrong }) => wrong), [], rule); // prettier-ignore
          }
        });
      }
      it('evaluate gives what Prometheus gives, of the same scrapes', async () => {
        const moment = moments[name] as Moment;
        const history = await fleet.history();
        const rules = allRules(LOW).map(({ query }) => ({
          query,
          promql: toPromql(query, { only: BY_VARIABLES }),
        }));
        for (const { query, promql } of [...allPanels().flatMap(({ queries }) => queries), ...rules]) {
          const { at } = known(moment, 'scrape', query, true);
          const rows = await fleet.prometheus.scrape.query(asked(promql, moment), at);
          const answers = evaluate(query, history, {
            atMs: at * 1000, rangeMs: secondsOf(LONG) * 1000, rateIntervalMs: secondsOf(moment.rateInterval) * 1000,
            lookbackMs: LOOKBACK_SECONDS * 1000,
          }); // prettier-ignore
          assert.deepEqual(differences(answers, exactly(rows)), [], promql);
        }
      });
    });
  }

  it('alerts fire at the end for just those reasons that the day has given', () => {
    const alerts = allRules(LOW).filter(({ name }) => name.startsWith('Intelia'));
    for (const way of WAYS) {
      const rows = alerts.flatMap(({ name, query }) =>
        truth(query, known(moments['the end'] as Moment, way, query, false)).map(({ labels, maybe }) => ({
          key: keyOf({ ...labels, alertname: name }),
          maybe,
        })),
      );
      const fired = (firing[way] ?? []).map(({ labels: { __name__, alertstate, severity, ...labels } }) => {
        assert.ok(__name__ === 'ALERTS' && alertstate === 'firing' && /^(critical|warning)$/.test(severity ?? ''));
        return keyOf(labels);
      });
      // Rules go on by the clock: what lies within extrapolation of a threshold may have gone either way.
      const undecided = rows.filter(({ key, maybe }) => maybe && !fired.includes(key));
      const expected = rows.filter((row) => !undecided.includes(row)).map(({ key }) => key);
      assert.deepEqual(fired.sort(), expected.sort(), way);
      assert.ok(expected.length >= 5, way);
    }
  }); // prettier-ignore

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
    const [scraped = [], pushed, collected] = await Promise.all(
      WAYS.map(async (way) => {
        const stored = await fleet.prometheus[way].stored('{__name__=~"intelia_.+|target_info"}');
        return [...new Set(stored.map(({ labels }) => shapeOf(labels)))].sort();
      }),
    );
    // Whom it is about is in `job` and `instance`; the scraped target_info says it in words of its own too.
    const expected = scraped.map((shape) => shape.replace('service_instance_id,service_name,', ''));
    assert.deepEqual(pushed, expected);
    assert.deepEqual(collected, expected);
  });
});

/** What a dashboard sees of a series: all but who reports it, and bounds written in one way. */
function shapeOf({ instance, le, ...labels }: Row['labels']): string {
  assert.ok(instance !== undefined && labels['job'] !== undefined);
  if (labels['__name__'] === 'target_info') return `target_info ${Object.keys(labels).sort().join()}`;
  return keyOf(le === undefined ? labels : { ...labels, le: le === '+Inf' ? le : String(Number(le)) });
}
