/** Prometheus' `increase`, `rate` and `histogram_quantile`, as its documentation and its answers have them. */
import type { Point } from './history.js';

/** A window, its beginning excluded as in Prometheus 3. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Known {
  readonly atMs: number;
  readonly value: number;
}

/**
 * How much a counter grew in the window; undefined for fewer than two samples. What lies between the window's ends
 * and the samples nearest to them is added in proportion: all of it where samples come that close, else half a
 * scrape interval, and never so much that the counter would have begun below 0.
 */
export function increaseOf(points: readonly Point[], { fromMs, toMs }: Span): number | undefined {
  const known = points.filter(
    (point): point is Known => point.value !== undefined && point.atMs > fromMs && point.atMs <= toMs,
  );
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || known.length < 2) return undefined;
  let grown = last.value - first.value;
  // A counter that falls began anew: what it had before was not lost.
  for (let i = 1; i < known.length; i++) {
    const [before, now] = [known[i - 1] as Known, known[i] as Known];
    if (now.value < before.value) grown += before.value;
  }
  const sampled = last.atMs - first.atMs;
  const between = sampled / (known.length - 1);
  const reach = (gap: number): number => (gap >= between * 1.1 ? between / 2 : gap);
  const toZero = grown > 0 && first.value >= 0 ? sampled * (first.value / grown) : Infinity;
  const before = Math.min(reach(first.atMs - fromMs), toZero);
  return (grown * (sampled + before + reach(toMs - last.atMs))) / sampled;
}

export interface Bucket {
  readonly le: number;
  /** Of all values up to `le`. */
  readonly count: number;
}

/** Differences that come from adding floating numbers, and are none. */
const TOLERANCE = 1e-12;

/** The quantile by straight lines between the bounds; NaN where nothing was observed. */
export function quantileOf(q: number, unsorted: readonly Bucket[]): number {
  const buckets = monotonic([...unsorted].sort((a, b) => a.le - b.le));
  const top = buckets.at(-1);
  if (top === undefined || top.le !== Infinity || buckets.length < 2) return NaN;
  if (top.count === 0 || Number.isNaN(top.count)) return NaN;
  const rank = q * top.count;
  const found = buckets.slice(0, -1).findIndex(({ count }) => count >= rank);
  // Above the last bound nothing is known but that it is above.
  if (found < 0) return (buckets.at(-2) as Bucket).le;
  const { le, count } = buckets[found] as Bucket;
  if (found === 0 && le <= 0) return le;
  const below = buckets[found - 1] ?? { le: 0, count: 0 };
  return below.le + ((le - below.le) * (rank - below.count)) / (count - below.count);
}

/** Buckets are extrapolated one by one, and may cross by a hair. */
function monotonic(buckets: readonly Bucket[]): readonly Bucket[] {
  let highest = 0;
  return buckets.map(({ le, count }) => {
    const isSame = Math.abs(count - highest) <= TOLERANCE * Math.max(Math.abs(count), Math.abs(highest));
    if (!isSame) highest = Math.max(highest, count);
    return { le, count: highest };
  });
}
