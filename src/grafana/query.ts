/**
 * Questions to Prometheus as data over the catalogue: a metric or label that does not exist does not compile. Two
 * readers: `toPromql` (promql.ts) for dashboards, alerts and docs, `evaluate` (evaluate.ts) over scrapes in memory.
 * Whatever a query gives is already summed over replicas: `by` names the labels that stay.
 */
import type { Catalogue, Labels, MetricName } from '../catalogue/catalogue.js';

type OfKind<K> = { [N in MetricName]: Catalogue[N]['kind'] extends K ? N : never }[MetricName];
export type CounterName = OfKind<'counter'>;
export type HistogramName = OfKind<'histogram'>;
export type GaugeName = OfKind<'gauge' | 'observed'>;
/** A bucket bound that the histogram really has: between two bounds nothing exact can be said. */
export type BoundOf<N extends HistogramName> = Catalogue[N]['buckets'][number];

/** Labels that come from the way to the backend: scrape target, or service.name and service.instance.id. */
export type TargetLabel = 'job' | 'instance';
export type LabelName<N extends MetricName> = (keyof Labels<N> & string) | TargetLabel;

/** One of the values, any of a list, none of a list, or a regular expression that must match the whole value. */
export type Match<V extends string> =
  V | readonly V[] | { readonly not: V | readonly V[] } | { readonly like: string };
export type Where<N extends MetricName> = {
  readonly [L in keyof Labels<N>]?: Match<Labels<N>[L] & string>;
};

/** The variables are Grafana's: the panel's whole range, and the shortest window that a rate can be told from. */
export type Window = `${number}${'s' | 'm' | 'h' | 'd'}` | '$__range' | '$__rate_interval' | '$__interval';

export type Aggregation = 'sum' | 'max' | 'min' | 'avg' | 'count';

/** One series family of a metric. `le` is the one bucket that is meant; without it all of them. */
export interface Series {
  readonly metric: MetricName;
  readonly suffix: '' | '_sum' | '_count' | '_bucket';
  readonly where: Readonly<Record<string, Match<string>>>;
  readonly le?: number;
}

export type Query =
  | {
      readonly op: 'flow';
      readonly fn: 'increase' | 'rate';
      readonly series: Series;
      readonly by: readonly string[];
      readonly window: Window;
      /** The window begins at the point in time instead of ending there: a day's bar stands on its own day. */
      readonly forward: boolean;
    }
  | {
      readonly op: 'level';
      readonly agg: Aggregation;
      readonly series: Series;
      readonly by: readonly string[];
    }
  | {
      readonly op: 'quantile';
      readonly q: number;
      readonly series: Series;
      readonly by: readonly string[];
      readonly window: Window;
    }
  | { readonly op: 'top'; readonly n: number; readonly of: Query }
  | { readonly op: 'highest'; readonly of: Query }
  | { readonly op: 'ratio'; readonly part: Query; readonly whole: Query; readonly zeroWithout: boolean }
  | { readonly op: 'times'; readonly of: Query; readonly factor: number }
  | { readonly op: 'left'; readonly of: number; readonly after: Query }
  | { readonly op: 'compare'; readonly of: Query; readonly sign: '>' | '>=' | '<'; readonly than: number }
  | { readonly op: 'and' | 'or'; readonly left: Query; readonly right: Query }
  | { readonly op: 'absent'; readonly series: Series }
  /** The result of a recording rule: its name, and the labels it kept. */
  | { readonly op: 'recorded'; readonly name: string; readonly by: readonly string[] };

interface Picked<N extends MetricName> {
  /** Labels that stay apart; without it one total. */
  readonly by?: readonly LabelName<N>[];
  readonly where?: Where<N>;
}
interface Windowed<N extends MetricName> extends Picked<N> {
  readonly window: Window;
}

const series = (
  metric: MetricName,
  where: object | undefined,
  suffix: Series['suffix'] = '',
  le?: number,
): Series => ({
  metric,
  suffix,
  where: (where ?? {}) as Series['where'],
  ...(le === undefined ? {} : { le }),
});

const flow = (fn: 'increase' | 'rate', of: Series, by: readonly string[] = [], window: Window): Query => ({
  op: 'flow', fn, series: of, by, window, forward: false,
}); // prettier-ignore

/**
 * How much a counter grew in the window, resets and replicas accounted for.
 *
 * @example
 * increase('intelia_llm_cost_usd_total', { by: ['model'], window: '$__range' });
 */
export function increase<N extends CounterName>(metric: N, { by, where, window }: Windowed<N>): Query {
  return flow('increase', series(metric, where), by, window);
}

/** How fast a counter grows, a second. For a dashboard over `$__rate_interval` only. */
export function rate<N extends CounterName>(metric: N, { by, where, window }: Windowed<N>): Query {
  return flow('rate', series(metric, where), by, window);
}

