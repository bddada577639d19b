/** The user's own prices: a JSON object of model ids, each with the fields of a price row. */
import { NEWER_KEY, parseNewer, type NewerTable } from './newer.js';
import type { PriceRow } from './row.js';

export interface Overrides {
  /** By model id in small letters. */
  readonly rows: ReadonlyMap<string, PriceRow>;
  /** A later price list, when the file has one. */
  readonly table: NewerTable | undefined;
  /** What was wrong, each a short plain sentence; rows complained of are left out. */
  readonly complaints: readonly string[];
}

const FIELDS: ReadonlySet<string> = new Set([
  'input_mtok', 'output_mtok', 'cache_read_mtok', 'cache_write_mtok', 'cache_write_1h_mtok',
  'input_audio_mtok', 'output_audio_mtok', 'cache_audio_read_mtok',
  'input_image_mtok', 'output_image_mtok', 'cache_image_read_mtok',
  'characters_mchar', 'image', 'minute', 'input_document_kpages', 'search_unit',
  'web_searches_kcount', 'storage_searches_kcount',
] satisfies (keyof PriceRow)[]); // prettier-ignore

const MAX_ID = 128;

/**
 * Reads `{"my-deployment": {"input_mtok": 2, "output_mtok": 8}}`. A row with any fault is left out whole: half a price
 * would be a wrong price.
 */
export function parsePrices(text: string): Overrides {
  const rows = new Map<string, PriceRow>();
  const parsed = parseObject(text);
  if (parsed === undefined)
    return { rows, table: undefined, complaints: ['it is not a JSON object of model ids'] };
  const { [NEWER_KEY]: list, ...own } = parsed;
  const table = parseNewer(list);
  const complaints: string[] = [];
  if (list !== undefined && table === undefined)
    complaints.push(`"${NEWER_KEY}": it is not what intelia-otel prices --update writes`);
  for (const [id, row] of Object.entries(own)) {
    const fault = faultOf(id, row);
    if (fault === undefined) rows.set(id.trim().toLowerCase(), Object.freeze({ ...(row as PriceRow) }));
    else complaints.push(`${JSON.stringify(id.slice(0, 60))}: ${fault}`);
  }
  return { rows, table, complaints };
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function faultOf(id: string, row: unknown): string | undefined {
  if (id.trim() === '' || id.length > MAX_ID) return `a model id has 1 to ${MAX_ID} characters`;
  if (!isObject(row) || Object.keys(row).length === 0)
    return 'its prices are an object such as {"input_mtok": 2}';
  for (const [field, price] of Object.entries(row)) {
    if (!FIELDS.has(field))
      return `${JSON.stringify(field.slice(0, 60))} is not a price field (${[...FIELDS].join(', ')})`;
    // A million dollars for a million tokens is a slip of units.
    if (typeof price !== 'number' || !(price >= 0 && price < 1e6))
      return `${field} is not a number of US dollars`;
  }
  return undefined;
}
