/** OpenAI: what the table lacks or has otherwise than the provider's own pages. */
import type { PriceRow } from '../row.js';
import { rows, stepped, type SupplementFamily, type SupplementRow } from './types.js';

const READ = '2026-11-22';
const page = (model: string) => ({
  source: `https://developers.openai.com/api/docs/models/${model}`,
  date: READ,
});
const pricing = { source: 'https://platform.openai.com/docs/pricing', date: '2025-11' };
const fastMode = { source: 'https://openai.com/api-fast-mode/', date: READ };

/**
 * Fast mode, until 2026-07-30 priority processing: so many times the standard prices. Answers say `priority`, those of
 * GPT-6 and later `fast`. The page of it lists GPT-5.6, 5.5, 5.4, 5.4 mini, 5.2, 5.1, 5, 5 mini and the codex of 5 and
 * 5.1; the others are held against the price list of LiteLLM 1.109.1, read on the same day.
 */
const fast = (times: number) => ({ priority: times, fast: times });
const priority = (times: number): SupplementRow => ({ tiers: fast(times), ...fastMode });

/** Above 272,000 tokens of prompt twice the input and 1.5 times the output; 1.25 times the input to write the cache. */
const gpt6 = (input: number, read: number, output: number): PriceRow => ({
  input_mtok: stepped(272_000, input, 2),
  cache_read_mtok: stepped(272_000, read, 2),
  cache_write_mtok: stepped(272_000, 1.25 * input, 2),
  output_mtok: stepped(272_000, output, 1.5),
  ...SEARCHES,
});

/** A thousand calls of a tool: https://developers.openai.com/api/docs/pricing. */
const SEARCHES = { web_searches_kcount: 10, storage_searches_kcount: 2.5 };
/** Of these a search costs 10 or 25, by the version of the tool and with or without what it found: left out. */
const UNTOLD_SEARCHES = { web_searches_kcount: 0 };

/** As a stream's usage has them: text in, cached, out; image in, cached, out. */
const image = (out: number, imageOut: number): PriceRow => ({
  ...{ input_mtok: 5, cache_read_mtok: 1.25, output_mtok: out },
  ...{ input_image_mtok: 8, cache_image_read_mtok: 2, output_image_mtok: imageOut },
});

const dallE3 = {
  '1024x1792': 0.08,
  '1792x1024': 0.08,
  'hd 1024x1024': 0.08,
  'hd 1024x1792': 0.12,
  'hd 1792x1024': 0.12,
};