/** How much a counter grew in each whole day or hour that begins at a point of the chart. */
export function each<N extends CounterName>(
  metric: N,
  { by = [], where, window }: Windowed<N> & { readonly window: '1d' | '1h' },
): Query {
  return { op: 'flow', fn: 'increase', series: series(metric, where), by, window, forward: true };
}

/** How many values a histogram saw in the window; with `atMost`, how many of them were not above that bound. */
export function observed<N extends HistogramName>(
  metric: N,
  { by, where, window, atMost }: Windowed<N> & { readonly atMost?: BoundOf<N> },
): Query {
  const one =
    atMost === undefined ? series(metric, where, '_count') : series(metric, where, '_bucket', atMost);
  return flow('increase', one, by, window);
}

/** As {@link observed}, a second. */
export function observedRate<N extends HistogramName>(metric: N, { by, where, window }: Windowed<N>): Query {
  return flow('rate', series(metric, where, '_count'), by, window);
}

/** The sum of the values that a histogram saw, a second: of durations, how much of each second they took. */
export function sumRate<N extends HistogramName>(metric: N, { by, where, window }: Windowed<N>): Query {
  return flow('rate', series(metric, where, '_sum'), by, window);
}

/** The mean of the values that a histogram saw in the window; nothing where it saw none. */
export function mean<N extends HistogramName>(metric: N, { by, where, window }: Windowed<N>): Query {
  const fn = window === '$__rate_interval' ? 'rate' : 'increase';
  const sum = flow(fn, series(metric, where, '_sum'), by, window);
  return ratio(sum, flow(fn, series(metric, where, '_count'), by, window));
}

/** A quantile of the values that a histogram saw in the window; nothing, never NaN, where it saw none. */
export function quantile<N extends HistogramName>(
  q: number,
  metric: N,
  { by = [], where, window }: Windowed<N>,
): Query {
  return { op: 'quantile', q, series: series(metric, where, '_bucket'), by, window };
}

/** What a gauge reads now, over the replicas: the sum of what each has, the highest of what all report alike. */
export function latest<N extends GaugeName>(
  agg: Aggregation,
  metric: N,
  { by = [], where }: Picked<N> = {},
): Query {
  return { op: 'level', agg, series: series(metric, where), by };
}

/** The `n` highest, highest first. At each point of a chart these may be others: for tables and bars only. */
export const top = (n: number, of: Query): Query => ({ op: 'top', n, of });

/** The highest of the series, without their labels: of the replicas the one that is worst off. */
export const highest = (of: Query): Query => ({ op: 'highest', of });

/**
 * Part over whole; nothing where the whole is not above 0. The whole has the labels of the part, or fewer. With
 * `zeroWithout` the answer is 0 where the part has no series yet, as errors have not before the first.
 */
export function ratio(part: Query, whole: Query, { zeroWithout = false } = {}): Query {
  const [inner, outer] = [labelsOf(part), labelsOf(whole)];
  const isWithin = outer.every((label) => inner.includes(label));
  if (!isWithin) throw new TypeError(`${outer.join()} is not within ${inner.join()}`);
  if (zeroWithout && inner.length !== outer.length) throw new TypeError('zeroWithout needs the same labels');
  return { op: 'ratio', part, whole, zeroWithout };
}

export const times = (of: Query, factor: number): Query => ({ op: 'times', of, factor });
/** What is left of a number after the query. */
export const left = (of: number, after: Query): Query => ({ op: 'left', of, after });
export const above = (of: Query, than: number): Query => ({ op: 'compare', of, sign: '>', than });
export const atLeast = (of: Query, than: number): Query => ({ op: 'compare', of, sign: '>=', than });
export const below = (of: Query, than: number): Query => ({ op: 'compare', of, sign: '<', than });
/** The left one's series, where the right one has one of the same labels. */
export const and = (left: Query, right: Query): Query => ({ op: 'and', left, right });
/** The left one's series, and those of the right one whose labels it has not. */
export const or = (left: Query, right: Query): Query => ({ op: 'or', left, right });
/** 1 where nothing reports the metric. */
export const absent = (metric: GaugeName): Query => ({ op: 'absent', series: series(metric, {}) });
export const recorded = (name: string, by: readonly string[] = []): Query => ({ op: 'recorded', name, by });

/** The labels that the answer has. */
export function labelsOf(query: Query): readonly string[] {
  switch (query.op) {
    case 'top':
    case 'times':
    case 'compare':
      return labelsOf(query.of);
    case 'ratio':
      return labelsOf(query.part);
    case 'left':
      return labelsOf(query.after);
    case 'and':
    case 'or':
      return labelsOf(query.left);
    case 'highest':
    case 'absent':
      return [];
    default:
      return query.by;
  }
}
