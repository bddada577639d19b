/**
 * Source: https://cohere.com/pricing (its FAQ for the older models), as read 2026-08-05 and 2026-11-11 (Command R).
 * Not confirmed on that page, so not tested: command-a (2.50 and 10 in the table), command-a-reasoning and its kin.
 */
import { assertCost, quote, testList } from '../../support/list-prices.js';

const LIST = {
  'command-r-08-2024': { input: 0.15, output: 0.6 },
  'command-r7b-12-2024': { input: 0.0375, output: 0.15 },
  'command-r-plus-08-2024': { input: 2.5, output: 10 },
  'command-r-03-2024': { input: 0.5, output: 1.5 },
  'command-r-plus-04-2024': { input: 3, output: 15 },
  command: { input: 1, output: 2 },
  'command-light': { input: 0.3, output: 0.6 },
  'c4ai-aya-expanse-32b': { input: 0.5, output: 1.5 },
  'embed-v4.0': { input: 0.12 },
};

describe('prices of Cohere', () => {
  testList('cohere', LIST);

  // The list of LiteLLM 1.109.1, read 2026-11-22.
  const SEARCHES = { 'rerank-v3.5': 0.002, 'rerank-v4.0-fast': 0.002, 'rerank-v4.0-pro': 0.0025 };
  for (const [model, usd] of Object.entries(SEARCHES))
    it(`${model}, by the search`, () =>
      assertCost(quote({ provider: 'cohere', model, usage: { searchUnits: 3 } }), 3 * usd));

  it('embed-v4.0, images', () => {
    const usage = { promptTokens: 1000, imageInputTokens: 900 };
    assertCost(quote({ provider: 'cohere', model: 'embed-v4.0', usage }), (100 * 0.12 + 900 * 0.47) / 1e6);
  });
});
