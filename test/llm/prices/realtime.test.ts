/** Voice models: every kind of token on its own against the model's own page, and all of them together. */
import assert from 'node:assert/strict';
import { createPricer } from '../../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../../src/llm/prices/table.js';
import type { Usage } from '../../../src/llm/types.js';
import { testContext } from '../../support/context.js';
import { llmEvent } from '../../support/llm-event.js';

/** US dollars per million: text, audio and image in, each then cached; text and audio out. */
interface Listed {
  readonly source: string;
  readonly date: string;
  readonly text: readonly [number, number];
  readonly audio: readonly [number, number];
  readonly image?: readonly [number, number];
  readonly out: readonly [number, number];
}
const page = (model: string) => ({
  source: `https://developers.openai.com/api/docs/models/${model}`,
  date: '2026-11-22',
});
/** As the pages of the older ones were; copies read on 2026-11-22. */
const older = (model: string) => ({
  source: `https://platform.openai.com/docs/models/${model}`,
  date: '2026-11-22',
});
const full = { text: [4, 0.4], audio: [32, 0.4], image: [5, 0.5], out: [16, 64] } as const;
const mini = { text: [0.6, 0.06], audio: [10, 0.3], image: [0.8, 0.08], out: [2.4, 20] } as const;
const preview = { text: [5, 2.5], audio: [40, 2.5], out: [20, 80] } as const;

const LISTED: Record<string, Listed> = {
  'gpt-realtime': { ...full, ...older('gpt-realtime') },
  'gpt-realtime-2025-08-28': { ...full, ...older('gpt-realtime') },
  'gpt-realtime-1.5': { ...full, ...page('gpt-realtime-1.5') },
  'gpt-realtime-2': { ...full, out: [24, 64], ...page('gpt-realtime-2') },
  'gpt-realtime-mini': { ...mini, ...older('gpt-realtime-mini') },
  'gpt-realtime-mini-2025-10-06': { ...mini, ...older('gpt-realtime-mini') },
  'gpt-realtime-2.1-mini': { ...mini, ...page('gpt-realtime-2.1-mini') },
  'gpt-4o-realtime-preview': { ...preview, ...page('gpt-4o-realtime-preview') },
  'gpt-4o-realtime-preview-2024-12-17': { ...preview, ...page('gpt-4o-realtime-preview') },
  'gpt-4o-realtime-preview-2025-06-03': { ...preview, ...page('gpt-4o-realtime-preview') },
  'gpt-4o-mini-realtime-preview': {
    ...{ text: [0.6, 0.3], audio: [10, 0.3], out: [2.4, 20], ...page('gpt-4o-mini-realtime-preview') },
  },
};

const pricer = createPricer({
  ...{ loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: new Map() },
  guard: testContext().context.guard,
});
function usd(provider: string, model: string, usage: Usage, operation: 'realtime' | 'transcription'): string {
  const quote = pricer.quote(llmEvent({ provider, model, usage, operation, feature: 'voice_realtime' }));
  assert.ok('costUsd' in quote, `${provider} ${model}: ${JSON.stringify(quote)}`);
  return quote.costUsd.toFixed(9);
}

/** A thousand of one kind, and what a list says they cost. */
function kinds({ text, audio, image, out }: Listed): readonly (readonly [Usage, number])[] {
  const n = { promptTokens: 1000, completionTokens: 0 };
  const audioIn = { ...n, audioInputTokens: 1000 };
  const imageIn = { ...n, imageInputTokens: 1000 };
  const made = { promptTokens: 0, completionTokens: 1000 };
  return [
    [n, text[0]],
    [{ ...n, cachedTokens: 1000, cachedAudioTokens: 0 }, text[1]],
    [audioIn, audio[0]],
    [{ ...audioIn, cachedTokens: 1000, cachedAudioTokens: 1000 }, audio[1]],
    ...(image === undefined
      ? []
      : ([
          [imageIn, image[0]],
          [{ ...imageIn, cachedTokens: 1000, cachedImageTokens: 1000 }, image[1]],
        ] as const)),
    [made, out[0]],
    [{ ...made, audioOutputTokens: 1000 }, out[1]],
  ];
}

describe('prices of voice', () => {
  for (const [model, listed] of Object.entries(LISTED)) {
    it(`${model}: ${listed.source}, ${listed.date}`, () => {
      for (const provider of ['openai', 'azure']) {
        for (const [usage, price] of kinds(listed))
          assert.equal(
            usd(provider, model, usage, 'realtime'),
            (price / 1e3).toFixed(9),
            JSON.stringify(usage),
          );
      }
      const { text, audio, out } = listed;
      // 44 text, 256 text cached, 116 audio, 384 audio cached; 32 text and 200 audio out.
      const usage = {
        promptTokens: 800, cachedTokens: 640, audioInputTokens: 500, cachedAudioTokens: 384,
        completionTokens: 232, audioOutputTokens: 200,
      }; // prettier-ignore
      const sum = 44 * text[0] + 256 * text[1] + 116 * audio[0] + 384 * audio[1] + 32 * out[0] + 200 * out[1];
      assert.equal(usd('openai', model, usage, 'realtime'), (sum / 1e6).toFixed(9));
    });
  }

  it('gpt-realtime-whisper by the minute: its own page, 2026-11-22', () => {
    assert.equal(usd('openai', 'gpt-realtime-whisper', { seconds: 90 }, 'transcription'), '0.025500000');
  });

  it('gpt-realtime-translate by the minute: its own page, 2026-11-22', () => {
    assert.equal(usd('openai', 'gpt-realtime-translate', { seconds: 90 }, 'realtime'), '0.051000000');
  });
});
