/** What is known of every series of a fleet, as a backend has it: see truth.ts. */
import { seriesKey, type Point } from './otlp-decode.js';
import {
  identity,
  labelsOf,
  LOOKBACK_SECONDS,
  nameOf,
  pushedBy,
  withLabels,
  type Life,
  type Way,
} from './lives.js';
import type { StoredSeries } from './prometheus.js';
import type { Interval, KnownSeries } from './truth.js';

/** What runs by itself, or is about us: not in the ledger. */
const NOISE = /^intelia_gc_duration_seconds/;

const exactly = (value: number): Interval => ({ lo: value, hi: value });

export function knownOf(lives: readonly Life[], way: Way, at: number, stored: readonly StoredSeries[]): KnownSeries[] {
  const series = new Map<string, KnownSeries>();
  const times = new Map(
    stored.map((one) => [seriesKey(nameOf(one), labelsOf(one)), one.points.map(([time]) => time)]),
  );
  for (const life of lives) {
    for (const point of pushedBy(life).values()) {
      if (point.kind === 'gauge' || NOISE.test(point.name)) continue;
      const labels = { ...point.labels, ...identity(way, life) };
      const key = seriesKey(point.name, labels);
      const sampled = times.get(seriesKey(point.kind === 'histogram' ? `${point.name}_count` : point.name, labels)) ?? [];
      series.set(key, merged(series.get(key), growthOf(point, labels, sampled, life)));
    }
  }
  return [...series.values(), ...gaugesOf(lives, way, at, stored), ...noiseOf(upTo(stored, at))];
} // prettier-ignore

/** The ledger's word where it has one; the process' own where only it can know, as for a duration. */
function growthOf(point: Point, labels: Record<string, string>, times: readonly number[], { replica }: Life): KnownSeries {
  const common = { metric: point.name, labels, times };
  const inLedger = (name: string): number => replica.ledger.get(seriesKey(name, point.labels)) ?? NaN;
  if (point.kind !== 'histogram') return { ...common, value: exactly(inLedger(point.name)) };
  const bounds = [...(point.bounds ?? []), Infinity];
  return {
    ...common,
    value: exactly(inLedger(`${point.name}_count`)),
    sum: exactly(point.sum ?? NaN),
    buckets: bounds.map((le, i) => ({ le, count: exactly(point.counts?.[i] ?? NaN) })),
  };
} // prettier-ignore

/** Two lives in one series: what a scrape makes of a restart. */
function merged(a: KnownSeries | undefined, b: KnownSeries): KnownSeries {
  if (a === undefined) return b;
  const sum = (x: Interval | undefined, y: Interval | undefined): Interval => ({
    lo: (x?.lo ?? 0) + (y?.lo ?? 0),
    hi: (x?.hi ?? 0) + (y?.hi ?? 0),
  });
  return {
    ...b,
    value: sum(a.value, b.value),
    ...(b.sum === undefined ? {} : { sum: sum(a.sum, b.sum) }),
    ...(b.buckets === undefined
      ? {}
      : { buckets: b.buckets.map(({ le, count }, i) => ({ le, count: sum(a.buckets?.[i]?.count, count) })) }),
  };
}

/** What still counts as now: the value that was set where the test sets it, else the last sample's. */
function gaugesOf(lives: readonly Life[], way: Way, at: number, stored: readonly StoredSeries[]): KnownSeries[] {
  const set = new Map(
    lives.filter(({ isOver }) => !isOver).flatMap((life) =>
      [...life.replica.gauges].map(([key, value]) => [withLabels(key, identity(way, life)), exactly(value)] as const),
    ),
  );
  for (const life of lives.filter(({ isOver }) => !isOver)) {
    const up = at - life.replica.startedAt;
    set.set(seriesKey('intelia_uptime_seconds', identity(way, life)), { lo: up - 2, hi: up });
  }
  const lastScrapes = new Map(
    stored.filter((one) => nameOf(one) === 'up').map(({ labels, points }) =>
      [labels['instance'] ?? '', points.findLast(([time]) => time <= at)?.[0] ?? 0] as const),
  );
  return stored.filter((one) => !/^up$|_(total|bucket|sum|count)$/.test(nameOf(one))).flatMap((one) => {
    const labels = labelsOf(one);
    const last = one.points.filter(([time]) => time <= at && time > at - LOOKBACK_SECONDS).at(-1);
    // What a scrape has no longer has ended; a push that does not come says nothing.
    const isGone = way === 'scrape' && last !== undefined && last[0] < (lastScrapes.get(labels['instance'] ?? '') ?? 0);
    if (last === undefined || isGone) return [];
    return [{ metric: nameOf(one), labels, times: [], value: set.get(seriesKey(nameOf(one), labels)) ?? exactly(last[1]) }];
  });
} // prettier-ignore

const upTo = (stored: readonly StoredSeries[], at: number): StoredSeries[] =>
  stored.map((one) => ({ ...one, points: one.points.filter(([time]) => time <= at) }));

/** Garbage collections: how many there were only the samples tell. */
function noiseOf(stored: readonly StoredSeries[]): KnownSeries[] {
  const of = (suffix: string): StoredSeries[] => stored.filter((one) => nameOf(one).endsWith(suffix) && NOISE.test(nameOf(one)));
  const growth = (one: StoredSeries | undefined): number => {
    const values = (one?.points ?? []).map(([, value]) => value);
    return values.reduce((sum, value, i) => sum + (i === 0 ? 0 : value < (values[i - 1] ?? 0) ? value : value - (values[i - 1] ?? 0)), 0);
  };
  return of('_count').map((one) => {
    const labels = labelsOf(one);
    const isSame = (other: StoredSeries): boolean => {
      const { le: _, ...rest } = labelsOf(other);
      return seriesKey('', rest) === seriesKey('', labels);
    };
    const cumulative = of('_bucket').filter(isSame).map((bucket) => ({
      le: Number((bucket.labels['le'] ?? '').replace('+Inf', 'Infinity')), count: growth(bucket),
    })).sort((a, b) => a.le - b.le);
    return {
      metric: nameOf(one).replace(/_count$/, ''), labels, isNoise: true,
      times: one.points.map(([time]) => time),
      value: exactly(growth(one)),
      sum: exactly(growth(of('_sum').find(isSame))),
      buckets: cumulative.map(({ le, count }, i) => ({ le, count: exactly(count - (cumulative[i - 1]?.count ?? 0)) })),
    };
  });
} // prettier-ignore
