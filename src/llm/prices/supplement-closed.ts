/** What the price table lacks of Anthropic and Google, or has otherwise than their own pages. */
import type { PriceRow, Rate } from './row.js';
import type { SupplementFamily, SupplementRow } from './supplement.js';

const claude = {
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
  date: '2026-11-12',
};

/** Cache writes cost 1.25 times the input for 5 minutes and twice as much for an hour; reads by the model. */
const claudeRow = (input: number, read: number, output: number): PriceRow => ({
  input_mtok: input,
  cache_read_mtok: read,
  cache_write_mtok: 1.25 * input,
  cache_write_1h_mtok: 2 * input,
  output_mtok: output,
  web_searches_kcount: 10,
});

/** Five times as much, for the whole call, where the prompt with all it has of the cache is longer than 100,000 tokens. */
const stepped = (base: number): Rate => ({ base, tiers: [{ start: 100_000, price: 5 * base }] });
const HAIKU_5_5: PriceRow = {
  input_mtok: stepped(0.1),
  cache_read_mtok: stepped(0.01),
  cache_write_mtok: stepped(0.125),
  cache_write_1h_mtok: stepped(0.2),
  output_mtok: stepped(0.5),
  web_searches_kcount: 10,
};

/** Bound to the United States: a tenth more, from Opus 4.6 on; older models refuse it. */
const US = 1.1;

/** Fast mode: twice the price, on these models alone. https://platform.claude.com/docs/en/build-with-claude/fast-mode. */
const fast = (row?: PriceRow): SupplementRow => ({
  ...(row && { row }),
  tiers: { fast: 2, 'fast us': 2 * US },
  ...claude,
});

export const ANTHROPIC: SupplementFamily = {
  // Batch: half price, and the discounts multiply. Priority Tier is bought beforehand at a price of one's own.
  tiers: { default: 1, auto: 1, standard: 1, batch: 0.5, 'standard us': US, 'batch us': 0.5 * US },
  models: {
    'claude-fable-5-2': fast(claudeRow(8, 0.2, 40)),
    'claude-mythos-5-1': { row: claudeRow(10, 0.25, 50), ...claude },
    'claude-mythos-5': { row: claudeRow(10, 1, 50), ...claude },
    'claude-opus-5-5': fast(),
    'claude-opus-5': fast(),
    'claude-opus-4-8': fast(),
    // The table takes it for Sonnet 5. Its cache reads were halved on 2026-10-07.
    'claude-sonnet-5-5': { row: claudeRow(2, 0.1, 10), ...claude },
    'claude-haiku-5-5': { row: HAIKU_5_5, ...claude },
  },
};

export const GOOGLE: SupplementFamily = {
  // https://ai.google.dev/gemini-api/docs/optimization, 2026-10: Flex and Batch half price; Priority "75% to 100% more" is no price.
  tiers: { default: 1, auto: 1, standard: 1, unspecified: 1, flex: 0.5, batch: 0.5 },
  models: {},
};
