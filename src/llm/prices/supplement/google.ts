/** Google: what the table lacks or has otherwise than the provider's own pages. */
import { rows, stepped, type SupplementFamily, type SupplementRow } from './types.js';

const pricing = { source: 'https://ai.google.dev/gemini-api/docs/pricing', date: '2026-11-22' };

/**
 * "75% to 100% more" says /gemini-api/docs/optimization, and the page of prices each model's own: 1.8 times for all of
 * these. Read in the list of LiteLLM 1.109.1, 2026-11-22, since the page itself was not to be had.
 */
const PRIORITY = { tiers: { priority: 1.8 } };
const WITH_PRIORITY = [
  ...['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite', 'gemini-2.5-flash-image'],
  ...['gemini-3-flash-preview', 'gemini-3.1-pro-preview', 'gemini-3.1-flash-lite'],
  ...[
    'gemini-3.5-flash',
    'gemini-3.5-flash-lite',
    'gemini-3.6-flash',
    'gemini-3.7-flash',
    'gemini-3.8-flash',
  ],
];

/** The table takes them for the model that writes. Both lists agree; twice as much from 2027 on, as the other Flash models. */
const speech = (id: string, input: number, output: number): Record<string, SupplementRow> => ({
  [id]: {
    row: { input_mtok: input, cache_read_mtok: input, output_mtok: output },
    later: {
      from: '2027-01-01',
      row: { input_mtok: 2 * input, cache_read_mtok: 2 * input, output_mtok: 2 * output },
    },
    ...pricing,
  },
});

export const GOOGLE: SupplementFamily = {
  tiers: { default: 1, auto: 1, standard: 1, unspecified: 1, flex: 0.5, batch: 0.5 },
  tiersRead: { source: 'https://ai.google.dev/gemini-api/docs/optimization', date: '2026-11-22' },
  models: {
    ...Object.fromEntries(WITH_PRIORITY.map((id): [string, SupplementRow] => [id, { ...PRIORITY, ...pricing }])),
    ...speech('gemini-3.8-flash-tts', 0.5, 9),
    ...speech('gemini-3.8-flash-lite-tts', 0.5, 6),
    // An alias of 3.1 Pro, which the table takes for the first Gemini Pro.
    'gemini-pro-latest': {
      row: {
        input_mtok: stepped(200_000, 2, 2), cache_read_mtok: stepped(200_000, 0.2, 2), output_mtok: stepped(200_000, 12, 1.5),
      },
      ...PRIORITY,
      ...pricing,
    },
    // The lists of genai-prices 0.2.3 and LiteLLM 1.109.1 agree; twice as much from December on.
    'gemini-4-argon': {
      ...rows(pricing, { it: [2, 0.1, 10] })['it'],
      ...PRIORITY,
      ...pricing,
      later: { from: '2026-12-01', row: { input_mtok: 4, cache_read_mtok: 0.2, output_mtok: 20 } },
    },
  },
}; // prettier-ignore
