/**
 * Source: https://docs.x.ai/developers/pricing, as read 2026-09-22: from 200,000 tokens of prompt on the whole call costs twice;
 * service tier `priority` twice. Not confirmed: what a batch costs (by the model, and 4.5 and later have none).
 */
import assert from 'node:assert/strict';
import { assertCost, quote, testList } from '../../support/list-prices.js';

const LIST = {
  'grok-4.7': { input: 2, cached: 0.5, output: 6 },
  'grok-4.6': { input: 2, cached: 0.5, output: 6 },
  'grok-4.5': { input: 2, cached: 0.3, output: 6 },
  'grok-4.3': { input: 1.25, cached: 0.2, output: 2.5 },
  'grok-4.20-0309-reasoning': { input: 1.25, cached: 0.2, output: 2.5 },
  'grok-4.20-0309-non-reasoning': { input: 1.25, cached: 0.2, output: 2.5 },
  'grok-4.20-multi-agent-0309': { input: 1.25, cached: 0.2, output: 2.5 },
  'grok-build-0.1': { input: 1, cached: 0.2, output: 2 },
};

describe('prices of xAI', () => {
  testList('x-ai', LIST, { default: 1, priority: 2 });

  for (const [model, { input, cached, output }] of Object.entries(LIST)) {
    it(`x-ai ${model}, a long prompt`, () => {
      const call = { provider: 'x-ai', model };
      const usage = { promptTokens: 199_999, cachedTokens: 99_999, completionTokens: 1000 };
      const short = (100_000 * input + 99_999 * cached + 1000 * output) / 1e6;
      assertCost(quote({ ...call, usage }), short);
      const long = (100_001 * input + 99_999 * cached + 1000 * output) / 1e6;
      assertCost(quote({ ...call, usage: { ...usage, promptTokens: 200_000 } }), 2 * long);
    });
  }

  // Grok Build answers to its name since 2026-05-15: the list of LiteLLM 1.109.1, read 2026-11-22.
  it('x-ai grok-code-fast-1', () => {
    const usage = { promptTokens: 2000, cachedTokens: 1000, completionTokens: 1000 };
    assertCost(quote({ provider: 'x-ai', model: 'grok-code-fast-1', usage }), (1 + 0.2 + 2) / 1e3);
  });

  it('knows no price of a batch', () => {
    const call = { provider: 'x-ai', model: 'grok-4.3', usage: { promptTokens: 1 } };
    assert.deepEqual(quote({ ...call, operation: 'batch' }), { reason: 'unknown_model' });
  });
});
