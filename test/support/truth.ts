/**
 * What a query must give, from what is known to have happened and not from any backend: a third reader of queries as
 * data, which shares nothing with `toPromql` and `evaluate`. Each value is an interval: `increase()` extrapolates to the
 * ends of its window, and by how much at most is known from the times of the samples.
 */
import type { Query, Series, Window } from '../../src/grafana/query.js';

export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/** What one series, as one backend has it, really was. */
export interface KnownSeries {
  readonly metric: string;
  /** All of them, `job` and `instance` too. */
  readonly labels: Readonly<Record<string, string>>;
  /** A gauge: what it reads now. Else how much it grew in all. */
  readonly value: Interval;
  /** Of a histogram: how often each bucket was hit, the last one above all bounds; not cumulative. */
  readonly buckets?: readonly { readonly le: number; readonly count: Interval }[];
  readonly sum?: Interval;
  /** When it was sampled, in seconds, from its zero on. */
  readonly times: readonly number[];
  /** What nobody decides, such as garbage collections: within a window that does not hold all of it, it may be any part. */
  readonly isNoise?: boolean;
}

export interface Known {
  readonly series: readonly KnownSeries[];
  /** Seconds since the epoch at which the query is asked. */
  readonly at: number;
  /** The very figure that extrapolation makes of it, in place of all that it may make. */
  readonly isExact?: boolean;
  /** How long a window is, in seconds. */
  seconds(window: Window): number;
}

export interface TruthRow {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: Interval;
  /** Whether it is there is not certain: a threshold or a rank lies within its interval. */
  readonly maybe: boolean;
}

const add = (a: Interval, b: Interval): Interval => ({ lo: a.lo + b.lo, hi: a.hi + b.hi });
const scale = ({ lo, hi }: Interval, by: number): Interval => ({ lo: lo * by, hi: hi * by });
const ZERO = { lo: 0, hi: 0 };

export function truth(query: Query, known: Known): TruthRow[] {
  switch (query.op) {
    case 'flow':
      return flow(query, known);
    case 'level':
      return level(query, known);
    case 'quantile':
      return quantile(query, known);
    case 'times':
      return mapped(truth(query.of, known), (value) => scale(value, query.factor));
    case 'left':
      return mapped(truth(query.after, known), ({ lo, hi }) => ({ lo: query.of - hi, hi: query.of - lo }));
    case 'compare':
      return truth(query.of, known).flatMap((row) => compared(row, query));
    case 'top':
      return top(query.n, truth(query.of, known));
    case 'highest':
      return highest(truth(query.of, known));
    case 'ratio':
      return ratio(query, known);
    case 'and': {
      const right = byLabels(truth(query.right, known));
      return truth(query.left, known).flatMap((row) => {
        const other = right.get(keyOf(row.labels));
        return other === undefined ? [] : [{ ...row, maybe: row.maybe || other.maybe }];
      });
    }
    case 'or': {
      const left = truth(query.left, known);
      const taken = byLabels(left);
      const right = truth(query.right, known).flatMap((row) => {
        const other = taken.get(keyOf(row.labels));
        return other === undefined ? [row] : other.maybe ? [{ ...row, maybe: true }] : [];
      });
      return [...left, ...right];
    }
    case 'absent':
      return picked(query.series, known).length > 0 ? [] : [{ labels: {}, value: { lo: 1, hi: 1 }, maybe: false }];
    case 'recorded':
      throw new Error(`${query.name}: rules are asked for what they record`);
  }
} // prettier-ignore

const mapped = (rows: readonly TruthRow[], change: (value: Interval) => Interval): TruthRow[] =>
  rows.map((row) => ({ ...row, value: change(row.value) }));

export const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const byLabels = (rows: readonly TruthRow[]): Map<string, TruthRow> =>
  new Map(rows.map((row) => [keyOf(row.labels), row]));

// ── Which series ─────────────────────────────────────────────────────────────────────────────────────────────

function picked({ metric, where }: Series, { series }: Known): KnownSeries[] {
  return series.filter(
    (one) =>
      one.metric === metric &&
      Object.entries(where).every(([label, match]) => isMatch(one.labels[label] ?? '', match)),
  );
}

