/**
 * What the price table lacks or has otherwise than the provider's own page. Each row tells where it was read and when;
 * its fields are laid over the table's row for the same model.
 */
import type { PriceRow } from './row.js';
import { ANTHROPIC, GOOGLE } from './supplement-closed.js';
import { AWS, COHERE, DEEPSEEK, GROQ, MISTRAL, TOGETHER, XAI } from './supplement-more.js';

export interface SupplementRow {
  readonly row?: PriceRow;
  /** What a service tier multiplies the price of tokens by, where that differs by model. */
  readonly tiers?: Readonly<Record<string, number>>;
  /** Hours of certain weekdays, in UTC, when tokens cost a multiple. Where it stands, `row` is the whole price. */
  readonly peak?: Peak;
  readonly source: string;
  /** When the source was read: year and month, with the day where it is known. */
  readonly date: string;
}

export interface Peak {
  /** Days of the week in UTC, 0 is Sunday. */
  readonly days: readonly number[];
  /** From this hour on, until before that one. */
  readonly hours: readonly (readonly [from: number, to: number])[];
  readonly times: number;
}

export interface SupplementFamily {
  /** The same for all models. A tier that neither this nor the row names has no known price. Without it none matters. */
  readonly tiers?: Readonly<Record<string, number>>;
  /** By id in small letters: with its date where that has a price of its own, else without; `ft:` for fine-tuned. */
  readonly models: Readonly<Record<string, SupplementRow>>;
}

export type Supplement = Readonly<Record<string, SupplementFamily>>;

const page = (model: string) => ({
  source: `https://developers.openai.com/api/docs/models/${model}`,
  date: '2026-11-22',
});
const pricing = { source: 'https://platform.openai.com/docs/pricing', date: '2025-11' };
const fastMode = { source: 'https://openai.com/api-fast-mode/', date: '2026-11-22' };

/** Fast mode, until 2026-07-30 priority processing; answers say `priority` for both. Its prices are so many times the standard ones. */
const priority = (times: number): SupplementRow => ({ tiers: { priority: times }, ...fastMode });

const fineTuned = (input: number, cached: number | undefined, output: number): SupplementRow => ({
  row: {
    input_mtok: input,
    ...(cached === undefined ? {} : { cache_read_mtok: cached }),
    output_mtok: output,
  },
  ...pricing,
});

const dallE3 = {
  '1024x1792': 0.08,
  '1792x1024': 0.08,
  'hd 1024x1024': 0.08,
  'hd 1024x1792': 0.12,
  'hd 1792x1024': 0.12,
};

export const SUPPLEMENT: Supplement = {
  openai: {
    // Batch: half price. Flex: the prices of batch. https://platform.openai.com/docs/guides/flex-processing, 2025-11.
    tiers: { default: 1, auto: 1, standard: 1, scale: 1, flex: 0.5, batch: 0.5 },
    models: {
      'tts-1': { row: { characters_mchar: 15 }, ...page('tts-1') },
      'tts-1-hd': { row: { characters_mchar: 30 }, ...page('tts-1-hd') },
      // An estimate: its audio has no usage. OpenAI's own estimate of 0.015 USD a minute, at 900 characters a minute
      // (150 words of English). Measured by a user: 4,096 characters gave 268 s, so 16.4 USD per million.
      'gpt-4o-mini-tts': { row: { characters_mchar: 16.67 }, ...pricing },
      'gpt-4o-transcribe': { row: { input_audio_mtok: 2.5 }, ...page('gpt-4o-transcribe') },
      'gpt-4o-transcribe-diarize': { row: { input_audio_mtok: 2.5 }, ...page('gpt-4o-transcribe-diarize') },
      'gpt-4o-mini-transcribe': { row: { input_audio_mtok: 1.25 }, ...page('gpt-4o-mini-transcribe') },
      'gpt-realtime-whisper': { row: { minute: 0.017 }, ...page('gpt-realtime-whisper') },
      'gpt-4o-audio-preview': { row: { input_audio_mtok: 40, output_audio_mtok: 80 }, ...page('gpt-4o-audio-preview') },
      'gpt-4o-mini-audio-preview': {
        row: { input_audio_mtok: 10, output_audio_mtok: 20 }, ...page('gpt-4o-mini-audio-preview'),
      },
      'dall-e-3': { row: { image: 0.04, image_variants: dallE3 }, ...pricing },
      'dall-e-2': { row: { image: 0.02, image_variants: { '512x512': 0.018, '256x256': 0.016 } }, ...pricing },

      'ft:gpt-4.1': fineTuned(3, 0.75, 12),
      'ft:gpt-4.1-mini': fineTuned(0.8, 0.2, 3.2),
      'ft:gpt-4.1-nano': fineTuned(0.2, 0.05, 0.8),
      'ft:gpt-4o': fineTuned(3.75, 1.875, 15),
      'ft:gpt-4o-mini': fineTuned(0.3, 0.15, 1.2),
      'ft:gpt-3.5-turbo': fineTuned(3, undefined, 6),
      'ft:o4-mini': fineTuned(4, 1, 16),

      'gpt-5.6': priority(2),
      'gpt-5.6-sol': priority(2),
      'gpt-5.6-terra': priority(2),
      'gpt-5.6-luna': priority(2),
      'gpt-5.5': priority(2.5),
      'gpt-5.4': priority(2),
      'gpt-5.4-mini': priority(2),
      'gpt-5.2': priority(2),
      'gpt-5.1': priority(2),
      'gpt-5.1-codex': priority(2),
      'gpt-5': priority(2),
      'gpt-5-codex': priority(2),
      'gpt-5-mini': priority(1.8),
      'gpt-4.1': priority(1.75),
      'gpt-4.1-mini': priority(1.75),
      'gpt-4.1-nano': priority(2),
      'gpt-4o': priority(1.7),
      'gpt-4o-2024-05-13': priority(1.75),
      // 0.15 to 0.25, 0.075 to 0.125, 0.60 to 1.00
      'gpt-4o-mini': priority(5 / 3),
      o3: priority(1.75),
      // 1.10 to 2.00, 0.275 to 0.50, 4.40 to 8.00
      // Azure's table has 0.28 cached, rounded; https://prices.azure.com/api/retail/prices, 2026-08-05.
      'o4-mini': { row: { cache_read_mtok: 0.275 }, ...priority(20 / 11) },
    },
  },
  anthropic: ANTHROPIC,
  aws: AWS,
  cohere: COHERE,
  deepseek: DEEPSEEK,
  google: GOOGLE,
  groq: GROQ,
  mistral: MISTRAL,
  together: TOGETHER,
  'x-ai': XAI,
}; // prettier-ignore
