/**
 * Prices of OpenAI's models against the figures of its public lists, typed here by hand and not taken from the table
 * under test. Source of each row, unless it says otherwise: https://developers.openai.com/api/docs/pricing, 2026-11.
 */
import type { LlmEvent, Usage } from '../../../src/llm/types.js';
import { assertCost, quote } from '../../support/list-prices.js';

/** US dollars per million tokens: input, cached input (the same as input where the list has none), output. */
const TEXT: Record<string, readonly [input: number, cached: number, output: number]> = {
  // Their own pages, read 2026-11-22.
  'gpt-6.2-sol': [2, 0.1, 10],
  'gpt-6.1-sol': [2, 0.1, 10],
  'gpt-6.1-terra': [1, 0.05, 5],
  'gpt-6-astra': [10, 1, 50],
  'gpt-6-sol': [2, 0.2, 10],
  'gpt-6-luna': [0.1, 0.01, 0.5],
  'gpt-5.6-sol': [4, 0.4, 20],
  'gpt-5.6-terra': [2, 0.2, 12],
  'gpt-5.6-luna': [0.2, 0.02, 1.2],
  'gpt-5.5': [5, 0.5, 30],
  'gpt-5.4': [2.5, 0.25, 15],
  'gpt-5.4-mini': [0.75, 0.075, 4.5],
  'gpt-5.4-nano': [0.2, 0.02, 1.25],
  'gpt-5.2': [1.75, 0.175, 14],
  'gpt-5.1': [1.25, 0.125, 10],
  'gpt-5-2025-08-07': [1.25, 0.125, 10],
  'gpt-5-mini': [0.25, 0.025, 2],
  'gpt-5-nano': [0.05, 0.005, 0.4],
  'gpt-4.1-2025-04-14': [2, 0.5, 8],
  'gpt-4.1-mini': [0.4, 0.1, 1.6],
  'gpt-4.1-nano': [0.1, 0.025, 0.4],
  'gpt-4o-2024-08-06': [2.5, 1.25, 10],
  'gpt-4o-2024-05-13': [5, 5, 15],
  'gpt-4o-mini-2024-07-18': [0.15, 0.075, 0.6],
  'o1-2024-12-17': [15, 7.5, 60],
  'o3-2025-04-16': [2, 0.5, 8],
  'o3-mini': [1.1, 0.55, 4.4],
  'o4-mini': [1.1, 0.275, 4.4],
  'o1-pro': [150, 150, 600],
  'gpt-4-turbo-2024-04-09': [10, 10, 30],
  'gpt-4-0613': [30, 30, 60],
  'gpt-3.5-turbo-0125': [0.5, 0.5, 1.5],
  'text-embedding-3-small': [0.02, 0.02, 0],
  'text-embedding-3-large': [0.13, 0.13, 0],
  // Fine-tuning, https://platform.openai.com/docs/pricing, 2025-11.
  'ft:gpt-4.1-2025-04-14:acme::id': [3, 0.75, 12],
  'ft:gpt-4.1-mini-2025-04-14:acme::id': [0.8, 0.2, 3.2],
  'ft:gpt-4o-2024-08-06:acme::id': [3.75, 1.875, 15],
  'ft:gpt-4o-mini-2024-07-18:acme:bot:id': [0.3, 0.15, 1.2],
};

