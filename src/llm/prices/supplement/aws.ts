/** Amazon Bedrock: newer models of Anthropic and OpenAI, which the table lacks. */
import type { PriceRow } from '../row.js';
import { claudeRow, haikuRow } from './anthropic.js';
import { exact, ORDINARY, stepped, type SupplementFamily, type SupplementRow } from './types.js';

/**
 * The page gives its figures to a browser only. These are of the lists of genai-prices 0.2.3 and LiteLLM 1.109.1, which
 * agree: at a global endpoint the maker's price, at one bound to a region a tenth more.
 */
const read = { source: 'https://aws.amazon.com/bedrock/pricing/', date: '2026-11-22' };
const REGIONAL = 1.1;
/** What an id begins with, where it may run: nothing is the region that was called. */
const BOUND = ['', 'us.', 'eu.', 'jp.', 'au.', 'apac.', 'us-gov.'];
const EDITIONS = ['', '-v1', '-v1:0'];

/** Only whole ids: what is left of one without its region and its date no longer tells the price. */
function sold(id: string, priceAt: (times: number) => PriceRow, bound = BOUND): [string, SupplementRow][] {
  const at = (region: string, times: number) =>
    EDITIONS.map((edition): [string, SupplementRow] => [
      `${region}${id}${edition}`,
      { row: priceAt(times), ...read },
    ]);
  return [...bound.flatMap((region) => at(region, REGIONAL)), ...at('global.', 1)];
}

const claude = (input: number, cached: number, output: number) => (times: number) =>
  claudeRow(exact(input * times), exact(cached * times), exact(output * times));

const gpt = (input: number, cached: number, output: number) => (times: number) => ({
  input_mtok: stepped(272_000, exact(input * times), 2),
  cache_read_mtok: stepped(272_000, exact(cached * times), 2),
  cache_write_mtok: stepped(272_000, exact(1.25 * input * times), 2),
  output_mtok: stepped(272_000, exact(output * times), 1.5),
});

/**
 * Flex at half the price, Priority at 1.75 times, in the list of LiteLLM 1.109.1 for all models that have them; those with
 * a row are the ones of which it is exact, the figures of others being rounded.
 */
const TIERED = [
  ...['nova-pro', 'nova-premier', 'nova-2-lite', 'gpt-oss-120b', 'gpt-oss-20b', 'deepseek-v3.2', 'qwen3-32b'],
  ...['qwen3-coder-next', 'minimax-m2.1', 'minimax-m2.5', 'kimi-k2.5', 'kimi-k3', 'glm-4.7', 'glm-5'],
];
const tiered = (id: string): [string, SupplementRow] => [
  id,
  { tiers: { flex: 0.5, priority: 1.75 }, ...read },
];

export const AWS: SupplementFamily = {
  tiers: { ...ORDINARY, batch: 0.5 },
  tiersRead: { ...read, date: '2026-10-07' },
  steps: { 271_999: 272_000 },
  models: Object.fromEntries([
    ...TIERED.map(tiered),
    ...sold('anthropic.claude-fable-5-2', claude(8, 0.2, 40)),
    // The table takes its regional ids for Fable 5.
    ...sold('anthropic.claude-fable-5-1', claude(10, 0.25, 50)),
    ...sold('anthropic.claude-mythos-5-2', claude(8, 0.2, 40)),
    ...sold('anthropic.claude-sonnet-5-5', claude(2, 0.1, 10)),
    ...sold('anthropic.claude-haiku-5-5', haikuRow),
    ...sold('openai.gpt-6-astra', gpt(10, 1, 50), ['us.']),
    ...sold('openai.gpt-6-sol', gpt(2, 0.2, 10), ['us.']),
    ...sold('openai.gpt-6-luna', gpt(0.1, 0.01, 0.5), ['us.']),
    ...sold('openai.gpt-6.1-sol', gpt(2, 0.1, 10), ['us.']),
    ...sold('openai.gpt-6.1-terra', gpt(1, 0.05, 5), ['us.']),
    // The table takes it for the first edition.
    ['amazon.titan-embed-text-v2:0', { row: { input_mtok: 0.02 }, ...read }],
  ]),
};
