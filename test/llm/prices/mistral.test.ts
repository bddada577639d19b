/**
 * Source: the data of Mistral's own documentation, https://github.com/mistralai/platform-docs-public (src/schema/models,
 * release 1.7.7), 2026-08-21; shown at https://docs.mistral.ai/models. Cached tokens cost a tenth, a batch half
 * (/studio-api/batch-processing), the Priority Tier 1.75 times (/inference/priority-tier), same date.
 * Newer ones (large-4, glm-5-3, and Magistral's names after its retirement on 2026-07-31): the lists of LiteLLM 1.109.1 and
 * genai-prices 0.2.3, read 2026-11-22; large-4 as the latter and OpenRouter have it since 2026-10-29.
 */
import { assertCost, quote, testList } from '../../support/list-prices.js';

const LIST = {
  'mistral-large-2512': { input: 0.5, cached: 0.05, output: 1.5 },
  'mistral-large-latest': { input: 0.5, cached: 0.05, output: 1.5 },
  'mistral-large-2411': { input: 2, cached: 0.2, output: 6 },
  'mistral-medium-3-5': { input: 1.5, cached: 0.15, output: 7.5 },
  'mistral-medium-latest': { input: 1.5, cached: 0.15, output: 7.5 },
  'mistral-medium-2508': { input: 0.4, cached: 0.04, output: 2 },
  'mistral-small-2603': { input: 0.15, cached: 0.015, output: 0.6 },
  'mistral-small-latest': { input: 0.15, cached: 0.015, output: 0.6 },
  'mistral-small-2506': { input: 0.1, cached: 0.01, output: 0.3 },
  'magistral-medium-2509': { input: 2, cached: 0.2, output: 5 },
  'magistral-small-2509': { input: 0.5, cached: 0.05, output: 1.5 },
  'codestral-2508': { input: 0.3, cached: 0.03, output: 0.9 },
  'codestral-latest': { input: 0.3, cached: 0.03, output: 0.9 },
  'devstral-2512': { input: 0.4, cached: 0.04, output: 2 },
  'ministral-3b-2512': { input: 0.1, cached: 0.01, output: 0.1 },
  'ministral-3b-latest': { input: 0.1, cached: 0.01, output: 0.1 },
  'ministral-8b-latest': { input: 0.15, cached: 0.015, output: 0.15 },
  'ministral-14b-latest': { input: 0.2, cached: 0.02, output: 0.2 },
  'voxtral-small-2507': { input: 0.1, cached: 0.01, output: 0.4 },
  'mistral-large-4': { input: 0.7, cached: 0.07, output: 2.1 },
  'magistral-medium-latest': { input: 1.5, cached: 0.15, output: 7.5 },
  'magistral-small-latest': { input: 0.15, cached: 0.015, output: 0.6 },
  'zai-glm-5-3': { input: 1.4, cached: 0.14, output: 4.4 },
  'zai-glm-5-2': { input: 1.4, cached: 0.14, output: 4.4 },
  'mistral-embed': { input: 0.1 },
  'codestral-embed': { input: 0.15 },
};

describe('prices of Mistral', () => {
  testList('mistral', LIST, { default: 1, batch: 0.5, priority: 1.75 });

  it('voxtral-mini-2602, by the minute', () => {
    const call = { provider: 'mistral', model: 'voxtral-mini-2602', operation: 'transcription' } as const;
    assertCost(quote({ ...call, usage: { seconds: 100 } }), (0.003 * 100) / 60);
  });

  it('voxtral-mini-tts-2603, by the character', () => {
    const call = { provider: 'mistral', model: 'voxtral-mini-tts-2603', operation: 'speech' } as const;
    assertCost(quote({ ...call, usage: { characters: 12_345 } }), (16 * 12_345) / 1e6);
  });
});