interface Case {
  readonly usage: Usage;
  readonly usd: number;
  readonly tier?: string;
  readonly operation?: LlmEvent['operation'];
}
/** What is not plain text. Each price is in the arithmetic; sources are the models' own pages, 2026-11. */
const OTHER: Record<string, readonly Case[]> = {
  'gpt-4o-audio-preview-2024-12-17': [
    {
      usage: { promptTokens: 150, audioInputTokens: 100, completionTokens: 90, audioOutputTokens: 70 },
      usd: (50 * 2.5 + 100 * 40 + 20 * 10 + 70 * 80) / 1e6,
    },
  ],
  'gpt-4o-mini-audio-preview': [
    { usage: { promptTokens: 10, audioInputTokens: 10, completionTokens: 5 }, usd: (10 * 10 + 5 * 0.6) / 1e6 },
  ],
  'gpt-audio': [
    {
      usage: { promptTokens: 1000, audioInputTokens: 900, completionTokens: 500, audioOutputTokens: 400 },
      usd: (100 * 2.5 + 900 * 32 + 100 * 10 + 400 * 64) / 1e6,
    },
  ],
  'gpt-realtime': [
    {
      usage: {
        promptTokens: 1000, cachedTokens: 600, audioInputTokens: 800, cachedAudioTokens: 500,
        completionTokens: 300, audioOutputTokens: 250,
      },
      // 100 text, 100 text cached, 300 audio, 500 audio cached
      usd: (100 * 4 + 100 * 0.4 + 300 * 32 + 500 * 0.4 + 50 * 16 + 250 * 64) / 1e6,
    },
  ],
  'gpt-4o-transcribe': [
    {
      usage: { promptTokens: 14, audioInputTokens: 10, completionTokens: 45 },
      usd: (14 * 2.5 + 45 * 10) / 1e6,
      operation: 'transcription',
    },
  ],
  'gpt-4o-mini-transcribe': [
    { usage: { promptTokens: 600, audioInputTokens: 600, completionTokens: 100 }, usd: (600 * 1.25 + 100 * 5) / 1e6 },
  ],
  // 0.006 USD a minute
  'whisper-1': [{ usage: { seconds: 90 }, usd: 0.009, operation: 'transcription' }],
  'tts-1': [{ usage: { characters: 4096 }, usd: (4096 * 15) / 1e6, operation: 'speech' }],
  'tts-1-1106': [{ usage: { characters: 100 }, usd: 0.0015, operation: 'speech' }],
  'tts-1-hd': [{ usage: { characters: 4096 }, usd: (4096 * 30) / 1e6, operation: 'speech' }],
  'gpt-4o-mini-tts': [
    // With usage by its tokens, without it by the estimate.
    { usage: { characters: 9, promptTokens: 14, completionTokens: 101 }, usd: (14 * 0.6 + 101 * 12) / 1e6 },
    { usage: { characters: 1000 }, usd: 0.01667, operation: 'speech' },
  ],
  'gpt-4o-mini-tts-2025-12-15': [{ usage: { characters: 1000 }, usd: 0.01667, operation: 'speech' }],
  'dall-e-3': [
    { usage: { images: 1, imageVariant: '1024x1024' }, usd: 0.04 },
    { usage: { images: 2, imageVariant: '1792x1024' }, usd: 0.16 },
    { usage: { images: 1, imageVariant: 'hd 1024x1024' }, usd: 0.08 },
    { usage: { images: 1, imageVariant: 'hd 1024x1792' }, usd: 0.12 },
  ],
  'dall-e-2': [
    { usage: { images: 10, imageVariant: '1024x1024' }, usd: 0.2 },
    { usage: { images: 1, imageVariant: '512x512' }, usd: 0.018 },
    { usage: { images: 1, imageVariant: '256x256' }, usd: 0.016 },
  ],
  'gpt-image-1': [
    {
      usage: { images: 1, promptTokens: 50, imageInputTokens: 40, completionTokens: 4160, imageOutputTokens: 4160 },
      usd: (10 * 5 + 40 * 10 + 4160 * 40) / 1e6,
      operation: 'image',
    },
  ],
  'gpt-image-1.5': [
    {
      usage: { promptTokens: 50, imageInputTokens: 40, completionTokens: 100, imageOutputTokens: 90 },
      usd: (10 * 5 + 40 * 8 + 10 * 10 + 90 * 32) / 1e6,
    },
  ],
  // Cache writes at 1.25 times the input.
  'gpt-5.6-terra': [
    {
      usage: { promptTokens: 5000, cachedTokens: 2000, cacheWriteTokens: 2500, completionTokens: 10 },
      usd: (500 * 2 + 2000 * 0.2 + 2500 * 2.5 + 10 * 12) / 1e6,
    },
    {
      usage: { promptTokens: 5000, cachedTokens: 2000, cacheWriteTokens: 2500, completionTokens: 10 },
      usd: (500 * 2 + 2000 * 0.2 + 2500 * 2.5 + 10 * 12) / 2e6,
      tier: 'flex',
    },
    // https://openai.com/api-fast-mode/
    { usage: { promptTokens: 1e5, cachedTokens: 5e4, completionTokens: 1e4 }, usd: 0.2 + 0.02 + 0.24, tier: 'priority' },
  ],
  // Above 272,000 tokens of prompt twice the input and half as much again for the output, for the whole call.
  'gpt-5.4': [
    { usage: { promptTokens: 271_999, completionTokens: 1000 }, usd: (271_999 * 2.5 + 1000 * 15) / 1e6 },
    {
      usage: { promptTokens: 300_000, cachedTokens: 100_000, completionTokens: 1000 },
      usd: (200_000 * 5 + 100_000 * 0.5 + 1000 * 22.5) / 1e6,
    },
  ],
  'gpt-4.1': [
    { usage: { promptTokens: 1e6, completionTokens: 1e6 }, usd: 5, tier: 'batch' },
    { usage: { promptTokens: 1e6, completionTokens: 1e6 }, usd: 5, operation: 'batch' },
    { usage: { promptTokens: 1e6, cachedTokens: 5e5, completionTokens: 1e6 }, usd: 1.75 + 0.4375 + 14, tier: 'priority' },
  ],
  'gpt-5-mini': [
    { usage: { promptTokens: 1e6, cachedTokens: 5e5, completionTokens: 1e6 }, usd: 0.225 + 0.0225 + 3.6, tier: 'priority' },
    { usage: { promptTokens: 1e6, completionTokens: 1e6 }, usd: 2.25, tier: 'default' },
  ],
  'gpt-4o-mini': [{ usage: { promptTokens: 2e6, cachedTokens: 1e6, completionTokens: 1e6 }, usd: 1.375, tier: 'priority' }],
  'o4-mini': [{ usage: { promptTokens: 1e6, completionTokens: 1e6 }, usd: 10, tier: 'priority' }],
  'omni-moderation-latest': [{ usage: {}, usd: 0, operation: 'moderation' }],
}; // prettier-ignore

describe('prices of OpenAI', () => {
  for (const [model, [input, cached, output]] of Object.entries(TEXT)) {
    it(model, () => {
      const plain = { promptTokens: 1219, completionTokens: 410 };
      assertCost(quote({ model, usage: plain }), (1219 * input + 410 * output) / 1e6);
      assertCost(
        quote({ model, usage: { ...plain, cachedTokens: 1024, reasoningTokens: 64 } }),
        (195 * input + 1024 * cached + 410 * output) / 1e6,
        'cached',
      );
      assertCost(
        quote({ model, usage: plain, serviceTier: 'batch' }),
        (1219 * input + 410 * output) / 2e6,
        'batch',
      );
    });
  }

  for (const [model, cases] of Object.entries(OTHER)) {
    it(`${model}, what is not plain text`, () => {
      for (const { usage, usd, tier, operation } of cases) {
        const more = { ...(tier && { serviceTier: tier }), ...(operation && { operation }) };
        assertCost(quote({ model, usage, ...more }), usd, JSON.stringify({ usage, ...more }));
      }
    });
  }
});
