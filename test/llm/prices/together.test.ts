/**
 * Source: https://www.together.ai/pricing, as read 2026-08-05; the newer ones (from 0813 on) as the lists of LiteLLM 1.109.1
 * and genai-prices 0.2.3 have it, read 2026-11-22, where they agree. Not confirmed: what a batch of which model costs ("up to
 * 50 %"), so a batch has no known price; Qwen3.7 Max, of which three lists have three prices.
 */
import assert from 'node:assert/strict';
import { quote, testList } from '../../support/list-prices.js';

const LIST = {
  'deepseek-ai/DeepSeek-V4-Pro-0813': { input: 1.32, cached: 0.13, output: 3.96 },
  'deepseek-ai/DeepSeek-V4.1-Flash': { input: 0.3, cached: 0.006, output: 1.2 },
  'MiniMaxAI/MiniMax-M3.1-Flash': { input: 0.15, cached: 0.015, output: 0.6 },
  'Qwen/Qwen3.6-Plus': { input: 0.5, output: 3 },
  'Qwen/Qwen3.8-Flash': { input: 0.15, output: 0.47 },
  'zai-org/GLM-5.3': { input: 1.4, cached: 0.26, output: 4.4 },
  'zai-org/GLM-5.3-Flash': { input: 0.15, cached: 0.03, output: 0.5 },
  'moonshotai/Kimi-K3': { input: 3, cached: 0.3, output: 15 },
  'Qwen/Qwen3.5-397B-A17B': { input: 0.6, cached: 0.35, output: 3.6 },
  'zai-org/GLM-5.2': { input: 1.4, cached: 0.26, output: 4.4 },
  'MiniMaxAI/MiniMax-M3': { input: 0.3, cached: 0.06, output: 1.2 },
  'meta-llama/Llama-3.3-70B-Instruct-Turbo': { input: 1.04, output: 1.04 },
  'openai/gpt-oss-120b': { input: 0.15, output: 0.6 },
  'openai/gpt-oss-20b': { input: 0.05, output: 0.2 },
  'google/gemma-4-31B-it': { input: 0.39, output: 0.97 },
};

describe('prices of Together', () => {
  testList('together', LIST, { default: 1 });

  it('knows no price where lists disagree', () => {
    const call = { provider: 'together', model: 'Qwen/Qwen3.7-Max', usage: { promptTokens: 1 } };
    assert.deepEqual(quote(call), { reason: 'unknown_model' });
  });

  it('knows no price of a batch', () => {
    const call = { provider: 'together', model: 'zai-org/GLM-5.2', usage: { promptTokens: 1 } };
    assert.deepEqual(quote({ ...call, operation: 'batch' }), { reason: 'unknown_model' });
  });
});
