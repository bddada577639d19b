/**
 * Source: https://ai.google.dev/gemini-api/docs/pricing, paid tier, as read between 2026-03 and 2026-10-07; Flex and Batch
 * at half price: …/docs/optimization, 2026-10.
 */
import assert from 'node:assert/strict';
import type { Usage } from '../../../src/llm/types.js';
import { assertCost, listPricer, quote, testList } from '../../support/list-prices.js';

/** Of prompts up to 200,000 tokens. */
const LIST = {
  'gemini-3.8-flash': { input: 0.75, cached: 0.075, output: 3.75 },
  'gemini-3.7-flash': { input: 0.75, cached: 0.075, output: 3.75 },
  'gemini-3.6-flash': { input: 0.75, cached: 0.075, output: 3.75 },
  'gemini-3.5-flash': { input: 1.5, cached: 0.15, output: 9 },
  'gemini-3.5-flash-lite': { input: 0.3, cached: 0.03, output: 2.5 },
  'gemini-3.1-pro-preview': { input: 2, cached: 0.2, output: 12 },
  'gemini-3.1-flash-lite': { input: 0.25, cached: 0.025, output: 1.5 },
  'gemini-3-flash-preview': { input: 0.5, cached: 0.05, output: 3 },
  'gemini-2.5-pro': { input: 1.25, cached: 0.125, output: 10 },
  'gemini-2.5-flash': { input: 0.3, cached: 0.03, output: 2.5 },
  'models/gemini-2.5-flash-lite': { input: 0.1, cached: 0.01, output: 0.4 },
  'gemini-2.5-flash-lite-preview-09-2025': { input: 0.1, cached: 0.01, output: 0.4 },
  'gemini-embedding-001': { input: 0.15 },
  'gemini-embedding-2': { input: 0.2 },
};

const provider = 'google';
const cost = (model: string, usage: Usage, by = listPricer()) => quote({ provider, model, usage }, by);

describe('prices of Google', () => {
  testList(provider, LIST, { standard: 1, flex: 0.5, batch: 0.5 });

  it('more for the whole call where the prompt is longer than 200,000 tokens', () => {
    const short = { promptTokens: 200_000, cachedTokens: 100_000, completionTokens: 1000 };
    const long = { ...short, promptTokens: 200_001 };
    assertCost(cost('gemini-2.5-pro', short), (100_000 * 1.25 + 100_000 * 0.125 + 1000 * 10) / 1e6);
    assertCost(cost('gemini-2.5-pro', long), (100_001 * 2.5 + 100_000 * 0.25 + 1000 * 15) / 1e6);
    assertCost(cost('gemini-3.1-pro-preview', short), (100_000 * 2 + 100_000 * 0.2 + 1000 * 12) / 1e6);
    assertCost(cost('gemini-3.1-pro-preview', long), (100_001 * 4 + 100_000 * 0.4 + 1000 * 18) / 1e6);
    assertCost(cost('gemini-2.5-flash', long), (100_001 * 0.3 + 100_000 * 0.03 + 1000 * 2.5) / 1e6);
  });

  it('audio heard, cached and not, and pictures made', () => {
    const heard = {
      promptTokens: 1000, cachedTokens: 300, audioInputTokens: 600, cachedAudioTokens: 200, completionTokens: 10,
    };
    // 300 text, 100 text cached, 400 audio, 200 audio cached
    assertCost(cost('gemini-2.5-flash', heard), (300 * 0.3 + 100 * 0.03 + 400 * 1 + 200 * 0.1 + 10 * 2.5) / 1e6);
    assertCost(
      cost('gemini-3-flash-preview', heard),
      (300 * 0.5 + 100 * 0.05 + 400 * 1 + 200 * 0.1 + 10 * 3) / 1e6,
    );
    const made = { promptTokens: 10, completionTokens: 1300, imageOutputTokens: 1290 };
    assertCost(cost('gemini-2.5-flash-image', made), (10 * 0.3 + 10 * 2.5 + 1290 * 30) / 1e6);
    assertCost(
      cost('gemini-3-pro-image-preview', { ...made, completionTokens: 1120 + 50, imageOutputTokens: 1120 }),
      (10 * 2 + 50 * 12 + 1120 * 120) / 1e6,
    );
    const seen = { promptTokens: 100, imageInputTokens: 60 };
    assertCost(cost('gemini-embedding-2', seen), (40 * 0.2 + 60 * 0.45) / 1e6);
  }); // prettier-ignore

  // The lists of LiteLLM 1.109.1 and genai-prices 0.2.3, read 2026-11-22.
  it('gemini-4-argon costs twice as much from December on; Priority 1.8 times', () => {
    const usage = { promptTokens: 1000, cachedTokens: 500, completionTokens: 100 };
    const usd = (500 * 2 + 500 * 0.1 + 100 * 10) / 1e6;
    const december = listPricer(() => Date.UTC(2026, 11, 1));
    assertCost(cost('gemini-4-argon', usage), usd);
    assertCost(cost('gemini-4-argon', usage, december), 2 * usd);
    const call = { provider, model: 'gemini-4-argon', usage, serviceTier: 'priority' };
    assertCost(quote(call), 1.8 * usd);
    assertCost(quote(call, december), 3.6 * usd);
    assertCost(
      quote({ ...call, model: 'gemini-2.5-pro' }),
      (1.8 * (500 * 1.25 + 500 * 0.125 + 100 * 10)) / 1e6,
    );
  });

  it('the Flash models that speak have a price of their own', () => {
    const usage = { promptTokens: 1000, completionTokens: 1000 };
    const later = listPricer(() => Date.UTC(2027, 0, 1));
    assertCost(cost('gemini-3.8-flash-tts', usage), 0.0095);
    assertCost(cost('gemini-3.8-flash-lite-tts', usage), 0.0065);
    assertCost(cost('gemini-3.8-flash-tts', usage, later), 0.019);
  });

  it('the Flash models cost twice as much from 2027 on', () => {
    const usage = { promptTokens: 1000, cachedTokens: 500, completionTokens: 100 };
    const later = listPricer(() => Date.UTC(2027, 0, 1));
    for (const model of ['gemini-3.6-flash', 'gemini-3.7-flash', 'gemini-3.8-flash']) {
      assertCost(cost(model, usage), (500 * 0.75 + 500 * 0.075 + 100 * 3.75) / 1e6);
      assertCost(cost(model, usage, later), (500 * 1.5 + 500 * 0.15 + 100 * 7.5) / 1e6);
    }
  });

  it('leaves a tier without a price in the list unpriced', () => {
    const usage = { promptTokens: 10, completionTokens: 10 };
    for (const serviceTier of ['provisioned', 'offpeak'])
      assert.deepEqual(quote({ provider, model: 'gemini-2.5-pro', usage, serviceTier }), {
        reason: 'unknown_model',
      });
  });
});
