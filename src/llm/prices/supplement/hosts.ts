/** Hosts of open weights, and makers with few models: Groq, Together, Cohere. */
import { ORDINARY, rows, type SupplementFamily, type SupplementRow } from './types.js';

/** Less is billed as 10 seconds. */
const tenSeconds: SupplementRow = {
  row: { least_seconds: 10 }, source: 'https://console.groq.com/docs/speech-to-text', date: '2026-11',
}; // prettier-ignore

export const GROQ: SupplementFamily = {
  // Flex costs what on-demand costs, https://console.groq.com/docs/flex-processing.
  tiers: { ...ORDINARY, flex: 1, batch: 0.5 },
  tiersRead: { source: 'https://console.groq.com/docs/batch', date: '2026-08-29' },
  models: {
    ...rows({ source: 'https://console.groq.com/docs/models', date: '2026-08-29' }, {
      // The table gives it the price of the model of 120 billion.
      'openai/gpt-oss-safeguard-20b': [0.075, 0.0375, 0.3],
      // Neither is among those whose cached tokens are cheaper, /docs/prompt-caching.
      'qwen/qwen3.6-27b': [0.6, undefined, 3],
      'qwen/qwen3.8-27b': [0.8, undefined, 4],
    }),
    'whisper-large-v3': tenSeconds,
    'whisper-large-v3-turbo': tenSeconds,
  },
}; // prettier-ignore

/** Held against the lists of LiteLLM 1.109.1 and genai-prices 0.2.3 on 2026-11-22: where those differ there is no row. */
const together = { source: 'https://www.together.ai/pricing', date: '2026-08-05' };

export const TOGETHER: SupplementFamily = {
  // "Up to 50 %" for batches of some models is no price.
  tiers: ORDINARY,
  models: {
    ...rows(together, {
      'google/gemma-4-31b-it': [0.39, undefined, 0.97],
      'meta-llama/llama-3.3-70b-instruct-turbo': [1.04, undefined, 1.04],
      'minimaxai/minimax-m3': [0.3, 0.06, 1.2],
      'moonshotai/kimi-k3': [3, 0.3, 15],
      'openai/gpt-oss-120b': [0.15, undefined, 0.6],
      'openai/gpt-oss-20b': [0.05, undefined, 0.2],
      'qwen/qwen3.5-397b-a17b': [0.6, 0.35, 3.6],
      'zai-org/glm-5.2': [1.4, 0.26, 4.4],
    }),
    // Newer ones, in which both lists agree; the page was not to be had.
    ...rows({ ...together, date: '2026-11-22' }, {
      'deepseek-ai/deepseek-v4-pro-0813': [1.32, 0.13, 3.96],
      'deepseek-ai/deepseek-v4.1-flash': [0.3, 0.006, 1.2],
      'deepseek-ai/deepseek-v4.1-flash-1017': [0.3, 0.006, 1.2],
      'minimaxai/minimax-m3.1-flash': [0.15, 0.015, 0.6],
      'qwen/qwen3.5-9b': [0.17, undefined, 0.25],
      'qwen/qwen3.6-plus': [0.5, undefined, 3],
      'qwen/qwen3.7-plus': [0.32, undefined, 1.28],
      'qwen/qwen3.8-flash': [0.15, undefined, 0.47],
      'zai-org/glm-5.3': [1.4, 0.26, 4.4],
      'zai-org/glm-5.3-flash': [0.15, 0.03, 0.5],
    }),
  },
}; // prettier-ignore

const cohere = { source: 'https://cohere.com/pricing', date: '2026-08-05' };

const rerank = (search: number): SupplementRow => ({
  row: { search_unit: search },
  ...cohere,
  date: '2026-11-22',
});

export const COHERE: SupplementFamily = {
  models: {
    ...rows(cohere, {
      'command-r-03-2024': [0.5, undefined, 1.5],
      'command-r-plus-04-2024': [3, undefined, 15],
    }),
    // A search is one query over up to 100 documents. The list of LiteLLM 1.109.1, which names this page; 2026-11-22.
    'rerank-v3.5': rerank(0.002),
    'rerank-english-v3.0': rerank(0.002),
    'rerank-multilingual-v3.0': rerank(0.002),
    'rerank-v4.0-fast': rerank(0.002),
    'rerank-v4.0-pro': rerank(0.0025),
    'embed-v4.0': { row: { input_image_mtok: 0.47 }, ...cohere, date: '2026-06' },
  },
};
