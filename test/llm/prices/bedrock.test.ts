/**
 * On-demand prices of Amazon Bedrock in us-east-1. Source: https://aws.amazon.com/bedrock/pricing/ and the AWS Price List API,
 * as read 2025-06-04 (Nova 1), 2026-09-09 (Nova 2 Lite, GPT-5.6), 2026-08-05 (the rest); a batch is half, 2026-10-07.
 * Not confirmed: Flex and Priority, whose figures the page gives to a browser only. They have no known price here.
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

  it('knows no price of Flex and Priority', () => {
    for (const serviceTier of ['flex', 'priority', 'reserved']) {
      const call = { provider: 'aws', model: 'amazon.nova-pro-v1:0', usage: { promptTokens: 1 } };
      assert.deepEqual(quote({ ...call, serviceTier }), { reason: 'unknown_model' }, serviceTier);
    }
  });
});
