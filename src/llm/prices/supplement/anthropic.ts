/** Anthropic: what the table lacks or has otherwise than the provider's own page. */
import type { PriceRow } from '../row.js';
import { stepped, type SupplementFamily, type SupplementRow } from './types.js';

const claude = {
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
  date: '2026-11-12',
};

/** Cache writes cost 1.25 times the input for 5 minutes and twice as much for an hour; reads by the model. */
export const claudeRow = (input: number, read: number, output: number): PriceRow => ({
  input_mtok: input,
  cache_read_mtok: read,
  cache_write_mtok: 1.25 * input,
  cache_write_1h_mtok: 2 * input,
  output_mtok: output,
});

/** Five times as much, for the whole call, where the prompt with all it has of the cache is longer than 100,000 tokens. */
export const haikuRow = (times = 1): PriceRow => ({
  input_mtok: stepped(100_000, 0.1 * times, 5),
  cache_read_mtok: stepped(100_000, 0.01 * times, 5),
  cache_write_mtok: stepped(100_000, 0.125 * times, 5),
  cache_write_1h_mtok: stepped(100_000, 0.2 * times, 5),
  output_mtok: stepped(100_000, 0.5 * times, 5),
});

const SEARCHES = { web_searches_kcount: 10 };

/** Bound to the United States: a tenth more, from Opus 4.6 on; older models refuse it. */
const US = 1.1;

/** Fast mode: twice the price, on these models alone. https://platform.claude.com/docs/en/build-with-claude/fast-mode. */
const fast = (row?: PriceRow): SupplementRow => ({
  ...(row && { row: { ...row, ...SEARCHES } }),
  tiers: { fast: 2, 'fast us': 2 * US },
  ...claude,
});

const priced = (row: PriceRow): SupplementRow => ({ row: { ...row, ...SEARCHES }, ...claude });

export const ANTHROPIC: SupplementFamily = {
  // Batch: half price, and the discounts multiply. Priority Tier is bought beforehand at a price of one's own.
  tiers: { default: 1, auto: 1, standard: 1, batch: 0.5, 'standard us': US, 'batch us': 0.5 * US },
  tiersRead: claude,
  models: {
    'claude-fable-5-2': fast(claudeRow(8, 0.2, 40)),
    // Not seen on the page; the list of genai-prices 0.2.3 has it, read 2026-11-22.
    'claude-mythos-5-2': { ...priced(claudeRow(8, 0.2, 40)), date: '2026-11-22' },
    'claude-mythos-5-1': priced(claudeRow(10, 0.25, 50)),
    'claude-mythos-5': priced(claudeRow(10, 1, 50)),
    'claude-opus-5-5': fast(),
    'claude-opus-5': fast(),
    'claude-opus-4-8': fast(),
    // The table takes it for Sonnet 5. Its cache reads were halved on 2026-10-07.
    'claude-sonnet-5-5': priced(claudeRow(2, 0.1, 10)),
    'claude-haiku-5-5': priced(haikuRow()),
  },
};
