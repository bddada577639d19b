/** Every reply of test/fixtures/llm/openai, read as a tap reads it. The fixtures follow the public API reference. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts, Endpoint } from '../../../src/llm/types.js';

const DIR = join(__dirname, '../../fixtures/llm/openai');

const endpoint = (path: string, host = 'api.openai.com'): Endpoint => {
  const found = findEndpoint(host, path);
  assert.ok(found, `${host}${path}`);
  return found;
};

/** What is learnt of a call from its recorded answer, after the request was read. */
function read(path: string, file: string, request: unknown = {}, host?: string): CallFacts {
  const facts: CallFacts = {};
  const { readRequest, readAnswer, readEvent } = endpoint(path, host);
  readRequest(request, facts);
  const text = readFileSync(join(DIR, file), 'utf8');
  if (file.endsWith('.json')) readAnswer(JSON.parse(text), facts);
  else for (const event of eventsOf(text)) readEvent(event, facts);
  return facts;
}

const eventsOf = (sse: string): unknown[] =>
  [...sse.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data as string) as unknown);

const CHAT = '/v1/chat/completions';

/** fixture → path, facts; with request and host where they matter. */
const CASES: Record<string, { path: string; facts: CallFacts; request?: unknown; host?: string }> = {
  'chat.json': {
    path: CHAT,
    request: { model: 'gpt-4.1', messages: [] },
    facts: {
      requestModel: 'gpt-4.1', responseModel: 'gpt-4.1-2025-04-14', serviceTier: 'default',
      usage: {
        promptTokens: 1219, completionTokens: 410, cachedTokens: 1024, reasoningTokens: 64,
        audioInputTokens: 0, audioOutputTokens: 0,
      },
    },
  },
  'chat-audio.json': {
    path: CHAT,
    facts: {
      responseModel: 'gpt-4o-audio-preview-2024-12-17',
      usage: {
        promptTokens: 150, completionTokens: 90, cachedTokens: 0, reasoningTokens: 0,
        audioInputTokens: 100, audioOutputTokens: 70, imageInputTokens: 0,
      },
    },
  },
  'chat-cache-write.json': {
    path: CHAT,
    facts: {
      responseModel: 'gpt-5.6-terra', serviceTier: 'flex',
      usage: {
        promptTokens: 5000, completionTokens: 10, cachedTokens: 2000, cacheWriteTokens: 2500,
        reasoningTokens: 0, audioInputTokens: 0,
      },
    },
  },
  'chat-openrouter.json': {
    path: '/api/v1/chat/completions', host: 'openrouter.ai',
    facts: {
      responseModel: 'openai/gpt-4o', costUsd: 0.00095,
      usage: {
        promptTokens: 194, completionTokens: 2, cachedTokens: 0, cacheWriteTokens: 100,
        reasoningTokens: 0, audioInputTokens: 0,
      },
    },
  },
  // 9 + 94: xAI tells reasoning beside the completion and bills both.
  'chat-xai.json': {
    path: CHAT, host: 'api.x.ai',
    facts: {
      responseModel: 'grok-4.3',
      usage: {
        promptTokens: 32, completionTokens: 103, cachedTokens: 6, reasoningTokens: 94,
        audioInputTokens: 0, audioOutputTokens: 0, imageInputTokens: 0,
      },
    },
  },
  'chat-deepseek.json': {
    path: '/chat/completions', host: 'api.deepseek.com',
    facts: { responseModel: 'deepseek-chat', usage: { promptTokens: 100, completionTokens: 10, cachedTokens: 64 } },
  },
  'completion.json': {
    path: '/v1/completions',
    facts: { responseModel: 'gpt-3.5-turbo-instruct', usage: { promptTokens: 5, completionTokens: 7 } },
  },
  'gateway-error.json': { path: CHAT, facts: { failure: 'rate_limited' } },
  'chat.sse': {
    path: CHAT,
    request: { model: 'gpt-4o-mini', stream: true },
    facts: {
      requestModel: 'gpt-4o-mini', stream: true, responseModel: 'gpt-4o-mini-2024-07-18',
      serviceTier: 'default', sawContent: true,
      usage: {
        promptTokens: 19, completionTokens: 10, cachedTokens: 0, reasoningTokens: 0,
        audioInputTokens: 0, audioOutputTokens: 0,
      },
    },
  },
  'chat-azure.sse': {
    path: '/openai/deployments/my-gpt/chat/completions', host: 'acme.openai.azure.com',
    request: { messages: [], stream: true },
    facts: {
      requestModel: 'my-gpt', stream: true, responseModel: 'gpt-4o-2024-08-06', sawContent: true,
      usage: { promptTokens: 86, completionTokens: 12 },
    },
  },
  'chat-groq.sse': {
    path: '/openai/v1/chat/completions', host: 'api.groq.com',
    facts: {
      responseModel: 'llama-3.3-70b-versatile', sawContent: true, usage: { promptTokens: 36, completionTokens: 21 },
    },
  },
  'chat-error.sse': {
    path: CHAT,
    facts: { responseModel: 'gpt-4o-2024-08-06', sawContent: true, failure: 'server_error' },
  },
  'responses.json': {
    path: '/v1/responses',
    facts: {
      responseModel: 'gpt-5-2025-08-07', serviceTier: 'priority',
      usage: {
        promptTokens: 2006, completionTokens: 300, cachedTokens: 1920, cacheWriteTokens: 0, reasoningTokens: 256,
      },
    },
  },
  'responses-queued.json': {
    path: '/v1/responses',
    facts: {
      responseModel: 'o3-2025-04-16',
      serviceTier: 'auto',
      background: { id: 'resp_queued', isOver: false, seconds: undefined },
    },
  },
  'responses.sse': {
    path: '/v1/responses',
    facts: {
      responseModel: 'gpt-4.1-2025-04-14', serviceTier: 'default', sawContent: true, done: true,
      usage: { promptTokens: 37, completionTokens: 11, cachedTokens: 0, reasoningTokens: 0 },
    },
  },
  'responses-failed.sse': {
    path: '/v1/responses',
    facts: { responseModel: 'gpt-4o-mini-2024-07-18', done: true, failure: 'rate_limited' },
  },
  'responses-incomplete.sse': {
    path: '/v1/responses',
    facts: {
      responseModel: 'gpt-4o-mini-2024-07-18', done: true,
      usage: { promptTokens: 20, completionTokens: 16, cachedTokens: 0, reasoningTokens: 0 },
    },
  },
  'responses-error.sse': { path: '/v1/responses', facts: { done: true, failure: 'client_error' } },
  'embeddings.json': {
    path: '/v1/embeddings',
    facts: { responseModel: 'text-embedding-3-small', usage: { promptTokens: 8 } },
  },
  'speech.sse': {
    path: '/v1/audio/speech',
    request: { model: 'gpt-4o-mini-tts', input: 'Bonjour 👋', voice: 'coral', stream_format: 'sse' },
    facts: {
      requestModel: 'gpt-4o-mini-tts', sawContent: true, done: true,
      usage: { characters: 9, promptTokens: 14, completionTokens: 101 },
    },
  },
  'transcription.json': {
    path: '/v1/audio/transcriptions',
    request: { model: 'gpt-4o-transcribe' },
    facts: {
      requestModel: 'gpt-4o-transcribe', usage: { promptTokens: 14, completionTokens: 45, audioInputTokens: 10 },
    },
  },
  'transcription-whisper.json': { path: '/v1/audio/translations', facts: { usage: { seconds: 9 } } },
  'transcription-verbose.json': {
    path: '/v1/audio/transcriptions',
    facts: { usage: { seconds: 8.470000267028809 } },
  },
  'transcription.sse': {
    path: '/v1/audio/transcriptions',
    facts: {
      sawContent: true, done: true, usage: { promptTokens: 14, completionTokens: 31, audioInputTokens: 14 },
    },
  },
  'image.json': {
    path: '/v1/images/generations',
    request: { model: 'gpt-image-1', quality: 'high', size: '1024x1024' },
    facts: {
      requestModel: 'gpt-image-1',
      usage: {
        images: 1, imageVariant: '1024x1024', promptTokens: 50, completionTokens: 4160, imageInputTokens: 40,
        imageOutputTokens: 4160,
      },
    },
  },
  // A multipart edit tells its numbers as text; the answer tells how many were made.
  'image-dall-e.json': {
    path: '/v1/images/edits',
    request: { model: 'dall-e-2', n: '2', size: '512x512' },
    facts: { requestModel: 'dall-e-2', usage: { images: 2, imageVariant: '512x512' } },
  },
  'image.sse': {
    path: '/v1/images/generations',
    facts: {
      sawContent: true,
      usage: {
        images: 1, imageVariant: '1024x1024', promptTokens: 50, completionTokens: 50, imageInputTokens: 40,
        imageOutputTokens: 50,
      },
    },
  },
  'moderation.json': { path: '/v1/moderations', facts: { responseModel: 'omni-moderation-latest' } },
}; // prettier-ignore

