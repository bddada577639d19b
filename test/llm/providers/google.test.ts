/** Every reply of test/fixtures/llm/google, read as a tap reads it. They follow the reference of the Gemini API and Vertex. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { endpointAt, readFixture, readsAnyJunk } from '../../support/llm-provider.js';

const HOST = 'generativelanguage.googleapis.com';
const FLASH = '/v1beta/models/gemini-2.5-flash:';
const answered = { requestModel: 'gemini-2.5-flash', responseModel: 'gemini-2.5-flash' };
const INTERACTIONS = '/v1beta/interactions';

const CASES: Record<string, { path: string; facts: CallFacts; request?: unknown }> = {
  'generate.json': {
    path: `${FLASH}generateContent`,
    facts: {
      ...answered, sawContent: true, serviceTier: 'standard',
      usage: {
        promptTokens: 1200, completionTokens: 240, cachedTokens: 1000, reasoningTokens: 200, audioInputTokens: 100,
        cachedAudioTokens: 50, imageInputTokens: 200, cachedImageTokens: 100,
      },
    },
  },
  // What tools gave back to the model is billed as its prompt.
  'generate-tools.json': {
    path: '/v1beta/models/gemini-3.1-pro-preview:generateContent',
    facts: {
      requestModel: 'gemini-3.1-pro-preview', responseModel: 'gemini-3.1-pro-preview', sawContent: true,
      usage: { promptTokens: 480, completionTokens: 120, reasoningTokens: 100 },
    },
  },
  'generate-vertex.json': {
    path: '/v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro:generateContent',
    facts: {
      requestModel: 'gemini-2.5-pro', responseModel: 'gemini-2.5-pro', serviceTier: 'flex', sawContent: true,
      usage: { promptTokens: 8, completionTokens: 3 },
    },
  },
  // 10 + 120 = 130: here the thoughts are among the candidates' tokens.
  'generate-thoughts-inside.json': {
    path: `${FLASH}generateContent`,
    facts: { ...answered, sawContent: true, usage: { promptTokens: 10, completionTokens: 120, reasoningTokens: 100 } },
  },
  'image.json': {
    path: '/v1beta/models/gemini-2.5-flash-image:generateContent',
    facts: {
      requestModel: 'gemini-2.5-flash-image', responseModel: 'gemini-2.5-flash-image', sawContent: true,
      usage: { promptTokens: 10, completionTokens: 1290, imageOutputTokens: 1290 },
    },
  },
  'blocked.json': { path: `${FLASH}generateContent`, facts: { ...answered, usage: { promptTokens: 7 } } },
  'error.json': {
    path: `${FLASH}generateContent`, facts: { requestModel: 'gemini-2.5-flash', failure: 'rate_limited' },
  },
  'embed.json': {
    path: '/v1beta/models/gemini-embedding-2:embedContent',
    facts: { requestModel: 'gemini-embedding-2', usage: { promptTokens: 6 } },
  },
  'embed-batch.json': {
    path: '/v1beta/models/gemini-embedding-001:batchEmbedContents', facts: { requestModel: 'gemini-embedding-001' },
  },
  'predict-embeddings.json': {
    path: '/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict',
    facts: { requestModel: 'text-embedding-005', usage: { promptTokens: 17 } },
  },
  'predict-images.json': {
    path: '/v1beta/models/imagen-4.0-generate-001:predict',
    facts: { requestModel: 'imagen-4.0-generate-001', usage: { images: 2 } },
  },
  'stream.sse': {
    path: `${FLASH}streamGenerateContent`,
    facts: { ...answered, sawContent: true, usage: { promptTokens: 12, completionTokens: 47, reasoningTokens: 38 } },
  },
  'stream-error.sse': {
    path: `${FLASH}streamGenerateContent`,
    facts: {
      ...answered, sawContent: true, failure: 'server_error', done: true,
      usage: { promptTokens: 12, completionTokens: 1 },
    },
  },
  'stream-array.json': {
    path: `${FLASH}streamGenerateContent`,
    facts: { ...answered, sawContent: true, usage: { promptTokens: 12, completionTokens: 4 } },
  },
  'interaction.json': {
    path: INTERACTIONS, request: { model: 'gemini-3.8-flash', input: 'Hi' },
    facts: {
      requestModel: 'gemini-3.8-flash', responseModel: 'gemini-3.8-flash',
      usage: {
        promptTokens: 110, completionTokens: 42, cachedTokens: 40, reasoningTokens: 22, audioInputTokens: 30,
      },
    },
  },
  'interaction.sse': {
    path: INTERACTIONS, request: { model: 'gemini-3.8-flash', input: 'Hi', stream: true },
    facts: {
      requestModel: 'gemini-3.8-flash', responseModel: 'gemini-3.8-flash', stream: true, sawContent: true, done: true,
      usage: { promptTokens: 7, completionTokens: 42, reasoningTokens: 22 },
    },
  },
}; // prettier-ignore

describe('google', () => {
  for (const [file, { path, facts, request }] of Object.entries(CASES)) {
    it(`reads ${file}`, () => {
      assert.deepEqual(readFixture(endpointAt(HOST, path), `google/${file}`, request), facts);
    });
  }

  it('tells by the path what is done', () => {
    const found = (path: string): string | undefined => {
      const endpoint = findEndpoint(HOST, path);
      return endpoint && `${endpoint.provider} ${endpoint.operation} ${endpoint.feature}`;
    };
    const models = '/v1beta/models/';
    const paths: Record<string, string | undefined> = {
      [`${FLASH}generateContent`]: 'google chat chat',
      [`${FLASH}streamGenerateContent`]: 'google chat chat',
      [`${models}gemini-2.5-flash-preview-tts:generateContent`]: 'google speech tts',
      [`${models}gemini-3-pro-image-preview:streamGenerateContent`]: 'google image image',
      [`${models}gemini-embedding-2:embedContent`]: 'google embeddings embeddings',
      [`${models}gemini-embedding-001:batchEmbedContents`]: 'google embeddings embeddings',
      [`${models}imagen-4.0-generate-001:predict`]: 'google image image',
      '/v1beta/tunedModels/mine:generateContent': 'google chat chat',
      '/v1/projects/p/locations/l/endpoints/123:generateContent': 'google chat chat',
      '/v1/publishers/google/models/gemini-2.5-pro:streamGenerateContent': 'google chat chat',
      [INTERACTIONS]: 'google responses chat',
      '/v1beta1/projects/p/locations/l/interactions': 'google responses chat',
      // Free, of other things, or paid by the minute of video.
      [`${FLASH}countTokens`]: undefined, [`${FLASH}batchGenerateContent`]: undefined, [`${FLASH}toString`]: undefined,
      '/v1/projects/p/locations/l/endpoints/123:predict': undefined,
      '/v1/projects/p/locations/l/publishers/google/models/time-series:predict': undefined,
      [`${models}veo-3.1:predictLongRunning`]: undefined, '/v1beta/files': undefined,
      '/v1beta/interactions/i/cancel': undefined, '/api/users/7/interactions': undefined, ':generateContent': undefined,
    };
    for (const [path, expected] of Object.entries(paths)) assert.equal(found(path), expected, path);
  }); // prettier-ignore

  it('knows Google by its hosts', () => {
    const provider = (host: string): string | undefined =>
      findEndpoint(host, `${FLASH}generateContent`)?.provider;
    for (const host of [
      HOST, 'aiplatform.googleapis.com', 'us-central1-aiplatform.googleapis.com:443', 'aiplatform.us.rep.googleapis.com',
    ]) assert.equal(provider(host), 'google', host);
    for (const host of ['proxy.example', 'aiplatform.googleapis.com.example', '127.0.0.1:1'])
      assert.equal(provider(host), 'openai_compatible', host);
  }); // prettier-ignore

  it('gives the same endpoint for the same model, and remembers no more than a bounded number', () => {
    const path = `${FLASH}generateContent`;
    const first = findEndpoint(HOST, path);
    assert.equal(findEndpoint(HOST, path), first);
    for (let i = 0; i < 1000; i++) findEndpoint(HOST, `/v1beta/models/junk-${i}:generateContent`);
    assert.notEqual(findEndpoint(HOST, path), first);
  });

  it('takes no empty part for content', () => {
    const saw = (part: unknown): boolean => {
      const facts: CallFacts = {};
      endpointAt(HOST, `${FLASH}generateContent`).readEvent(
        { candidates: [{ content: { parts: [part] } }] },
        facts,
      );
      return facts.sawContent === true;
    };
    assert.deepEqual(
      [{ text: '' }, { text: '', thoughtSignature: 'a' }, { thought: true, text: '' }, {}, null].map(saw),
      [false, false, false, false, false],
    );
    assert.deepEqual(
      [{ text: 'a' }, { thought: true, text: 'a' }, { functionCall: { name: 'f' } }, { inlineData: {} }].map(
        saw,
      ),
      [true, true, true, true],
    );
  });

  it('never throws and never lets junk through, whatever is sent', () => {
    const all = Object.values(CASES).map(({ path }) => endpointAt(HOST, path));
    readsAnyJunk(all, [
      'usageMetadata', 'candidates', 'content', 'parts', 'text', 'modelVersion', 'model', 'error', 'code', 'predictions',
      'embeddings', 'statistics', 'token_count', 'promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount',
      'toolUsePromptTokenCount', 'totalTokenCount', 'cachedContentTokenCount', 'promptTokensDetails', 'modality', 'tokenCount',
      'serviceTier', 'trafficType', 'usage', 'interaction', 'event_type', 'total_input_tokens', 'total_output_tokens',
      'input_tokens_by_modality', 'tokens', 'status',
    ]);
  }); // prettier-ignore
});
