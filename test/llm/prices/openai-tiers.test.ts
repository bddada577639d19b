/**
 * Service tiers, caches, long prompts and tools of OpenAI. Sources, all read on 2026-11-22:
 * https://developers.openai.com/api/docs/models/gpt-6.2-sol: 2.00, cached 0.10, writes 2.50 (12 hours: 5), output 10; above 272K
 *   twice, and 1.5 times; Batch half; Fast mode twice; Ultrafast three times until the end of February 2027, then six times.
 * https://developers.openai.com/api/docs/models/gpt-6.1-terra: 1.00, 0.05, 1.25 (2.50), 5.00; the same steps; Batch and Flex half.
 * https://openai.com/api-fast-mode/: the other figures of `priority`, which answers of GPT-6 call `fast`.
 * https://developers.openai.com/api/docs/pricing: a web search 10 and a file search 2.50 USD a thousand.
 * Models without one of these pages: the list of LiteLLM 1.109.1 (see second-list.test.ts).
 */
import assert from 'node:assert/strict';
import type { Usage } from '../../../src/llm/types.js';
import { assertCost, listPricer, quote } from '../../support/list-prices.js';

const unknown = { reason: 'unknown_model' };
const million: Usage = { promptTokens: 100_000, completionTokens: 100_000 };
const cost = (model: string, usage: Usage, serviceTier?: string, provider = 'openai') =>
  quote({ provider, model, usage, ...(serviceTier !== undefined && { serviceTier }) });

describe('tiers of OpenAI', () => {
  /** USD of 100,000 tokens in and as many out. */
  const TIERS: [model: string, tier: string, usd: number | undefined][] = [
    ['gpt-6.2-sol', 'default', 1.2],
    ['gpt-6.2-sol', 'fast', 2.4],
    ['gpt-6.2-sol', 'priority', 2.4],
    ['gpt-6.2-sol', 'batch', 0.6],
    ['gpt-6.2-sol', 'ultrafast', 3.6],
    ['gpt-6.1-sol', 'fast', 2.4],
    ['gpt-6.1-sol', 'ultrafast', undefined],
    ['gpt-6.1-terra', 'flex', 0.3],
    ['gpt-6.1-terra', 'fast', 1.2],
    ['gpt-6-astra', 'fast', 12],
    ['gpt-6-astra', 'ultrafast', 36],
    ['gpt-6-luna-2026-09-22', 'fast', 0.12],
    ['gpt-5.6-sol', 'priority', 4.8],
    ['gpt-5.6-terra', 'priority', 2.8],
    ['gpt-5.5', 'priority', 8.75],
    ['gpt-5.4-mini', 'priority', 1.05],
    ['gpt-5.1-codex', 'priority', 2.25],
    ['gpt-5-mini', 'priority', 0.405],
    ['gpt-4.1', 'priority', 1.75],
    ['gpt-6.2-sol', 'balanced', undefined],
    ['gpt-5.4-nano', 'priority', undefined],
  ];
  for (const [model, tier, usd] of TIERS)
    it(`${model} ${tier}: ${usd ?? 'no price'}`, () => {
      if (usd === undefined) assert.deepEqual(cost(model, million, tier), unknown);
      else assertCost(cost(model, million, tier), usd);
    });

  it('gpt-6.2-sol ultrafast from March 2027 on', () => {
    const at = (now: number) => listPricer(() => now);
    const call = { model: 'gpt-6.2-sol', usage: million, serviceTier: 'ultrafast' };
    assertCost(quote(call, at(Date.UTC(2027, 1, 28, 23, 59))), 3.6);
    assertCost(quote(call, at(Date.UTC(2027, 2, 1))), 7.2);
    assertCost(quote({ ...call, serviceTier: 'fast' }, at(Date.UTC(2027, 2, 1))), 2.4);
  });

  it('a cache of 30 minutes at 1.25 times the input, of 12 hours at twice as much', () => {
    const usage = {
      ...{ promptTokens: 10_000, cachedTokens: 4000, cacheWriteTokens: 5000, cacheWrite1hTokens: 2000 },
      completionTokens: 100,
    };
    const plain = 1000 * 2 + 4000 * 0.1 + 3000 * 2.5 + 2000 * 5 + 100 * 10;
    assertCost(cost('gpt-6.2-sol', usage), plain / 1e6);
    assertCost(cost('gpt-6.2-sol', usage, 'fast'), (2 * plain) / 1e6);
    assertCost(cost('gpt-6.1-sol', usage), plain / 1e6);
    assertCost(
      cost('gpt-6.1-terra', usage),
      (1000 * 1 + 4000 * 0.05 + 3000 * 1.25 + 2000 * 2.5 + 100 * 5) / 1e6,
    );
    assertCost(
      cost('gpt-5.6-luna', usage),
      (1000 * 0.2 + 4000 * 0.02 + 3000 * 0.25 + 2000 * 0.5 + 100 * 1.2) / 1e6,
    );
  });

  // "Prompts with more than 272K input tokens": exactly so many are still short.
  const LONG: Record<string, readonly [input: number, cached: number, output: number]> = {
    'gpt-6.2-sol': [2, 0.1, 10], 'gpt-6.1-terra': [1, 0.05, 5], 'gpt-6-astra': [10, 1, 50], 'gpt-5.6-sol': [4, 0.4, 20],
    'gpt-5.5': [5, 0.5, 30], 'gpt-5.4': [2.5, 0.25, 15],
  }; // prettier-ignore
  for (const [model, [input, cached, output]] of Object.entries(LONG))
    it(`${model}, a prompt of 272,000 tokens and one of one more`, () => {
      const short = { promptTokens: 272_000, cachedTokens: 72_000, completionTokens: 1000 };
      assertCost(cost(model, short), (200_000 * input + 72_000 * cached + 1000 * output) / 1e6);
      assertCost(
        cost(model, { ...short, promptTokens: 272_001 }),
        (200_001 * 2 * input + 72_000 * 2 * cached + 1000 * 1.5 * output) / 1e6,
      );
    });
});