function isMatch(value: string, match: Series['where'][string]): boolean {
  if (typeof match === 'string') return value === match;
  if ('like' in match) return new RegExp(`^(?:${match.like})$`).test(value);
  if ('not' in match) return !([] as string[]).concat(match.not).includes(value);
  return match.includes(value);
}

function grouped<T extends { labels: KnownSeries['labels'] }>(
  all: readonly T[],
  by: readonly string[],
): Map<string, { labels: Record<string, string>; members: T[] }> {
  const groups = new Map<string, { labels: Record<string, string>; members: T[] }>();
  for (const one of all) {
    // A label that a series has not is one that the sum over it has not either.
    const labels = Object.fromEntries(by.flatMap((name) => (one.labels[name] === undefined ? [] : [[name, one.labels[name]]])));
    const group = groups.get(keyOf(labels)) ?? { labels, members: [] };
    group.members.push(one);
    groups.set(keyOf(labels), group);
  }
  return groups;
} // prettier-ignore

// ── Growth ───────────────────────────────────────────────────────────────────────────────────────────────────

interface Part {
  readonly part: 'all' | 'none' | 'any';
  readonly most: number;
}

/** Where the samples of the window lie, and so what becomes of an increase: the whole of it, none, or nothing at all. */
function seen(one: KnownSeries, from: number, to: number): Part | undefined {
  const times = one.times.filter((time) => time > from && time <= to);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || times.length < 2) return undefined;
  const sampled = last - first;
  const gap = sampled / (times.length - 1);
  const left = to - last;
  // As Prometheus' extrapolatedRate does it. The start is not extrapolated: a series is 0 there.
  const part = first === one.times[0] ? 'all' : one.isNoise === true ? 'any' : 'none';
  return { part, most: 1 + (left < gap * 1.1 ? left : gap / 2) / sampled };
} // prettier-ignore

function growth(value: Interval, { part, most }: Part, { isExact = false }: Known): Interval {
  if (part === 'none') return ZERO;
  return { lo: part === 'any' ? 0 : value.lo * (isExact ? most : 1), hi: value.hi * most };
}

type Flow = Query & { op: 'flow' };

function windowOf({ window, forward = false }: { window: Window; forward?: boolean }, known: Known) {
  const length = known.seconds(window);
  return { from: forward ? known.at : known.at - length, to: forward ? known.at + length : known.at, length };
}

function flow(query: Flow, known: Known): TruthRow[] {
  const { from, to, length } = windowOf(query, known);
  const grown = picked(query.series, known).flatMap((one) => {
    const how = seen(one, from, to);
    return how === undefined
      ? []
      : [{ labels: one.labels, value: growth(grownBy(one, query.series), how, known) }];
  });
  return [...grouped(grown, query.by).values()].map(({ labels, members }) => {
    const total = members.map(({ value }) => value).reduce(add);
    return { labels, value: query.fn === 'rate' ? scale(total, 1 / length) : total, maybe: false };
  });
}

function grownBy(one: KnownSeries, { suffix, le }: Series): Interval {
  if (suffix === '_sum') return one.sum ?? ZERO;
  if (suffix !== '_bucket') return one.value;
  const below = (one.buckets ?? []).filter((bucket) => bucket.le <= (le ?? Infinity));
  return below.map(({ count }) => count).reduce(add, ZERO);
}

// ── Quantiles ────────────────────────────────────────────────────────────────────────────────────────────────

function quantile(query: Query & { op: 'quantile' }, known: Known): TruthRow[] {
  const { from, to } = windowOf(query, known);
  const all = picked(query.series, known).flatMap((one) => {
    const how = seen(one, from, to);
    if (how === undefined) return [];
    return [{ labels: one.labels, counts: (one.buckets ?? []).map(({ le, count }) => ({ le, count: growth(count, how, known) })) }];
  });
  return [...grouped(all, query.by).values()].flatMap(({ labels, members }) => {
    const bounds = (members[0]?.counts ?? []).map(({ le }) => le);
    const counts = bounds.map((_, i) => members.map(({ counts }) => counts[i]?.count ?? ZERO).reduce(add));
    if (counts.every(({ hi }) => hi === 0)) return [];
    return [{ labels, value: quantileInterval(query.q, bounds, counts), maybe: counts.every(({ lo }) => lo === 0) }];
  });
} // prettier-ignore

