/** The supplement for makers and hosts other than OpenAI and Anthropic. Prices in the order input, cached input, output. */
import type { PriceRow, Rate } from './row.js';
import type { SupplementFamily, SupplementRow } from './supplement.js';

type Read = Pick<SupplementRow, 'source' | 'date'>;

/** One row a model: input, cached input (undefined where it is no cheaper), output. */
function rows(read: Read, models: Record<string, readonly [Rate, Rate | undefined, Rate?]>) {
  return Object.fromEntries(
    Object.entries(models).map(([id, [input, cached, output]]): [string, SupplementRow] => {
      const row: PriceRow = {
        input_mtok: input,
        ...(cached === undefined ? {} : { cache_read_mtok: cached }),
        output_mtok: output ?? 0,
      };
      return [id, { row, ...read }];
    }),
  );
}

/** What answers call the ordinary price. Where a tier stands in no list, its price is not known. */
const ORDINARY = { default: 1, standard: 1, auto: 1, on_demand: 1 };

// The documentation's own data, https://github.com/mistralai/platform-docs-public, src/schema/models, release 1.7.7.
const mistralDocs = { source: 'https://docs.mistral.ai/models', date: '2026-08-21' };
const ministral = { '3b': 0.1, '8b': 0.15, '14b': 0.2 };

export const MISTRAL: SupplementFamily = {
  // https://docs.mistral.ai/studio-api/batch-processing and /inference/priority-tier, 2026-08-21.
  tiers: { ...ORDINARY, batch: 0.5, priority: 1.75 },
  models: {
    ...rows(mistralDocs, {
      // Cached tokens: a tenth of the input, https://docs.mistral.ai/studio-api/conversations/advanced/prompt-caching.
      'mistral-large-latest': [0.5, 0.05, 1.5],
      'mistral-large-2411': [2, 0.2, 6],
      'mistral-small-latest': [0.15, 0.015, 0.6],
      'mistral-small-2506': [0.1, 0.01, 0.3],
      'mistral-medium-3-5': [1.5, 0.15, 7.5],
      'magistral-medium-2509': [2, 0.2, 5],
      'magistral-medium-latest': [2, 0.2, 5],
      'magistral-small-2509': [0.5, 0.05, 1.5],
      'magistral-small-latest': [0.5, 0.05, 1.5],
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
    'voxtral-mini-tts-2603': { row: { characters_mchar: 16 }, ...mistralDocs },
    'voxtral-mini-tts-latest': { row: { characters_mchar: 16 }, ...mistralDocs },
  },
};

const groqModels = { source: 'https://console.groq.com/docs/models', date: '2026-08-29' };

export const GROQ: SupplementFamily = {
  // Batch: https://console.groq.com/docs/batch. Flex costs what on-demand costs, https://console.groq.com/docs/flex-processing.
  tiers: { ...ORDINARY, flex: 1, batch: 0.5 },
  models: rows(groqModels, {
    // The table gives it the price of the model of 120 billion.
    'openai/gpt-oss-safeguard-20b': [0.075, 0.0375, 0.3],
    'qwen/qwen3.6-27b': [0.6, 0.3, 3],
    'qwen/qwen3.8-27b': [0.8, 0.4, 4],
  }),
};

const togetherPricing = { source: 'https://www.together.ai/pricing', date: '2026-08-05' };

export const TOGETHER: SupplementFamily = {
  // "Up to 50 %" for batches of some models is no price.
  tiers: ORDINARY,
  models: rows(togetherPricing, {
    'deepseek-ai/deepseek-v4-pro': [1.74, 0.2, 3.48],
    'google/gemma-4-31b-it': [0.39, undefined, 0.97],
    'meta-llama/llama-3.3-70b-instruct-turbo': [1.04, undefined, 1.04],
    'minimaxai/minimax-m3': [0.3, 0.06, 1.2],
    'moonshotai/kimi-k3': [3, 0.3, 15],
    'openai/gpt-oss-120b': [0.15, undefined, 0.6],
    'openai/gpt-oss-20b': [0.05, undefined, 0.2],
    'qwen/qwen3.5-397b-a17b': [0.6, 0.35, 3.6],
    'qwen/qwen3.7-max': [1.25, 0.13, 3.75],
    'zai-org/glm-5.2': [1.4, 0.26, 4.4],
  }),
};

/** Twice from 200,000 tokens of prompt on, for the whole call; a step lies above its start. */
const doubled = (base: number): Rate => ({ base, tiers: [{ start: 199_999, price: 2 * base }] });
const grok = (input: number, cached: number, output: number) =>
  [doubled(input), doubled(cached), doubled(output)] as const;

export const XAI: SupplementFamily = {
  // Priority: twice the price. Batches are cheaper by the model, or not to be had.
  tiers: { ...ORDINARY, priority: 2 },
  models: rows(
    { source: 'https://docs.x.ai/developers/pricing', date: '2026-09-22' },
    {
      'grok-4.7': grok(2, 0.5, 6),
      'grok-4.20-0309-reasoning': grok(1.25, 0.2, 2.5),
      'grok-4.20-0309-non-reasoning': grok(1.25, 0.2, 2.5),
      'grok-4.20-multi-agent': grok(1.25, 0.2, 2.5),
      'grok-4.20-multi-agent-0309': grok(1.25, 0.2, 2.5),
    },
  ),
};

/** 9 to 12 and 14 to 18 in Beijing, on weekdays. Public holidays there are off-peak too; we do not know them. */
const BEIJING_OFFICE_HOURS = {
  days: [1, 2, 3, 4, 5],
  hours: [
    [1, 4],
    [6, 10],
  ],
  times: 2,
} as const;
const deepseekPricing = { source: 'https://api-docs.deepseek.com/quick_start/pricing', date: '2026-11-15' };
const flash = rows(deepseekPricing, { flash: [0.15, 0.003, 0.6] })['flash'] as SupplementRow;
const pro = rows(deepseekPricing, { pro: [0.66, 0.022, 1.98] })['pro'] as SupplementRow;

export const DEEPSEEK: SupplementFamily = {
  models: {
    'deepseek-flash': { ...flash, peak: BEIJING_OFFICE_HOURS },
    // Old names, answered by the same model.
    'deepseek-v4-flash': { ...flash, peak: BEIJING_OFFICE_HOURS },
    'deepseek-v4-flash-vision-exp': { ...flash, peak: BEIJING_OFFICE_HOURS },
    'deepseek-v4-pro': { ...pro, peak: BEIJING_OFFICE_HOURS },
  },
};

const coherePricing = { source: 'https://cohere.com/pricing', date: '2026-08-05' };

export const COHERE: SupplementFamily = {
  models: {
    ...rows(coherePricing, {
      'command-r-03-2024': [0.5, undefined, 1.5],
      'command-r-plus-04-2024': [3, undefined, 15],
    }),
    'embed-v4.0': { row: { input_image_mtok: 0.47 }, ...coherePricing, date: '2026-06' },
  },
};

export const AWS: SupplementFamily = {
  // Batch: https://aws.amazon.com/bedrock/pricing/, 2026-10-07. The page gives Flex and Priority no figures that we could read.
  tiers: { ...ORDINARY, batch: 0.5 },
  models: {},
};