describe('OpenAI protocol', () => {
  for (const [file, { path, facts, request, host }] of Object.entries(CASES)) {
    it(`reads ${file}`, () => assert.deepEqual(read(path, file, request, host), facts));
  }

  it('has a case for every fixture', () => {
    assert.deepEqual(readdirSync(DIR).sort(), Object.keys(CASES).sort());
  });

  it('takes a variant of quality and size, and a default for what the request leaves out', () => {
    const facts: CallFacts = {};
    endpoint('/v1/images/generations').readRequest(
      { model: 'dall-e-3', quality: 'hd', size: '1024x1792' },
      facts,
    );
    assert.deepEqual(facts.usage, { images: 1, imageVariant: 'hd 1024x1792' });
  });

  it('counts a lone surrogate and a pair as a character each', () => {
    const facts: CallFacts = {};
    endpoint('/v1/audio/speech').readRequest({ input: 'a\ud83d b\u{1f600}\udc00' }, facts);
    assert.equal(facts.usage?.characters, 6);
  });

  it('tells the kind of a failure by its status, else by its words', () => {
    const failures: [unknown, string][] = [
      [{ code: 'rate_limit_exceeded' }, 'rate_limited'],
      [{ type: 'insufficient_quota', code: null }, 'rate_limited'],
      [{ code: 502, message: 'Bad gateway' }, 'server_error'],
      [{ code: '408' }, 'timeout'],
      [{ status: 404 }, 'client_error'],
      [{ code: 'vector_store_timeout' }, 'timeout'],
      [{ code: 'invalid_prompt' }, 'client_error'],
      [{ code: 'image_content_policy_violation' }, 'client_error'],
      [{ code: 'server_error' }, 'server_error'],
      [{ code: { valueOf: 1, toString: 1 } }, 'server_error'],
    ];
    for (const [error, status] of failures) {
      const facts: CallFacts = {};
      endpoint('/v1/chat/completions').readEvent({ error }, facts);
      assert.equal(facts.failure, status, JSON.stringify(error));
    }
  });

  it('does not take a role or an empty string for content', () => {
    const { readEvent } = endpoint(CHAT);
    const saw = (delta: unknown): boolean => {
      const facts: CallFacts = {};
      readEvent({ choices: [{ delta }] }, facts);
      return facts.sawContent === true;
    };
    assert.deepEqual(
      [{ role: 'assistant', content: '' }, { content: null, tool_calls: [] }, {}, null, 7].map(saw),
      [false, false, false, false, false],
    );
    assert.deepEqual(
      [{ content: 'a' }, { tool_calls: [{ index: 0 }] }, { reasoning_content: 'so' }, { refusal: 'no' }].map(
        saw,
      ),
      [true, true, true, true],
    );
  });

  describe('absurd answers', () => {
    const usageOf = (usage: unknown): CallFacts['usage'] => {
      const facts: CallFacts = {};
      endpoint(CHAT).readAnswer({ model: 'gpt-4o', usage }, facts);
      return facts.usage;
    };

    it('drops field by field', () => {
      assert.deepEqual(
        usageOf({ prompt_tokens: '12', completion_tokens: 3, prompt_tokens_details: { cached_tokens: 1 } }),
        { completionTokens: 3 },
      );
      assert.deepEqual(
        usageOf({
          prompt_tokens: 5,
          completion_tokens: -3,
          prompt_tokens_details: { cached_tokens: 6, audio_tokens: NaN },
        }),
        { promptTokens: 5 },
      );
      for (const junk of [1e308, Infinity, -0.5, 1.5, null, [], {}, '', true, 2 ** 60]) {
        assert.equal(usageOf({ prompt_tokens: junk, completion_tokens: junk }), undefined, String(junk));
        assert.equal(usageOf(junk), undefined);
      }
    });

    it('drops a part that is more than its whole', () => {
      assert.deepEqual(
        usageOf({
          input_tokens: 5,
          output_tokens: 2,
          input_tokens_details: { cached_tokens: 6, cache_write_tokens: 5, audio_tokens: 1e6 },
          output_tokens_details: { reasoning_tokens: 3, audio_tokens: 2 },
        }),
        { promptTokens: 5, completionTokens: 2, cacheWriteTokens: 5, audioOutputTokens: 2 },
      );
    });

    it('never throws and never lets junk through, whatever is sent', () => {
      const keys = [
        'usage', 'choices', 'model', 'error', 'type', 'response', 'delta', 'data', 'n', 'size', 'input', 'duration',
        'prompt_tokens', 'completion_tokens', 'input_tokens', 'total_tokens', 'prompt_tokens_details', 'cached_tokens',
        'output_tokens_details', 'reasoning_tokens', 'cost', 'seconds', 'x_groq', 'service_tier', '__proto__', 'code',
      ]; // prettier-ignore
      const { tree } = fc.letrec((tie) => ({
        tree: fc.oneof(
          { maxDepth: 5, withCrossShrink: true },
          fc.constantFrom(null, true, '', 'response.failed', 'x'.repeat(300), -1, 0, 7, 1.5, 1e308),
          fc.array(tie('tree'), { maxLength: 3 }),
          fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 8 }),
        ),
      }));
      const paths = [
        'chat/completions',
        'responses',
        'embeddings',
        'audio/speech',
        'audio/transcriptions',
        'images/edits',
      ];
      fc.assert(
        fc.property(tree, fc.constantFrom(...paths), (junk, path) => {
          const facts: CallFacts = {};
          // As a tap gets it: parsed from text.
          const body = JSON.parse(JSON.stringify(junk)) as unknown;
          const { readRequest, readAnswer, readEvent } = endpoint(`/v1/${path}`);
          readRequest(body, facts);
          readAnswer(body, facts);
          readEvent(body, facts);
          for (const [key, value] of Object.entries(facts.usage ?? {})) {
            if (key === 'imageVariant') assert.ok((value as string).length <= 128);
            else assert.ok((value as number) >= 0 && (value as number) <= 1e9, `${key}: ${String(value)}`);
          }
          for (const text of [facts.requestModel, facts.responseModel, facts.serviceTier]) {
            assert.ok(text === undefined || (text.length > 0 && text.length <= 128));
          }
        }),
        { numRuns: 2_000 },
      );
    });
  });
});
