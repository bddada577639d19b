/**
 * On-demand prices of Amazon Bedrock in us-east-1. Source: https://aws.amazon.com/bedrock/pricing/ and the AWS Price List API,
 * as read 2025-06-04 (Nova 1), 2026-09-09 (Nova 2 Lite, GPT-5.6), 2026-08-05 (the rest); a batch is half, 2026-10-07.
 * Flex, Priority and the newest models of Anthropic and OpenAI: as the list of LiteLLM 1.109.1 has them, read 2026-11-22,
 * since the page gives its figures to a browser only; the price of an hour in the cache is the maker's own, twice the input.
 */
import assert from 'node:assert/strict';
import { assertCost, quote, testList } from '../../support/list-prices.js';

const LIST = {
  'amazon.nova-micro-v1:0': { input: 0.035, cached: 0.00875, output: 0.14 },
  'amazon.nova-lite-v1:0': { input: 0.06, cached: 0.015, output: 0.24 },
  'amazon.nova-pro-v1:0': { input: 0.8, cached: 0.2, output: 3.2 },
  'us.amazon.nova-2-lite-v1:0': { input: 0.33, cached: 0.0825, output: 2.75 },
  'global.amazon.nova-2-lite-v1:0': { input: 0.3, cached: 0.075, output: 2.5 },
  'us.openai.gpt-5.6-sol': { input: 4.4, cached: 0.44, output: 22 },
  'us.openai.gpt-5.6-terra': { input: 2.2, cached: 0.22, output: 13.2 },
  'us.openai.gpt-5.6-luna': { input: 0.22, cached: 0.022, output: 1.32 },
  'mistral.mistral-large-3-675b-instruct': { input: 0.5, output: 1.5 },
  'nvidia.nemotron-nano-9b-v2:0': { input: 0.06, output: 0.23 },
};

describe('prices of Amazon Bedrock', () => {
  testList('aws', LIST, { default: 1, batch: 0.5 });

  it('us.openai.gpt-5.6-sol, a long prompt: twice the input, half as much again for the output', () => {
    const usage = { promptTokens: 300_000, completionTokens: 1000 };
    assertCost(
      quote({ provider: 'aws', model: 'us.openai.gpt-5.6-sol', usage }),
      (300_000 * 8.8 + 1000 * 33) / 1e6,
    );
  });

  it('Nova and gpt-oss, Flex and Priority', () => {
    const usage = { promptTokens: 1000, completionTokens: 1000 };
    const cost = (model: string, serviceTier: string) =>
      quote({ provider: 'aws', model, usage, serviceTier });
    assertCost(cost('us.amazon.nova-pro-v1:0', 'flex'), (0.4 + 1.6) / 1e3);
    assertCost(cost('amazon.nova-pro-v1:0', 'priority'), (1.4 + 5.6) / 1e3);
    assertCost(cost('openai.gpt-oss-120b-1:0', 'flex'), (0.075 + 0.3) / 1e3);
    assertCost(cost('openai.gpt-oss-120b-1:0', 'priority'), (0.2625 + 1.05) / 1e3);
  });

  it('knows no price of a tier whose figure is rounded, or in a contract', () => {
    const call = { provider: 'aws', usage: { promptTokens: 1 } };
    const unknown = { reason: 'unknown_model' };
    assert.deepEqual(quote({ ...call, model: 'amazon.nova-pro-v1:0', serviceTier: 'reserved' }), unknown);
    assert.deepEqual(quote({ ...call, model: 'google.gemma-3-12b-it', serviceTier: 'flex' }), unknown);
  });

  it('Claude and GPT, bound to a region a tenth more than anywhere; an hour in the cache', () => {
    const usage = {
      promptTokens: 3000,
      cachedTokens: 1000,
      cacheWriteTokens: 2000,
      cacheWrite1hTokens: 1000,
    };
    const cost = (model: string) => quote({ provider: 'aws', model, usage });
    assertCost(cost('global.anthropic.claude-sonnet-5-5'), (0.1 + 2.5 + 4) / 1e3);
    assertCost(cost('us.anthropic.claude-sonnet-5-5-v1:0'), (0.11 + 2.75 + 4.4) / 1e3);
    assertCost(cost('eu.anthropic.claude-haiku-5-5'), (0.011 + 0.1375 + 0.22) / 1e3);
    // The table has no price of an hour.
    assertCost(cost('us.anthropic.claude-sonnet-4-5-20250929-v1:0'), (0.33 + 4.125 + 6.6) / 1e3);
    assertCost(cost('global.anthropic.claude-opus-4-6-v1'), (0.5 + 6.25 + 10) / 1e3);
    // It takes this one for Fable 5, whose reads cost four times as much.
    assertCost(cost('us.anthropic.claude-fable-5-1'), (0.275 + 13.75 + 22) / 1e3);
    assertCost(cost('global.openai.gpt-6.1-terra'), (0.05 + 1.25 + 2.5) / 1e3);
    assertCost(cost('us.openai.gpt-6-sol'), (0.22 + 2.75 + 5.5) / 1e3);
  });

  it('amazon.titan-embed-text-v2:0', () => {
    const call = { provider: 'aws', model: 'amazon.titan-embed-text-v2:0', usage: { promptTokens: 1e6 } };
    assertCost(quote(call), 0.02);
  });
});
