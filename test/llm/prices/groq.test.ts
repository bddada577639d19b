/**
 * Source: https://console.groq.com/docs/models, as read 2026-08-05 (text) and 2026-08-29 (qwen3.8-27b); batches, and the
 * cached tokens of gpt-oss alone, half price, flex as on demand: https://console.groq.com/docs/prompt-caching, /batch, /flex-processing.
 * The Llama models were retired for most accounts on 2026-08-16; who still has them pays this.
 */
import { assertCost, quote, testList } from '../../support/list-prices.js';

const LIST = {
  'openai/gpt-oss-120b': { input: 0.15, cached: 0.075, output: 0.6 },
  'openai/gpt-oss-20b': { input: 0.075, cached: 0.0375, output: 0.3 },
  'openai/gpt-oss-safeguard-20b': { input: 0.075, cached: 0.0375, output: 0.3 },
  'qwen/qwen3.6-27b': { input: 0.6, output: 3 },
  'qwen/qwen3.8-27b': { input: 0.8, output: 4 },
  'qwen/qwen3-32b': { input: 0.29, output: 0.59 },
  'llama-3.3-70b-versatile': { input: 0.59, output: 0.79 },
  'llama-3.1-8b-instant': { input: 0.05, output: 0.08 },
  'meta-llama/llama-4-scout-17b-16e-instruct': { input: 0.11, output: 0.34 },
};

describe('prices of Groq', () => {
  testList('groq', LIST, { on_demand: 1, flex: 1, batch: 0.5 });

  // https://console.groq.com/docs/model/whisper-large-v3-turbo: 0.04 USD an hour; whisper-large-v3: 0.111.
  for (const [model, hour] of Object.entries({ 'whisper-large-v3': 0.111, 'whisper-large-v3-turbo': 0.04 })) {
    it(`groq ${model}, by the hour`, () => {
      const call = { provider: 'groq', model, operation: 'transcription' } as const;
      assertCost(quote({ ...call, usage: { seconds: 90 } }), (hour * 90) / 3600);
      // "Minimum billed length: 10 seconds", https://console.groq.com/docs/speech-to-text.
      assertCost(quote({ ...call, usage: { seconds: 2.5 } }), (hour * 10) / 3600);
    });
  }
});
