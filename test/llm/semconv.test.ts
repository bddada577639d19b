/** OTel's GenAI metrics: what they are, on pull and on push, and that nobody pays for them who did not ask. */
import assert from 'node:assert/strict';
import { createReader } from '../../src/export/reader.js';
import { readConfig } from '../../src/config.js';
import { createGenAiMeasure, GEN_AI_METRICS, MAX_MODELS } from '../../src/llm/semconv.js';
import { createHistograms } from '../../src/metrics/semconv.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext } from '../support/context.js';
import { llmEvent } from '../support/llm-event.js';

type Emitted = [name: string, value: number, attributes: Record<string, string>];

function measured(...events: Partial<LlmEvent>[]): Emitted[] {
  const emitted: Emitted[] = [];
  const measure = createGenAiMeasure((...given) => void emitted.push(given));
  for (const event of events) measure(llmEvent(event));
  return emitted;
}

const DURATION = 'gen_ai.client.operation.duration';
const TOKENS = 'gen_ai.client.token.usage';

describe('createGenAiMeasure', () => {
  it('has no duration for what tells none, and no single call for a sum of several', () => {
    const usage = { promptTokens: 10, completionTokens: 5 };
    const { duration: _, ...batched } = llmEvent({ usage, serviceTier: 'batch' });
    const measure = (event: LlmEvent): string[] => {
      const names: string[] = [];
      createGenAiMeasure((name) => void names.push(name))(event);
      return names;
    };
    assert.deepEqual(measure(batched), [TOKENS, TOKENS]);
    assert.deepEqual(measure({ ...batched, requests: 7 }), []);
  });

  it('measures a streamed success', () => {
    const of = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
    };
    assert.deepEqual(
      measured({
        requestModel: 'gpt-4o',
        timeToFirstToken: 0.4,
        usage: { promptTokens: 1000, completionTokens: 200, cachedTokens: 600 },
      }),
      [
        [TOKENS, 1000, { ...of, 'gen_ai.token.type': 'input' }],
        [TOKENS, 200, { ...of, 'gen_ai.token.type': 'output' }],
        [DURATION, 1.5, of],
        ['gen_ai.client.operation.time_to_first_chunk', 0.4, of],
      ],
    );
  });

  it('names the error of a failed call, and no model that never answered', () => {
    const of = {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'mistral_ai',
      'gen_ai.request.model': 'mistral-embed',
    };
    const model = 'mistral-embed';
    const call = { provider: 'mistral', operation: 'embeddings', model, requestModel: model } as const;
    assert.deepEqual(measured({ ...call, status: 'rate_limited' }, { ...call, status: 'cancelled' }), [
      [DURATION, 1.5, { ...of, 'error.type': 'rate_limited' }],
      [DURATION, 1.5, of],
    ]);
    assert.deepEqual(measured({ provider: 'groq', model: undefined, status: 'timeout' }), [
      [
        DURATION,
        1.5,
        { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'groq', 'error.type': 'timeout' },
      ],
    ]);
  });

  it('has the names of the convention', () => {
    const named = (given: Partial<LlmEvent>) => {
      const attributes = measured(given)[0]?.[2] ?? {};
      return [attributes['gen_ai.provider.name'], attributes['gen_ai.operation.name']];
    };
    assert.deepEqual(named({ provider: 'azure', operation: 'responses' }), ['azure.ai.openai', 'chat']);
    assert.deepEqual(named({ provider: 'aws' }), ['aws.bedrock', 'chat']);
    assert.deepEqual(named({ provider: 'google' }), ['gcp.gemini', 'generate_content']);
    assert.deepEqual(named({ provider: 'x-ai', operation: 'completion' }), ['x_ai', 'text_completion']);
    assert.deepEqual(named({ provider: 'together', operation: 'image' }), ['together', 'generate_content']);
    assert.deepEqual(named({ operation: 'transcription' }), ['openai', 'transcription']);
    assert.deepEqual(named({ provider: 'constructor' }), ['constructor', 'chat']);
  });

  it('counts no tokens that nobody told, or that are junk', () => {
    for (const usage of [
      {},
      { promptTokens: 0, completionTokens: NaN },
      { promptTokens: -1, completionTokens: '7' as never },
    ]) {
      assert.deepEqual(
        measured({ usage }).map(([name]) => name),
        [DURATION],
      );
    }
  });

  it('bounds its models, and takes no junk for one', () => {
    const emitted = measured(
      ...Array.from({ length: 10_000 }, (_, i) => ({ model: `junk-${i}` })),
      { model: 'a\nb' },
      { model: 'x'.repeat(500) },
    );
    const names = new Set(emitted.map(([, , attributes]) => attributes['gen_ai.response.model']));
    assert.equal(names.size, MAX_MODELS + 2);
    assert.ok(names.has('_OTHER') && names.has(undefined));
  });
});

describe('createHistograms', () => {
  it('records into histograms of the given bounds, and leaves out what is no duration', async () => {
    const { registry, errors } = testContext();
    const reader = createReader({ registry, attributes: {}, nowMs: Date.now });
    const emit = createHistograms(reader.foreignProvider(), { name: 't', version: '1' }, GEN_AI_METRICS);
    for (const value of [0, 0.1, 5.12, 100, -1, NaN, Infinity, 'junk' as never])
      emit(DURATION, value, { a: 'b' });
    const metrics = await reader.collectForeign();
    const found = metrics?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const point = found.find(({ descriptor }) => descriptor.name === DURATION)?.dataPoints[0]?.value as {
      buckets: { boundaries: number[]; counts: number[] };
      count: number;
    };
    assert.deepEqual(point.buckets.boundaries, GEN_AI_METRICS[DURATION].bounds);
    assert.deepEqual(point.buckets.counts, [1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    assert.equal(point.count, 4);
    assert.deepEqual(errors, []);
  });
});

describe('INTELIA_SEMCONV_METRICS', () => {
  const read = (value: string) => {
    const lines: string[] = [];
    const config = readConfig((_, line) => void lines.push(line), { INTELIA_SEMCONV_METRICS: value });
    return { asked: config.semconvMetrics, lines };
  };
  it('takes what there is, and says in one line what there is not', () => {
    assert.deepEqual(read(''), { asked: [], lines: [] });
    assert.deepEqual(read(' GEN_AI '), { asked: ['gen_ai'], lines: [] });
    assert.deepEqual(read('gen_ai, http,db'), { asked: ['gen_ai', 'http', 'db'], lines: [] });
    assert.deepEqual(read('gen_ai,sql'), {
      asked: [],
      lines: [
        'INTELIA_SEMCONV_METRICS: "gen_ai,sql" is not http, db or gen_ai, or several with commas; [] is used',
      ],
    });
  });
});
