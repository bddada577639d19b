/** Every reply of test/fixtures/llm/cohere, read as a tap reads it. They follow the reference of Cohere's v2, and of v1. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { endpointAt, readFixture, readsAnyJunk } from '../../support/llm-provider.js';

const HOST = 'api.cohere.com';
const CHAT = '/v2/chat';
const EMBED = '/v2/embed';

/** Billed units, as the invoice has them, not the longer `tokens`. */
const CASES: Record<string, { path: string; facts: CallFacts }> = {
  'chat.json': { path: CHAT, facts: { usage: { promptTokens: 5, completionTokens: 418, cachedTokens: 3 } } },
  'embed.json': { path: EMBED, facts: { usage: { promptTokens: 2 } } },
  'embed-image.json': { path: EMBED, facts: { usage: { promptTokens: 1200, imageInputTokens: 1200 } } },
  'chat-v1.json': { path: '/v1/chat', facts: { usage: { promptTokens: 7, completionTokens: 95 } } },
  'chat-v1.ndjson': {
    path: '/v1/chat', facts: { sawContent: true, done: true, usage: { promptTokens: 7, completionTokens: 95 } },
  },
  'generate-v1.json': { path: '/v1/generate', facts: { usage: { promptTokens: 8, completionTokens: 65 } } },
  'embed-v1.json': { path: '/v1/embed', facts: { usage: { promptTokens: 3 } } },
  'error.json': { path: CHAT, facts: {} },
  'stream.sse': {
    path: CHAT,
    facts: { sawContent: true, done: true, usage: { promptTokens: 3, completionTokens: 25, cachedTokens: 0 } },
  },
  'stream-error.sse': {
    path: CHAT,
    facts: {
      sawContent: true, done: true, failure: 'server_error', usage: { promptTokens: 3, completionTokens: 1 },
    },
  },
}; // prettier-ignore

describe('cohere', () => {
  for (const [file, { path, facts }] of Object.entries(CASES)) {
    it(`reads ${file}`, () => assert.deepEqual(readFixture(endpointAt(HOST, path), `cohere/${file}`), facts));
  }

  it('knows its paths alone', () => {
    const found = (host: string, path: string): string | undefined => {
      const endpoint = findEndpoint(host, path);
      return endpoint && `${endpoint.provider} ${endpoint.operation} ${endpoint.feature}`;
    };
    assert.equal(found(HOST, CHAT), 'cohere chat chat');
    assert.equal(found(HOST, EMBED), 'cohere embeddings embeddings');
    assert.equal(found('proxy.example', CHAT), 'openai_compatible chat chat');
    assert.equal(found(HOST, '/v1/chat'), 'cohere chat chat');
    assert.equal(found(HOST, '/v1/generate'), 'cohere completion chat');
    assert.equal(found(HOST, '/v1/embed'), 'cohere embeddings embeddings');
    for (const path of ['/chat', '/v2/generate', '/v2/tokenize', '/v1/tokenize', '/v2/embed-jobs'])
      assert.equal(found(HOST, path), undefined, path);
    for (const path of ['/v1/chat', '/v1/generate', '/v1/embed'])
      assert.equal(found('proxy.example', path), undefined, path);
  });

  it('takes for a call at an unknown host only what speaks of a model', () => {
    const isCall = (host: string, body: unknown): boolean => {
      const facts: CallFacts = {};
      endpointAt(host, CHAT).readRequest(body, facts);
      return facts.isNoCall !== true;
    };
    const call = { model: 'command-a-03-2025', messages: [{ role: 'user', content: 'Hi' }] };
    assert.deepEqual([isCall('unknown', call), isCall(HOST, undefined)], [true, true]);
    for (const other of [{ room: 7, text: 'Hi' }, { messages: ['Hi'] }, { model: 'suv' }, undefined])
      assert.equal(isCall('unknown', other), false);
  });

  it('takes a plan, thinking and a tool for content, and how it ended for what it is', () => {
    const after = (event: object): CallFacts => {
      const facts: CallFacts = {};
      endpointAt(HOST, CHAT).readEvent(event, facts);
      return facts;
    };
    for (const delta of [
      { tool_plan: 'I will' },
      { content: { thinking: 'so' } },
      { content: { text: 'a' } },
    ])
      assert.deepEqual(after({ type: 'content-delta', delta: { message: delta } }), { sawContent: true });
    assert.deepEqual(after({ type: 'tool-call-start', delta: {} }), { sawContent: true });
    assert.deepEqual(after({ type: 'content-start', delta: { message: { content: { text: '' } } } }), {});
    const timeout = { type: 'message-end', delta: { finish_reason: 'TIMEOUT' } };
    assert.deepEqual(after(timeout), { done: true, failure: 'timeout' });
    const first = { is_finished: true, event_type: 'stream-end', finish_reason: 'ERROR', response: {} };
    assert.deepEqual(after(first), { done: true, failure: 'server_error' });
    assert.deepEqual(after({ is_finished: false, event_type: 'tool-calls-chunk' }), { sawContent: true });
    assert.deepEqual(after({ is_finished: false, event_type: 'search-queries-generation' }), {});
  });

  it('never throws and never lets junk through, whatever is sent', () => {
    readsAnyJunk([endpointAt(HOST, CHAT), endpointAt('unknown', EMBED)], [
      'model', 'messages', 'usage', 'meta', 'billed_units', 'tokens', 'input_tokens', 'output_tokens', 'image_tokens',
      'cached_tokens', 'delta', 'message', 'content', 'type', 'finish_reason', 'error',
      'event_type', 'is_finished', 'response', 'text',
    ]); // prettier-ignore
  });
});