export const OPENAI: SupplementFamily = {
  // Batch and Flex: half price, as the models' pages say.
  tiers: { default: 1, auto: 1, standard: 1, scale: 1, flex: 0.5, batch: 0.5 },
  tiersRead: page('gpt-6.1-terra'),
  // "More than 272K input tokens", says each model's page.
  steps: { 271_999: 272_000 },
  models: {
    // Ultrafast costs three times the price until the end of February 2027, says its page, then six times.
    'gpt-6.2-sol': {
      row: gpt6(2, 0.1, 10),
      tiers: { ...fast(2), ultrafast: 3 },
      later: { from: '2027-03-01', tiers: { ultrafast: 6 } },
      ...page('gpt-6.2-sol'),
    },
    'gpt-6.1-sol': { row: gpt6(2, 0.1, 10), tiers: fast(2), ...page('gpt-6.1-sol') },
    'gpt-6.1-terra': { row: gpt6(1, 0.05, 5), tiers: fast(2), ...page('gpt-6.1-terra') },
    // Ultrafast: 60 and 300, https://developers.openai.com/api/docs/pricing as LiteLLM 1.109.1 has it, 2026-11-22.
    'gpt-6-astra': { tiers: { ...fast(2), ultrafast: 6 }, ...page('gpt-6-astra') },
    'gpt-6-sol': { tiers: fast(2), ...page('gpt-6-sol') },
    'gpt-6-luna': { tiers: fast(2), ...page('gpt-6-luna') },

    'tts-1': { row: { characters_mchar: 15 }, ...page('tts-1') },
    'tts-1-hd': { row: { characters_mchar: 30 }, ...page('tts-1-hd') },
    // An estimate: its audio has no usage. OpenAI's own estimate of 0.015 USD a minute, at 900 characters a minute
    // (150 words of English). Measured by a user: 4,096 characters gave 268 s, so 16.4 USD per million.
    'gpt-4o-mini-tts': { row: { characters_mchar: 16.67 }, ...pricing },
    'gpt-4o-transcribe': { row: { input_audio_mtok: 2.5 }, ...page('gpt-4o-transcribe') },
    'gpt-4o-transcribe-diarize': { row: { input_audio_mtok: 2.5 }, ...page('gpt-4o-transcribe-diarize') },
    'gpt-4o-mini-transcribe': { row: { input_audio_mtok: 1.25 }, ...page('gpt-4o-mini-transcribe') },
    'gpt-realtime-whisper': { row: { minute: 0.017 }, ...page('gpt-realtime-whisper') },
    // The lists of genai-prices 0.2.3 (1.02 an hour) and LiteLLM 1.109.1 agree; its page was not to be had.
    'gpt-live-transcribe': { row: { minute: 0.017 }, ...page('gpt-live-transcribe') },
    'gpt-realtime-translate': { row: { minute: 0.034 }, ...page('gpt-realtime-translate') },
    'gpt-4o-audio-preview': { row: { input_audio_mtok: 40, output_audio_mtok: 80 }, ...page('gpt-4o-audio-preview') },
    'gpt-4o-mini-audio-preview': {
      row: { input_audio_mtok: 10, output_audio_mtok: 20 }, ...page('gpt-4o-mini-audio-preview'),
    },

    // Both lists agree, as above.
    'gpt-image-2.5-flare': { row: image(30, 30), ...page('gpt-image-2.5-flare') },
    'gpt-image-2.5-sunburst': { row: image(30, 30), ...page('gpt-image-2.5-sunburst') },
    'chatgpt-image-latest': { row: image(10, 32), ...page('chatgpt-image-latest') },
    'dall-e-3': { row: { image: 0.04, image_variants: dallE3 }, ...pricing },
    'dall-e-2': { row: { image: 0.02, image_variants: { '512x512': 0.018, '256x256': 0.016 } }, ...pricing },

    ...rows(pricing, {
      'ft:gpt-4.1': [3, 0.75, 12],
      'ft:gpt-4.1-mini': [0.8, 0.2, 3.2],
      'ft:gpt-4.1-nano': [0.2, 0.05, 0.8],
      'ft:gpt-4o': [3.75, 1.875, 15],
      'ft:gpt-4o-mini': [0.3, 0.15, 1.2],
      'ft:gpt-3.5-turbo': [3, undefined, 6],
      'ft:o4-mini': [4, 1, 16],
    }),

    'gpt-5.6': priority(2),
    'gpt-5.6-sol': priority(2),
    'gpt-5.6-terra': priority(2),
    'gpt-5.6-luna': priority(2),
    'gpt-5.5': priority(2.5),
    'gpt-5.4': priority(2),
    'gpt-5.4-mini': priority(2),
    'gpt-5.3-codex': priority(2),
    'gpt-5.2': priority(2),
    'gpt-5.1': priority(2),
    'gpt-5.1-codex': priority(2),
    'gpt-5': priority(2),
    'gpt-5-codex': priority(2),
    'gpt-5-mini': priority(1.8),
    'gpt-4.1': { ...priority(1.75), row: UNTOLD_SEARCHES },
    'gpt-4.1-mini': { ...priority(1.75), row: UNTOLD_SEARCHES },
    'gpt-4.1-nano': priority(2),
    'gpt-4o': { ...priority(1.7), row: UNTOLD_SEARCHES },
    'gpt-4o-2024-05-13': { ...priority(1.75), row: UNTOLD_SEARCHES },
    // 0.15 to 0.25, 0.075 to 0.125, 0.60 to 1.00
    'gpt-4o-mini': { ...priority(5 / 3), row: UNTOLD_SEARCHES },
    o3: priority(1.75),
    // 1.10 to 2.00, 0.275 to 0.50, 4.40 to 8.00
    // Azure's table has 0.28 cached, rounded; https://prices.azure.com/api/retail/prices, 2026-08-05.
    'o4-mini': { row: { cache_read_mtok: 0.275 }, ...priority(20 / 11) },
  },
}; // prettier-ignore
