/** Mistral: what the table lacks or has otherwise than the provider's own documentation. */
import { ORDINARY, rows, type SupplementFamily } from './types.js';

// The documentation's own data, https://github.com/mistralai/platform-docs-public, src/schema/models, release 1.7.7.
const docs = { source: 'https://docs.mistral.ai/models', date: '2026-08-21' };
/** Newer models: the lists of LiteLLM 1.109.1 and genai-prices 0.2.3, which name these pages; they agree. */
const newer = { source: 'https://docs.mistral.ai/models', date: '2026-11-22' };
const ministral = { '3b': 0.1, '8b': 0.15, '14b': 0.2 };

export const MISTRAL: SupplementFamily = {
  // Batches: …/studio-api/batch-processing.
  tiers: { ...ORDINARY, batch: 0.5, priority: 1.75 },
  tiersRead: { ...docs, source: 'https://docs.mistral.ai/inference/priority-tier' },
  models: {
    ...rows(docs, {
      // Cached tokens: a tenth of the input, https://docs.mistral.ai/studio-api/conversations/advanced/prompt-caching.
      'mistral-large-latest': [0.5, 0.05, 1.5],
      'mistral-large-3': [0.5, 0.05, 1.5],
      'mistral-large-2411': [2, 0.2, 6],
      'mistral-small-latest': [0.15, 0.015, 0.6],
      'mistral-small-2506': [0.1, 0.01, 0.3],
      'mistral-medium-3-5': [1.5, 0.15, 7.5],
      'mistral-medium-3': [1.5, 0.15, 7.5],
      'magistral-medium-2509': [2, 0.2, 5],
      'magistral-small-2509': [0.5, 0.05, 1.5],
      'codestral-latest': [0.3, 0.03, 0.9],
      'devstral-latest': [0.4, 0.04, 2],
      'devstral-medium-latest': [0.4, 0.04, 2],
      'devstral-medium-2507': [0.4, 0.04, 2],
      'devstral-small-latest': [0.1, 0.01, 0.3],
      'ministral-3b-latest': [ministral['3b'], 0.01, ministral['3b']],
      'ministral-8b-latest': [ministral['8b'], 0.015, ministral['8b']],
      'ministral-14b-latest': [ministral['14b'], 0.02, ministral['14b']],
      'ministral-3b-2410': [0.04, 0.004, 0.04],
      'pixtral-12b-2409': [0.15, 0.015, 0.15],
      'zai-glm-5-2': [1.4, 0.14, 4.4],
      'mistral-embed': [0.1, undefined],
      'mistral-embed-2312': [0.1, undefined],
      'codestral-embed': [0.15, undefined],
      'codestral-embed-2505': [0.15, undefined],
      'mistral-moderation-2411': [0.1, undefined],
    }),
    ...rows(newer, {
      'zai-glm-5-3': [1.4, 0.14, 4.4],
      'zai-glm-5-3-flash': [0.15, 0.03, 0.5],
      'deepseek-v4-1-flash-1017': [0.3, 0.007, 1.2],
      // Since 2026-10-29, says genai-prices 0.2.3; OpenRouter has the same. LiteLLM still has the price of 2026-10-20.
      'mistral-large-4': [0.7, 0.07, 2.1],
      'mistral-large-4-0': [0.7, 0.07, 2.1],
      // Retired on 2026-07-31: what answers to these names now is Medium 3.5 and Small 4, and costs as they do.
      'magistral-medium-latest': [1.5, 0.15, 7.5],
      'magistral-small-latest': [0.15, 0.015, 0.6],
    }),
    'voxtral-mini-tts-2603': { row: { characters_mchar: 16 }, ...docs },
    'voxtral-mini-tts-latest': { row: { characters_mchar: 16 }, ...docs },
  },
};
