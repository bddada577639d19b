/** A backend's answer held against the truth, line by line. */
import type { Query } from '../../src/grafana/query.js';
import type { Row } from './prometheus.js';
import { keyOf, type TruthRow } from './truth.js';

/** What is wrong with an answer, if anything. */
export function differences(rows: readonly Row[], expected: readonly TruthRow[]): string[] {
  const there = new Map(rows.map((row) => [keyOf(row.labels), row.value]));
  const wrong = expected.flatMap(({ labels, value: { lo, hi }, maybe }) => {
    const key = keyOf(labels);
    const found = there.get(key);
    there.delete(key);
    const slack = 1e-6 * Math.max(1e-6, Math.abs(lo), Math.min(Math.abs(hi), 1e12));
    if (found === undefined) return maybe ? [] : [`${key} is missing, not ${lo}`];
    // NaN is within nothing.
    return found >= lo - slack && found <= hi + slack ? [] : [`${key} is ${found}, not ${lo} to ${hi}`];
  });
  return [...wrong, ...[...there].map(([key, value]) => `${key} is ${value} and should not be`)];
}

/** The rows as exact expectations of another's answer. */
export const exactly = (rows: readonly Row[]): TruthRow[] =>
  rows.map(({ labels, value }) => ({ labels, value: { lo: value, hi: value }, maybe: false }));

/** By how much extrapolation may raise a figure, as a share of it. */
export function boundOf(query: Query, expected: readonly TruthRow[]): number {
  if (query.op === 'level') return 0;
  const sure = expected.filter(({ maybe, value }) => !maybe && value.lo > 0);
  return Math.max(0, ...sure.map(({ value: { lo, hi } }) => hi / lo - 1));
}

/** Whether it asks for what comes after its point in time, as the bars of days do. */
export const isForward = (query: Query): boolean => JSON.stringify(query).includes('"forward":true');

export function secondsOf(window: string): number {
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[window.at(-1) as 's' | 'm' | 'h' | 'd'];
  return Number.parseFloat(window) * unit;
}
