/** Reads the file that INTELIA_LLM_PRICES names. */
import { readFileSync } from 'node:fs';
import type { Log } from '../log.js';
import { parsePrices } from './prices/overrides.js';
import type { PriceRow } from './prices/row.js';

/**
 * The user's own prices; none without a file. What is wrong gives one line, and the rest holds: a service is never kept
 * from starting by a price.
 */
export function readPriceFile(
  path: string | undefined,
  log: Pick<Log, 'warnOnce'>,
): ReadonlyMap<string, PriceRow> {
  if (path === undefined) return new Map();
  const warn = (what: string) => log.warnOnce('prices', `INTELIA_LLM_PRICES: ${path}: ${what}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    warn(
      `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}); list prices are used`,
    );
    return new Map();
  }
  const { rows, complaints } = parsePrices(text);
  if (complaints.length > 0) {
    const more = complaints.length > 3 ? `; and ${complaints.length - 3} more` : '';
    warn(`${complaints.slice(0, 3).join('; ')}${more}; list prices are used for these`);
  }
  return rows;
}
