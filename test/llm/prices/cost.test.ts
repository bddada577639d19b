/** Our own arithmetic against the library's, over every model that its table knows. */
import assert from 'node:assert/strict';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { costOf } from '../../../src/llm/prices/cost.js';
import { compile, type PriceRow } from '../../../src/llm/prices/row.js';

const PROVIDERS = [
  'openai', 'azure', 'anthropic', 'google', 'mistral', 'groq', 'together', 'deepseek', 'x-ai', 'openrouter', 'cohere',
  'aws', 'fireworks', 'perplexity', 'cerebras', 'moonshotai', 'novita',
]; // prettier-ignore

interface Listed {
  readonly provider: string;
  readonly model: string;
}

/** An id that the table knows: a model's own id is not always among those it answers to. */
const LISTED: Listed[] = PROVIDERS.flatMap((provider) =>
  (findProvider({ providerId: provider })?.models ?? [])
    .map(({ id }) => ({ provider, model: id }))
    .filter(({ model }) => calcPrice({}, model, { providerId: provider }) !== null),
);

const tokens = fc.oneof(fc.constant(0), fc.nat(2_000), fc.nat(400_000));
/** The kinds of tokens as they are billed, each counted once. */
const parts = fc.record({
  text: tokens, textCached: tokens, audio: tokens, audioCached: tokens, image: tokens, imageCached: tokens, written: tokens,
  textOut: tokens, audioOut: tokens, imageOut: tokens, reasoning: tokens,
}); // prettier-ignore

describe('costOf', () => {
  it('knows the models of the table', () => assert.ok(LISTED.length > 1_000, String(LISTED.length)));

  it('is what the library computes, for every model and any usage', () => {
    const timestamp = new Date(Date.UTC(2026, 10, 22, 12));
    fc.assert(
      fc.property(fc.constantFrom(...LISTED), parts, ({ provider, model }, p) => {
        const promptTokens =
          p.text + p.textCached + p.audio + p.audioCached + p.image + p.imageCached + p.written;
        const usage = {
          promptTokens,
          completionTokens: p.textOut + p.audioOut + p.imageOut + p.reasoning,
          cachedTokens: p.textCached + p.audioCached + p.imageCached,
          cacheWriteTokens: p.written,
          audioInputTokens: p.audio + p.audioCached,
          cachedAudioTokens: p.audioCached,
          imageInputTokens: p.image + p.imageCached,
          cachedImageTokens: p.imageCached,
          audioOutputTokens: p.audioOut,
          imageOutputTokens: p.imageOut,
          reasoningTokens: p.reasoning,
        };
        const theirs = calcPrice(
          {
            input_tokens: usage.promptTokens,
            output_tokens: usage.completionTokens,
            cache_read_tokens: usage.cachedTokens,
            cache_write_tokens: usage.cacheWriteTokens,
            input_audio_tokens: usage.audioInputTokens,
            cache_audio_read_tokens: usage.cachedAudioTokens,
            input_image_tokens: usage.imageInputTokens,
            cache_image_read_tokens: usage.cachedImageTokens,
            output_audio_tokens: usage.audioOutputTokens,
            output_image_tokens: usage.imageOutputTokens,
            output_reasoning_tokens: usage.reasoningTokens,
          },
          model,
          { providerId: provider, timestamp },
        );
        assert.ok(theirs);
        const price = compile(theirs.model_price as PriceRow);
        const ours = costOf(price, usage, 1);
        // What is sold by the hour or not at all has no price for tokens.
        if (ours === undefined) return assert.equal(price.bands.length, 0);
        assert.ok(
          Math.abs(ours - theirs.total_price) <= 1e-12 * Math.max(theirs.total_price, 1),
          `${provider} ${model}: ${ours} and ${theirs.total_price}`,
        );
      }),
      { numRuns: 10_000 },
    );
  }).timeout(30_000);

  it('charges each token once, and at most at the dearest rate, whatever the parts say', () => {
    const price = compile({
      input_mtok: 1, cache_read_mtok: 0.5, cache_write_mtok: 2, input_audio_mtok: 8, cache_audio_read_mtok: 3,
      input_image_mtok: 4, cache_image_read_mtok: 1.5, output_mtok: 10, output_audio_mtok: 20, output_image_mtok: 30,
    }); // prettier-ignore
    const junk = fc.option(fc.oneof(fc.nat(1_000), fc.double(), fc.constantFrom(-1, 1e308, NaN)), {
      nil: undefined,
    });
    const keys = [
      'cachedTokens', 'cacheWriteTokens', 'audioInputTokens', 'cachedAudioTokens', 'imageInputTokens', 'cachedImageTokens',
      'audioOutputTokens', 'imageOutputTokens', 'reasoningTokens',
    ]; // prettier-ignore
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...keys), junk),
        fc.nat(1_000),
        fc.nat(1_000),
        (given, prompt, completion) => {
          const cost = costOf(
            price,
            { ...given, promptTokens: prompt, completionTokens: completion },
            1,
          ) as number;
          const least = (prompt * 0.5 + completion * 10) / 1e6;
          const most = (prompt * 8 + completion * 30) / 1e6;
          assert.ok(cost >= least - 1e-12 && cost <= most + 1e-12, String(cost));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('takes no more cached audio than it must when the answer does not tell', () => {
    const price = compile({
      input_mtok: 1,
      cache_read_mtok: 0.1,
      input_audio_mtok: 10,
      cache_audio_read_mtok: 2,
      output_mtok: 0,
    });
    const cost = (cachedTokens: number, audioInputTokens: number) =>
      (costOf(price, { promptTokens: 100, cachedTokens, audioInputTokens }, 1) as number) * 1e6;
    // 40 text cached, 20 text, 40 audio
    assert.equal(Math.round(cost(40, 40)), 4 + 20 + 400);
    // 40 text cached, 30 audio cached, 30 audio: nothing else adds up
    assert.equal(Math.round(cost(70, 60)), 4 + 60 + 300);
  });
});
