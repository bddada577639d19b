/** OpenRouter states what a call cost (https://openrouter.ai/docs/use-cases/usage-accounting): that is taken, not a list. */
import { assertCost, quote, testList } from '../../support/list-prices.js';

describe('prices of OpenRouter', () => {
  it('are what it states, whatever the model and its list price', () => {
    const usage = { promptTokens: 1219, completionTokens: 410 };
    for (const model of ['openai/gpt-5', 'anthropic/claude-sonnet-5', 'nobody/knows-this'])
      assertCost(quote({ provider: 'openrouter', model, usage, costUsd: 0.00014 }), 0.00014, model);
  });

  // When an answer states none: https://openrouter.ai/openai/gpt-5 and so on, as read 2026-08-05.
  testList('openrouter', {
    'openai/gpt-5': { input: 1.25, cached: 0.125, output: 10 },
    'anthropic/claude-sonnet-5': { input: 2, cached: 0.2, output: 10 },
  });
});
