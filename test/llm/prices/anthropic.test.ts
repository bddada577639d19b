/**
 * Source: https://platform.claude.com/docs/en/about-claude/pricing (model pricing, batch processing, data residency, web
 * search) and …/build-with-claude/fast-mode, as read between 2026-09-23 and 2026-11-12; models retired since, 2026-03.
 */
import assert from 'node:assert/strict';
import type { Usage } from '../../../src/llm/types.js';
import { assertCost, quote, testList, type ListPrice } from '../../support/list-prices.js';

/** As the page has them: base input, 5 minutes' and an hour's cache writes, cache reads, output. */
const LIST: Record<string, readonly [input: number, write: number, write1h: number, read: number, output: number]> = {
  'claude-fable-5-2': [8, 10, 16, 0.2, 40],
  'claude-fable-5-1': [10, 12.5, 20, 0.25, 50],
  'claude-fable-5': [10, 12.5, 20, 1, 50],
  'claude-mythos-5-1': [10, 12.5, 20, 0.25, 50],
  'claude-mythos-5': [10, 12.5, 20, 1, 50],
  'claude-opus-5-5': [4, 5, 8, 0.2, 20],
  'claude-opus-5': [5, 6.25, 10, 0.5, 25],
  'claude-opus-4-8': [5, 6.25, 10, 0.5, 25],
  'claude-opus-4-7': [5, 6.25, 10, 0.5, 25],
  'claude-opus-4-6': [5, 6.25, 10, 0.5, 25],
  'claude-opus-4-5-20251101': [5, 6.25, 10, 0.5, 25],
  'claude-opus-4-1-20250805': [15, 18.75, 30, 1.5, 75],
  'claude-sonnet-5-5': [2, 2.5, 4, 0.1, 10],
  'claude-sonnet-5': [2, 2.5, 4, 0.2, 10],
  'claude-sonnet-4-6': [3, 3.75, 6, 0.3, 15],
  'claude-sonnet-4-5-20250929': [3, 3.75, 6, 0.3, 15],
  'claude-sonnet-4-20250514': [3, 3.75, 6, 0.3, 15],
  'claude-3-7-sonnet-20250219': [3, 3.75, 6, 0.3, 15],
  // Up to 100,000 tokens of prompt.
  'claude-haiku-5-5': [0.1, 0.125, 0.2, 0.01, 0.5],
  'claude-haiku-4-5-20251001': [1, 1.25, 2, 0.1, 5],
  'claude-3-5-haiku-20241022': [0.8, 1, 1.6, 0.08, 4],
  'claude-3-haiku-20240307': [0.25, 0.3, 0.5, 0.03, 1.25],
}; // prettier-ignore

const plainList = Object.entries(LIST).map(([model, [input, , , cached, output]]): [string, ListPrice] => [
  model,
  { input, cached, output },
]);
const provider = 'anthropic';
const cost = (model: string, usage: Usage, serviceTier?: string) =>
  quote({ provider, model, usage, ...(serviceTier !== undefined && { serviceTier }) });

describe('prices of Anthropic', () => {
  testList(provider, Object.fromEntries(plainList), { standard: 1, batch: 0.5 });

  for (const [model, [input, write, write1h, read, output]] of Object.entries(LIST)) {
    it(`${model}, writes to the cache for 5 minutes and for an hour`, () => {
      const usage = {
        promptTokens: 25_321, cachedTokens: 18_000, cacheWriteTokens: 7300, cacheWrite1hTokens: 2000,
        completionTokens: 393, reasoningTokens: 120,
      };
      assertCost(
        cost(model, usage),
        (21 * input + 18_000 * read + 5300 * write + 2000 * write1h + 393 * output) / 1e6,
      );
      const { cacheWrite1hTokens: _, ...fiveMinutes } = usage;
      assertCost(cost(model, fiveMinutes), (21 * input + 18_000 * read + 7300 * write + 393 * output) / 1e6);
    }); // prettier-ignore
  }

  it('claude-haiku-5-5, five times as much for a prompt above 100,000 tokens, the cached ones among them', () => {
    const usage = { promptTokens: 100_000, cachedTokens: 90_000, completionTokens: 1000 };
    assertCost(cost('claude-haiku-5-5', usage), (10_000 * 0.1 + 90_000 * 0.01 + 1000 * 0.5) / 1e6);
    const longer = { ...usage, promptTokens: 100_011, cacheWriteTokens: 10, cacheWrite1hTokens: 5 };
    assertCost(
      cost('claude-haiku-5-5', longer),
      (10_001 * 0.5 + 90_000 * 0.05 + 5 * 0.625 + 5 * 1 + 1000 * 2.5) / 1e6,
    );
  });

  it('claude-opus-4-6 and claude-sonnet-4-6 cost the same at any length', () => {
    const usage = { promptTokens: 900_000, completionTokens: 1000 };
    assertCost(cost('claude-opus-4-6', usage), 4.525);
    assertCost(cost('claude-sonnet-4-6', usage), 2.715);
  });

  it('fast mode, bound to the United States, in a batch, searching', () => {
    const usage = { promptTokens: 1e6, completionTokens: 1e6, webSearches: 3 };
    assertCost(cost('claude-opus-5-5', usage), 24.03);
    assertCost(cost('claude-opus-5-5', usage, 'fast'), 48.03);
    assertCost(cost('claude-fable-5-2', usage, 'fast'), 96.03);
    assertCost(cost('claude-opus-5', usage, 'fast us'), 66.03);
    assertCost(cost('claude-sonnet-5-5', usage, 'standard us'), 13.23);
    assertCost(cost('claude-sonnet-5-5', usage, 'batch'), 6.03);
  });

  it('leaves a tier without a price in the list unpriced', () => {
    const usage = { promptTokens: 10, completionTokens: 10 };
    for (const tier of ['priority', 'priority us', '__proto__'])
      assert.deepEqual(cost('claude-opus-5-5', usage, tier), { reason: 'unknown_model' }, tier);
    assert.deepEqual(cost('claude-sonnet-5-5', usage, 'fast'), { reason: 'unknown_model' });
    assert.deepEqual(cost('claude-someday-9', usage), { reason: 'unknown_model' });
  });

  it('is the same behind a gateway and on Vertex', () => {
    const usage = { promptTokens: 1000, completionTokens: 1000 };
    for (const model of ['claude-sonnet-4-5@20250929', 'anthropic/claude-sonnet-4-5', 'claude-sonnet-4-5'])
      for (const seller of ['openai_compatible', provider])
        assertCost(quote({ provider: seller, model, usage }), 0.018, `${seller} ${model}`);
  });
});
