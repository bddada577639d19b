/** Reads what callers of the manual API give, of whatever type it is. What cannot be used is counted. */
import type { MetricName } from '../catalogue/catalogue.js';
import { OTHER, toLabel } from '../metrics/labels.js';
import type { Registry } from '../metrics/registry.js';

export interface CallReader {
  /** The same function behind a wall: a caller's object may throw while it is read, or not be one at all. */
  safely<A>(metric: MetricName, track: (given: A) => void): (given: A) => void;
  /** A label's text; `other` for what has none. */
  label(metric: MetricName, name: string, given: unknown): string;
  /** A number of 0 or more, else undefined. */
  amount(metric: MetricName, given: unknown): number | undefined;
  /** The same for what may be left out. */
  optional(metric: MetricName, given: unknown): number | undefined;
}

export function createCallReader(drop: Registry['drop']): CallReader {
  const amount: CallReader['amount'] = (metric, given) => {
    if (typeof given === 'number' && given >= 0 && given < Infinity) return given;
    drop(typeof given === 'number' && given < 0 ? 'negative' : 'not_a_number', metric);
    return undefined;
  };
  return {
    safely: (metric, track) => (given) => {
      try {
        track(given);
      } catch {
        drop('bad_call', metric);
      }
    },
    label(metric, name, given) {
      const text = toLabel(given);
      if (text === undefined) drop('label_value', metric, name);
      return text ?? OTHER;
    },
    amount,
    optional: (metric, given) => (given === undefined || given === null ? undefined : amount(metric, given)),
  };
}
