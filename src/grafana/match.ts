/** Whether a label's value is one that a query asks for. */
import type { Match } from './query.js';

export function matches(value: string, match: Match<string>): boolean {
  if (typeof match === 'string') return value === match;
  if ('like' in match) return regex(match.like).test(value);
  if (!('not' in match)) return match.includes(value);
  return typeof match.not === 'string' ? value !== match.not : !match.not.includes(value);
}

const regexes = new Map<string, RegExp>();

/** It must match the whole value, as in PromQL. */
function regex(source: string): RegExp {
  const known = regexes.get(source) ?? new RegExp(`^(?:${source})$`, 's');
  regexes.set(source, known);
  return known;
}
