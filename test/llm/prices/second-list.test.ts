/**
 * 168 models of 11 sellers against a second list, which others keep independently of genai-prices and of our supplement:
 * the figures of LiteLLM 1.109.1 (model_prices_and_context_window), read on 2026-11-22, in US dollars per million. Where
 * we follow the seller's own page instead, the exception says why. The other tests here hold the pages' own figures.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from '../../../src/llm/types.js';
import { assertCost, listPricer, quote } from '../../support/list-prices.js';

type Pair = readonly [input: number, output?: number];
interface Figures extends Partial<Record<'batch' | 'flex' | 'priority' | 'ultrafast', Pair>> {
  readonly input?: number;
  readonly cached?: number;
  readonly write?: number;
  readonly writeLong?: number;
  readonly output?: number;
  readonly audioIn?: number;
  readonly audioCached?: number;
  readonly audioOut?: number;
  readonly imageIn?: number;
  readonly imageCached?: number;
  readonly imageOut?: number;
  readonly characters?: number;
  readonly second?: number;
  readonly long?: { readonly above: number; readonly input: number; readonly cached?: number; readonly output: number };
} // prettier-ignore

const FILE = join(__dirname, '../../fixtures/prices/second-list.json');
const LIST = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Record<string, Figures>>;

/** Seller, model and figure: the reason why ours is another. */
const EXCEPT: Readonly<Record<string, string>> = {
  'openai gpt-6.1-sol ultrafast':
    'the page of 6.2 has 3 times for now, and none of 6.1 was to be had: no price',
  'openai ft:gpt-4o-2024-08-06 batch': 'a batch is half, as its page says; in this list it is not',
  'groq whisper-large-v3 second': 'by the hour on its page, in this list rounded',
  'groq whisper-large-v3-turbo second': 'likewise',
  ...Object.fromEntries(
    ['4.7', '4.3', '4.20-0309-reasoning', '4.20-0309-non-reasoning', '4.20-multi-agent-0309'].map((grok) => [
      `x-ai grok-${grok} batch`,
      'none on the page that we read; answers state their cost',
    ]),
  ),
};
const TIERS = ['batch', 'flex', 'priority', 'ultrafast'] as const;

/** A Monday at three in the morning: this list has DeepSeek's prices of peak hours. */
const peak = listPricer(() => Date.UTC(2026, 10, 23, 3));

/** A thousand tokens of one kind alone, and its figure. */
function kinds(figures: Figures): [what: string, usage: Usage, usd: number | undefined][] {
  const n = { promptTokens: 1000, completionTokens: 0 };
  const made = { promptTokens: 0, completionTokens: 1000 };
  const audio = { ...n, audioInputTokens: 1000 };
  const image = { ...n, imageInputTokens: 1000 };
  return [
    ['input', n, figures.input],
    ['cached', { ...n, cachedTokens: 1000 }, figures.cached],
    ['write', { ...n, cacheWriteTokens: 1000 }, figures.write],
    ['writeLong', { ...n, cacheWriteTokens: 1000, cacheWrite1hTokens: 1000 }, figures.writeLong],
    ['output', made, figures.output],
    ['audioIn', audio, figures.audioIn],
    ['audioCached', { ...audio, cachedTokens: 1000, cachedAudioTokens: 1000 }, figures.audioCached],
    ['audioOut', { ...made, audioOutputTokens: 1000 }, figures.audioOut],
    ['imageIn', image, figures.imageIn],
    ['imageCached', { ...image, cachedTokens: 1000, cachedImageTokens: 1000 }, figures.imageCached],
    ['imageOut', { ...made, imageOutputTokens: 1000 }, figures.imageOut],
    ['characters', { characters: 1000 }, figures.characters],
    ['second', { seconds: 1 }, figures.second === undefined ? undefined : figures.second * 1000],
  ];
}

describe('a second list of prices', () => {
  for (const [provider, models] of Object.entries(LIST)) {
    for (const [model, figures] of Object.entries(models)) {
      const cost = (usage: Usage, serviceTier?: string) =>
        quote({ provider, model, usage, ...(serviceTier && { serviceTier }) }, peak);

      it(`${provider} ${model}`, () => {
        for (const [what, usage, usd] of kinds(figures))
          if (usd !== undefined && !(`${provider} ${model} ${what}` in EXCEPT))
            assertCost(cost(usage), usd / 1000, what);
        for (const tier of TIERS) {
          const [input, output] = figures[tier] ?? [];
          if (input === undefined || `${provider} ${model} ${tier}` in EXCEPT) continue;
          assertCost(cost({ promptTokens: 1000 }, tier), input / 1000, tier);
          if (output !== undefined) assertCost(cost({ completionTokens: 1000 }, tier), output / 1000, tier);
        }
        if (figures.long) assertLong(cost, figures.long);
      });
    }
  }

  it('is as long as it says', () => {
    assert.equal(Object.keys(LIST).length, 11);
    assert.equal(Object.values(LIST).flatMap(Object.keys).length, 168);
  });
});

/** Well above the step: on which side of it the step itself lies, the sellers' pages tell. */
function assertLong(
  cost: (usage: Usage) => ReturnType<typeof quote>,
  long: NonNullable<Figures['long']>,
): void {
  const promptTokens = long.above + 10_000;
  assertCost(
    cost({ promptTokens, completionTokens: 1000 }),
    (promptTokens * long.input + 1000 * long.output) / 1e6,
    'long',
  );
  if (long.cached === undefined) return;
  const cachedTokens = promptTokens;
  assertCost(cost({ promptTokens, cachedTokens }), (promptTokens * long.cached) / 1e6, 'long cached');
}
