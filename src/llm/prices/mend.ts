/** How a row of a price list and what the supplement knows better become the row that is charged. */
import type { PriceRow, Rate } from './row.js';
import {
  exact,
  type Peak,
  type Read,
  type SupplementFamily,
  type SupplementRow,
} from './supplement/types.js';

/** What a list has for a model. */
export interface Listed {
  readonly row: PriceRow;
  readonly changes: boolean;
  /** What the installed list has, which is what the supplement mends: where a newer one has it otherwise, that is news. */
  readonly installed: PriceRow | undefined;
}

/** The row of this day. */
export function asOf(mended: SupplementRow, nowMs: number): SupplementRow {
  const { later } = mended;
  if (later === undefined || nowMs < Date.parse(later.from)) return mended;
  return { ...mended, row: { ...mended.row, ...later.row }, tiers: { ...mended.tiers, ...later.tiers } };
}

/** The fields that the supplement lays over the list: all but those of which a newer list has news. */
export function mendsOf(listed: Listed | undefined, row: PriceRow = {}): PriceRow {
  if (listed === undefined) return row;
  const kept = Object.entries(row).filter(([field]) => isSame(listed, field as keyof PriceRow));
  return Object.fromEntries(kept) as PriceRow;
}

/** Whether it is a price without a list's row under it: what is sold, not only what is otherwise. */
export const isWhole = (row: PriceRow = {}): boolean => SOLD_BY.some((field) => row[field] !== undefined);

const SOLD_BY = [
  ...(['input_mtok', 'characters_mchar', 'image', 'minute', 'input_document_kpages', 'search_unit'] as const),
];

export const isSame = ({ row, installed }: Listed, field: keyof PriceRow): boolean =>
  JSON.stringify(row[field]) === JSON.stringify(installed?.[field]);

const FEES: ReadonlySet<string> = new Set(['web_searches_kcount', 'storage_searches_kcount']);

interface Whole {
  readonly id: string;
  readonly steps: SupplementFamily['steps'];
  readonly withoutFees: true | undefined;
}

export function wholeRow(row: PriceRow, { id, steps, withoutFees }: Whole): PriceRow {
  const isKept = ([field, rate]: [string, unknown]) => !FEES.has(field) || (rate !== 0 && !withoutFees);
  const entries = Object.entries({ ...row, ...longWrites(row, id) }).filter(isKept);
  return Object.fromEntries(entries.map(([field, rate]) => [field, stepsMended(rate, steps)])) as PriceRow;
}

const isGpt = (id: string): boolean => id.includes('gpt-');

/** Of the one price that no list has and {@link wholeRow} adds. */
export const addedRead = (id: string): Read =>
  isGpt(id)
    ? { source: 'https://developers.openai.com/api/docs/models/gpt-6.2-sol', date: '2026-11-22' }
    : { source: 'https://platform.claude.com/docs/en/about-claude/pricing', date: '2026-11-12' };

/**
 * A longer life in the cache, wherever the model runs: an hour costs twice the input at Anthropic, which is 1.6 times
 * what 5 minutes cost; 12 hours cost twice what 30 minutes cost at OpenAI. Lists often have the shorter one only.
 * The page of OpenAI's model has 2.50 and 5.00.
 */
function longWrites({ cache_write_mtok: short, cache_write_1h_mtok: long }: PriceRow, id: string): PriceRow {
  if (short === undefined || long !== undefined) return {};
  return { cache_write_1h_mtok: multiplied(short, isGpt(id) ? 2 : 1.6) };
}

function multiplied(rate: Rate, times: number): Rate {
  if (typeof rate === 'number') return exact(times * rate);
  const tiers = rate.tiers.map(({ start, price }) => ({ start, price: exact(times * price) }));
  return { base: exact(times * rate.base), tiers };
}

function stepsMended(rate: unknown, steps: SupplementFamily['steps'] = {}): unknown {
  const { base, tiers } = (rate ?? {}) as Exclude<Rate, number>;
  if (!Array.isArray(tiers)) return rate;
  return { base, tiers: tiers.map(({ start, price }) => ({ start: steps[start] ?? start, price })) };
}

export function isPeak({ days, hours }: Peak, nowMs: number): boolean {
  const now = new Date(nowMs);
  const hour = now.getUTCHours();
  return days.includes(now.getUTCDay()) && hours.some(([from, to]) => hour >= from && hour < to);
}