/** A quantile is lowest when the low buckets have all they may and the high ones as little, for some place between. */
function quantileInterval(q: number, bounds: readonly number[], counts: readonly Interval[]): Interval {
  const values: number[] = [];
  for (let split = 0; split <= counts.length; split++) {
    const low = counts.map(({ lo, hi }, i) => (i < split ? hi : lo));
    const high = counts.map(({ lo, hi }, i) => (i < split ? lo : hi));
    values.push(quantileOf(q, bounds, low), quantileOf(q, bounds, high));
  }
  return { lo: Math.min(...values), hi: Math.max(...values) };
}

/** Linear within the bucket; of the one above all bounds the highest bound. */
function quantileOf(q: number, bounds: readonly number[], counts: readonly number[]): number {
  const rank = q * counts.reduce((a, b) => a + b, 0);
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (below + count >= rank && count > 0) {
      if (i === bounds.length - 1) return bounds[i - 1] as number;
      const start = i === 0 ? 0 : (bounds[i - 1] as number);
      return start + ((bounds[i] as number) - start) * ((rank - below) / count);
    }
    below += count;
  }
  return bounds.at(-2) as number;
}

// ── The rest ─────────────────────────────────────────────────────────────────────────────────────────────────

function level(query: Query & { op: 'level' }, known: Known): TruthRow[] {
  return [...grouped(picked(query.series, known), query.by).values()].map(({ labels, members }) => {
    const each = (end: 'lo' | 'hi'): number => aggregated(query.agg, members.map(({ value }) => value[end]));
    return { labels, value: { lo: each('lo'), hi: each('hi') }, maybe: false };
  });
} // prettier-ignore

function aggregated(agg: (Query & { op: 'level' })['agg'], values: readonly number[]): number {
  if (agg === 'max') return Math.max(...values);
  if (agg === 'min') return Math.min(...values);
  if (agg === 'count') return values.length;
  const sum = values.reduce((a, b) => a + b, 0);
  return agg === 'avg' ? sum / values.length : sum;
}

function compared(row: TruthRow, { sign, than }: Query & { op: 'compare' }): TruthRow[] {
  const holds = (value: number): boolean =>
    sign === '>' ? value > than : sign === '<' ? value < than : value >= than;
  const [lo, hi] = [holds(row.value.lo), holds(row.value.hi)];
  return lo || hi ? [{ ...row, maybe: row.maybe || lo !== hi }] : [];
}

function top(n: number, rows: readonly TruthRow[]): TruthRow[] {
  return rows.flatMap((row) => {
    const surelyAbove = rows.filter(({ value }) => value.lo > row.value.hi).length;
    const maybeAbove = rows.filter((other) => other !== row && other.value.hi >= row.value.lo).length;
    return surelyAbove >= n ? [] : [{ ...row, maybe: row.maybe || maybeAbove >= n }];
  });
}

/** The highest of all, with no labels. */
function highest(rows: readonly TruthRow[]): TruthRow[] {
  if (rows.length === 0) return [];
  const sure = rows.filter(({ maybe }) => !maybe);
  const value = {
    lo: Math.max(...(sure.length > 0 ? sure : rows).map(({ value }) => value.lo)),
    hi: Math.max(...rows.map(({ value }) => value.hi)),
  };
  return [{ labels: {}, value, maybe: sure.length === 0 }];
}

function ratio({ part, whole, zeroWithout }: Query & { op: 'ratio' }, known: Known): TruthRow[] {
  const parts = truth(part, known);
  const wholes = truth(whole, known);
  const there = byLabels(parts);
  const absent = wholes.filter(({ labels }) => !there.has(keyOf(labels)));
  const all = zeroWithout ? [...parts, ...absent.map((row) => ({ ...row, value: ZERO }))] : parts;
  return all.flatMap((row) => {
    const other = wholes.find(({ labels }) => Object.entries(labels).every(([name, value]) => row.labels[name] === value));
    if (other === undefined || other.value.hi <= 0) return [];
    const value = { lo: row.value.lo / other.value.hi, hi: other.value.lo > 0 ? row.value.hi / other.value.lo : Infinity };
    return [{ labels: row.labels, value, maybe: row.maybe || other.maybe || other.value.lo <= 0 }];
  });
} // prettier-ignore
