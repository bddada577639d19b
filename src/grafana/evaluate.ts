/** A query's answer from a history of scrapes, as a Prometheus that had made the same scrapes would give it. */
import { increaseOf, quantileOf, type Span } from './extrapolate.js';
import { keyOf, type History } from './history.js';
import { matches } from './match.js';
import { labelsOf, type Aggregation, type Query, type Series, type Window } from './query.js';
import type { Labels } from './samples.js';

export interface Answer {
  readonly labels: Labels;
  readonly value: number;
}

export interface At {
  readonly atMs: number;
  /** What Grafana's variables stand for. */
  readonly rangeMs: number;
  readonly rateIntervalMs: number;
  readonly intervalMs?: number;
  /** A sample older than this is not what reads now: 5 minutes, as Prometheus has it. */
  readonly lookbackMs?: number;
}

const LOOKBACK_MS = 5 * 60_000;

/** In no order but that of `top`. */
export function evaluate(query: Query, history: History, at: At): readonly Answer[] {
  const answer = (each: Query): readonly Answer[] => evaluate(each, history, at);
  switch (query.op) {
    case 'flow':
      return aggregate('sum', query.by, flows(query.series, history, spanOf(query.window, at, query.forward)))
        .map(({ labels, value }) => ({ labels, value: query.fn === 'rate' ? value / secondsOf(query.window, at) : value })); // prettier-ignore
    case 'level':
      return aggregate(query.agg, query.by, levels(query.series, history, at));
    case 'quantile':
      return quantiles(query, flows(query.series, history, spanOf(query.window, at, false)));
    case 'top':
      return [...answer(query.of)].sort((a, b) => b.value - a.value).slice(0, query.n);
    case 'highest':
      return aggregate('max', [], answer(query.of));
    case 'ratio':
      return ratios(query, answer);
    case 'times':
      return answer(query.of).map(({ labels, value }) => ({ labels, value: value * query.factor }));
    case 'left':
      return answer(query.after).map(({ labels, value }) => ({ labels, value: query.of - value }));
    case 'compare':
      return answer(query.of).filter(({ value }) => compare(value, query.sign, query.than));
    case 'and':
      return withKeysOf(answer(query.left), answer(query.right), true);
    case 'or':
      return union(answer(query.left), answer(query.right));
    case 'absent':
      return levels(query.series, history, at).length > 0 ? [] : [{ labels: {}, value: 1 }];
    case 'recorded':
      return latestOf(history.named(query.name), at);
  }
}

function flows(series: Series, history: History, span: Span): readonly Answer[] {
  return selected(series, history).flatMap(({ labels, points }) => {
    const value = increaseOf(points, span);
    return value === undefined ? [] : [{ labels, value }];
  });
}

const levels = (series: Series, history: History, at: At): readonly Answer[] =>
  latestOf(selected(series, history), at);

function latestOf(
  series: ReturnType<History['named']>,
  { atMs, lookbackMs = LOOKBACK_MS }: At,
): readonly Answer[] {
  return series.flatMap(({ labels, points }) => {
    const last = points.findLast((point) => point.atMs <= atMs);
    const isCurrent = last?.value !== undefined && last.atMs > atMs - lookbackMs;
    return isCurrent ? [{ labels, value: last.value as number }] : [];
  });
}

function selected({ metric, suffix, where, le }: Series, history: History): ReturnType<History['named']> {
  return history
    .named(`${metric}${suffix}`)
    .filter(({ labels }) => le === undefined || Number(labels['le']) === le)
    .filter(({ labels }) =>
      Object.entries(where).every(([label, match]) => matches(labels[label] ?? '', match)),
    );
}

function groups(by: readonly string[], answers: readonly Answer[]): readonly [Labels, readonly Answer[]][] {
  const found = new Map<string, [Labels, Answer[]]>();
  for (const each of answers) {
    const labels = picked(each.labels, by);
    const key = keyOf(labels);
    const group = found.get(key) ?? [labels, []];
    group[1].push(each);
    found.set(key, group);
  }
  return [...found.values()];
}

function aggregate(agg: Aggregation, by: readonly string[], answers: readonly Answer[]): readonly Answer[] {
  return groups(by, answers).map(([labels, group]) => ({
    labels,
    value: AGGREGATIONS[agg](group.map(({ value }) => value)),
  }));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const AGGREGATIONS: Readonly<Record<Aggregation, (values: readonly number[]) => number>> = {
  sum,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  avg: (values) => sum(values) / values.length,
  count: (values) => values.length,
};

function quantiles({ q, by }: Query & { op: 'quantile' }, buckets: readonly Answer[]): readonly Answer[] {
  return groups(by, aggregate('sum', ['le', ...by], buckets))
    .map(([labels, group]) => ({
      labels,
      value: quantileOf(
        q,
        group.map(({ labels: { le = '' }, value }) => ({
          le: le === '+Inf' ? Infinity : Number(le),
          count: value,
        })),
      ),
    }))
    .filter(({ value }) => value >= 0);
}

function ratios(
  { part, whole, zeroWithout }: Query & { op: 'ratio' },
  answer: (query: Query) => readonly Answer[],
): readonly Answer[] {
  const wholes = answer(whole);
  const zeros = wholes.map(({ labels }) => ({ labels, value: 0 }));
  const parts = zeroWithout ? union(answer(part), zeros) : answer(part);
  const outer = labelsOf(whole);
  const positive = new Map(
    wholes.filter(({ value }) => value > 0).map(({ labels, value }) => [keyOf(labels), value]),
  );
  return parts.flatMap(({ labels, value }) => {
    const over = positive.get(keyOf(picked(labels, outer)));
    return over === undefined ? [] : [{ labels, value: value / over }];
  });
}

const union = (left: readonly Answer[], right: readonly Answer[]): readonly Answer[] => [
  ...left,
  ...withKeysOf(right, left, false),
];

function withKeysOf(answers: readonly Answer[], of: readonly Answer[], has: boolean): readonly Answer[] {
  const keys = new Set(of.map(({ labels }) => keyOf(labels)));
  return answers.filter(({ labels }) => keys.has(keyOf(labels)) === has);
}

/** A label that a series has not is as if it were empty, and then it is none. */
const picked = (labels: Labels, by: readonly string[]): Labels =>
  Object.fromEntries(by.flatMap((label) => (labels[label] ? [[label, labels[label]]] : [])));

function compare(value: number, sign: '>' | '>=' | '<', than: number): boolean {
  if (sign === '<') return value < than;
  return sign === '>' ? value > than : value >= than;
}

function spanOf(window: Window, at: At, forward: boolean): Span {
  const ms = secondsOf(window, at) * 1000;
  return forward ? { fromMs: at.atMs, toMs: at.atMs + ms } : { fromMs: at.atMs - ms, toMs: at.atMs };
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

function secondsOf(window: Window, { rangeMs, rateIntervalMs, intervalMs = 60_000 }: At): number {
  if (window === '$__range') return rangeMs / 1000;
  if (window === '$__rate_interval') return rateIntervalMs / 1000;
  if (window === '$__interval') return intervalMs / 1000;
  return Number(window.slice(0, -1)) * UNIT_SECONDS[window.at(-1) as keyof typeof UNIT_SECONDS];
}
