/** Every reply of test/fixtures/llm/anthropic, read as a tap reads it. They follow the Messages reference. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { endpointAt, readFixture, readsAnyJunk } from '../../support/llm-provider.js';

const PATH = '/v1/messages';
const messages = endpointAt('api.anthropic.com', PATH);
const VERTEX = '/v1/projects/p/locations/global/publishers/anthropic/models/';

const SONNET = { responseModel: 'claude-sonnet-4-5-20250929' };
const CASES: Record<string, CallFacts> = {
  'message.json': {
    ...SONNET, serviceTier: 'standard',
    usage: {
      promptTokens: 20_321, completionTokens: 393, cachedTokens: 18_000, cacheWriteTokens: 2300, cacheWrite1hTokens: 2000,
      reasoningTokens: 120,
    },
  },
  'message-plain.json': {
    responseModel: 'claude-3-7-sonnet-20250219', usage: { promptTokens: 12, completionTokens: 6 },
  },
  'message-fast-us.json': {
    responseModel: 'claude-opus-5-5', serviceTier: 'fast us',
    usage: { promptTokens: 100, completionTokens: 50, cachedTokens: 0, cacheWriteTokens: 0 },
  },
  'message-web-search.json': {
    ...SONNET, serviceTier: 'standard',
    usage: { promptTokens: 6039, completionTokens: 931, cachedTokens: 0, cacheWriteTokens: 0, webSearches: 3 },
  },
  // What the provider used to shorten the conversation, and tells only in `iterations`, is billed too.
  'message-compaction.json': {
    responseModel: 'claude-opus-4-6',
    usage: { promptTokens: 203_300, completionTokens: 4500, cachedTokens: 178_000, cacheWriteTokens: 500, cacheWrite1hTokens: 500 },
  },
  'error.json': { failure: 'rate_limited' },
  'stream.sse': {
    ...SONNET, serviceTier: 'standard', sawContent: true, done: true,
    usage: {
      promptTokens: 1325, completionTokens: 15, cachedTokens: 1000, cacheWriteTokens: 300, cacheWrite1hTokens: 200,
    },
  },
  'stream-thinking.sse': {
    responseModel: 'claude-opus-5-5', serviceTier: 'priority', sawContent: true, done: true,
    usage: { promptTokens: 50, completionTokens: 310, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 290 },
  },
  // The prompt grew by what was found: the last event tells its whole length.
  'stream-web-search.sse': {
    ...SONNET, sawContent: true, done: true,
    usage: { promptTokens: 10_682, completionTokens: 510, cachedTokens: 0, cacheWriteTokens: 0, webSearches: 1 },
  },
  'stream-error.sse': {
    ...SONNET, sawContent: true, done: true, failure: 'server_error', usage: { promptTokens: 25, completionTokens: 1 },
  },
}; // prettier-ignore

describe('anthropic', () => {
  for (const [file, facts] of Object.entries(CASES)) {
    it(`reads ${file}`, () => assert.deepEqual(readFixture(messages, `anthropic/${file}`), facts));
  }

  it('reads the request', () => {
    const facts: CallFacts = {};
    messages.readRequest({ model: 'claude-opus-5-5', stream: true, max_tokens: 5, messages: [] }, facts);
    assert.deepEqual(facts, { requestModel: 'claude-opus-5-5', stream: true });
  });

  it('knows its paths, and the provider by the host', () => {
    const provider = (host: string, path = PATH): string | undefined => findEndpoint(host, path)?.provider;
    assert.equal(provider('api.anthropic.com'), 'anthropic');
    assert.equal(provider('acme.services.ai.azure.com', '/anthropic/v1/messages'), 'anthropic');
    assert.equal(provider('openrouter.ai', '/api/v1/messages'), 'openrouter');
    assert.equal(provider('127.0.0.1:8080', '/proxy/v1/messages'), 'openai_compatible');
    assert.equal(provider('aiplatform.googleapis.com', `${VERTEX}claude-opus-5-5:rawPredict`), 'anthropic');
    for (const path of [
      '/v1/messages/count_tokens', '/v1/messages/batches', '/v1/threads/t/messages', '/messages',
      `${VERTEX}count-tokens:rawPredict`, '/v1/projects/p/locations/l/publishers/other/models/m:rawPredict',
    ]) assert.equal(provider('api.anthropic.com', path), undefined, path);
  }); // prettier-ignore

  it("takes the model from Vertex' path, where the body has none", () => {
    const facts: CallFacts = {};
    endpointAt('host', `${VERTEX}claude-sonnet-4-5@20250929:streamRawPredict`).readRequest(
      { anthropic_version: 'vertex-2023-10-16', stream: true },
      facts,
    );
    assert.deepEqual(facts, { requestModel: 'claude-sonnet-4-5@20250929', stream: true });
  });

  it('takes for a call at an unknown host only what speaks of a model', () => {
    const isCall = (host: string, body: unknown): boolean => {
      const facts: CallFacts = {};
      endpointAt(host, PATH).readRequest(body, facts);
      return facts.isNoCall !== true;
    };
    const call = { model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'Hi' }] };
    assert.equal(isCall('messenger.example', call), true);
    assert.equal(isCall('messenger.example', { to: '33600000000', text: 'Hi', channel: 'sms' }), false);
    assert.equal(isCall('messenger.example', { messages: call.messages }), false);
    assert.equal(isCall('messenger.example', undefined), false);
    assert.equal(isCall('api.anthropic.com', undefined), true);
  });

  it('tells the kind of a failure', () => {
    const kinds: Record<string, string> = {
      rate_limit_error: 'rate_limited', overloaded_error: 'server_error', api_error: 'server_error',
      timeout_error: 'timeout', invalid_request_error: 'client_error', authentication_error: 'client_error',
      permission_error: 'client_error', not_found_error: 'client_error', billing_error: 'client_error',
      request_too_large: 'client_error',
    }; // prettier-ignore
    for (const [type, status] of Object.entries(kinds)) {
      const facts: CallFacts = {};
      messages.readEvent({ type: 'error', error: { type, message: 'x' } }, facts);
      assert.equal(facts.failure, status, type);
    }
  });

  it('takes no empty block and no signature for content, but the name of a tool', () => {
    const saw = (event: object): boolean => {
      const facts: CallFacts = {};
      messages.readEvent(event, facts);
      return facts.sawContent === true;
    };
    const start = (content_block: unknown) => saw({ type: 'content_block_start', index: 0, content_block });
    const delta = (part: unknown) => saw({ type: 'content_block_delta', index: 0, delta: part });
    assert.equal(start({ type: 'text', text: '' }), false);
    assert.equal(start({ type: 'thinking', thinking: '' }), false);
    assert.equal(start({ type: 'tool_use', id: 't', name: 'f', input: {} }), true);
    assert.equal(delta({ type: 'text_delta', text: '' }), false);
    assert.equal(delta({ type: 'signature_delta', signature: 'abc' }), false);
    assert.equal(delta({ type: 'input_json_delta', partial_json: '{"a' }), true);
    assert.equal(saw({ type: 'ping' }), false);
  });

  it('never throws and never lets junk through, whatever is sent', () => {
    readsAnyJunk([messages, endpointAt('unknown', PATH)], [
      'message', 'usage', 'type', 'error', 'model', 'delta', 'content_block', 'input_tokens', 'output_tokens',
      'cache_read_input_tokens', 'cache_creation_input_tokens', 'cache_creation', 'ephemeral_1h_input_tokens', 'iterations',
      'output_tokens_details', 'thinking_tokens', 'server_tool_use', 'web_search_requests', 'service_tier', 'inference_geo',
    ]); // prettier-ignore
  });
});
