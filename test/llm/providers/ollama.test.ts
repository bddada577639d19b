/** Every reply of test/fixtures/llm/ollama, read as a tap reads it. They follow Ollama's API reference. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { endpointAt, readFixture, readsAnyJunk } from '../../support/llm-provider.js';

const HOST = 'localhost:11434';
const USED = { stream: true, responseModel: 'llama3.2', usage: { promptTokens: 26, completionTokens: 282 } };

const CASES: Record<string, { path: string; facts: CallFacts }> = {
  'chat.json': { path: '/api/chat', facts: USED },
  'chat.ndjson': { path: '/api/chat', facts: { ...USED, sawContent: true, done: true } },
  'generate.ndjson': {
    path: '/api/generate',
    facts: {
      stream: true, responseModel: 'qwen3', sawContent: true, done: true, usage: { promptTokens: 9, completionTokens: 12 },
    },
  },
  'embed.json': { path: '/api/embed', facts: { responseModel: 'all-minilm', usage: { promptTokens: 8 } } },
  'error.json': { path: '/api/chat', facts: { stream: true, failure: 'server_error' } },
  'stream-error.ndjson': {
    path: '/api/chat',
    facts: { stream: true, responseModel: 'llama3.2', sawContent: true, done: true, failure: 'server_error' },
  },
}; // prettier-ignore

describe('ollama', () => {
  for (const [file, { path, facts }] of Object.entries(CASES)) {
    it(`reads ${file}`, () => {
      assert.deepEqual(readFixture(endpointAt(HOST, path), `ollama/${file}`), facts);
    });
  }

  it('streams unless told otherwise', () => {
    const facts: CallFacts = {};
    endpointAt(HOST, '/api/chat').readRequest({ model: 'llama3.2', messages: [], stream: false }, facts);
    assert.deepEqual(facts, { requestModel: 'llama3.2' });
  });

  it('is itself at any host, and at its port in any protocol', () => {
    for (const host of [HOST, 'ollama.com', 'gpu.internal:8000', '127.0.0.1'])
      assert.equal(findEndpoint(host, '/api/generate')?.provider, 'ollama', host);
    assert.equal(findEndpoint('127.0.0.1:11434', '/v1/chat/completions')?.provider, 'ollama');
    assert.equal(findEndpoint('127.0.0.1:1143', '/v1/chat/completions')?.provider, 'openai_compatible');
    assert.equal(findEndpoint(HOST, '/api/embeddings')?.provider, 'ollama');
    for (const path of ['/api/pull', '/api/show', '/api/web_search', '/rest/chat', '/api/chat/7'])
      assert.equal(findEndpoint(HOST, path), undefined, path);
  });

  it('takes at another host only what has the form of its requests', () => {
    const isCall = (host: string, path: string, body: unknown): boolean => {
      const facts: CallFacts = {};
      endpointAt(host, path).readRequest(body, facts);
      return facts.isNoCall !== true;
    };
    const model = 'llama3.2';
    const calls: [string, object][] = [
      ['/api/chat', { model, messages: [] }], ['/api/generate', { model }], ['/api/generate', { model, prompt: 'Hi' }],
      ['/api/embed', { model, input: ['a'] }],
    ]; // prettier-ignore
    for (const [path, body] of calls) assert.equal(isCall('gpu', path, body), true, path);
    const others: [string, unknown][] = [
      ['/api/chat', { id: 7, messages: [{}] }], ['/api/chat', { model, text: 'Hi' }], ['/api/generate', { report: 7 }],
      ['/api/generate', { model, prompt: 7 }], ['/api/embed', { url: 'x' }], ['/api/chat', undefined], ['/api/chat', [1]],
    ]; // prettier-ignore
    for (const [path, body] of others) assert.equal(isCall('app', path, body), false, JSON.stringify(body));
    assert.equal(isCall(HOST, '/api/chat', undefined), true);
  });

  it('never throws and never lets junk through, whatever is sent', () => {
    readsAnyJunk([endpointAt(HOST, '/api/chat'), endpointAt('unknown', '/api/embed')], [
      'model', 'messages', 'message', 'content', 'thinking', 'tool_calls', 'response', 'done', 'error', 'stream',
      'prompt_eval_count', 'eval_count',
    ]); // prettier-ignore
  });
});