describe('tools of OpenAI', () => {
  const usage: Usage = { promptTokens: 1000, completionTokens: 1000, webSearches: 3, fileSearches: 2 };

  it('searches cost by the call, in any tier the same', () => {
    assertCost(cost('gpt-5.4', usage), 0.0175 + 0.03 + 0.005);
    assertCost(cost('gpt-5.4', usage, 'flex'), 0.00875 + 0.03 + 0.005);
    assertCost(cost('gpt-6.2-sol', usage, 'fast'), 0.024 + 0.03 + 0.005);
  });

  it('are left out where the price of a search is not told, or not known', () => {
    // 10 or 25, by the version of the tool.
    assertCost(cost('gpt-4o', usage), 0.0125 + 0.005);
    assertCost(cost('gpt-4.1-mini', usage), 0.002 + 0.005);
    assertCost(cost('gpt-5.4', usage, 'default', 'azure'), 0.0175);
  });

  it('count with an own price that says what they cost', () => {
    const own = { input_mtok: 1, output_mtok: 2, web_searches_kcount: 5, storage_searches_kcount: 1 };
    const by = listPricer(undefined, new Map([['mine', own]]));
    assertCost(quote({ model: 'mine', usage }, by), 0.003 + 0.015 + 0.002);
  });
});

// The list of LiteLLM 1.109.1 and, for what is heard, https://developers.openai.com/api/docs/models/gpt-4o-transcribe.
it('Azure takes 6 and 3 for what it transcribes, OpenAI 2.5 and 1.25', () => {
  const heard = { promptTokens: 1000, audioInputTokens: 1000, completionTokens: 100 };
  assertCost(cost('gpt-4o-transcribe', heard), 0.0035);
  assertCost(cost('gpt-4o-mini-transcribe', heard), 0.00175);
  assertCost(cost('gpt-4o-transcribe', heard, undefined, 'azure'), 0.007);
  assertCost(cost('gpt-4o-mini-transcribe', heard, undefined, 'azure'), 0.0035);
});
