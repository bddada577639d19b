/** What answers tell of tools, caches and costs beside their tokens. The shapes are those of openai 7.57 and docs.x.ai. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import { readResponse } from '../../../src/llm/providers/openai-realtime.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { assertCost, quote } from '../../support/list-prices.js';

const TOKENS = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 };
const search = (type: string, status = 'completed') => ({
  ...{ type: 'web_search_call', id: 'ws_1', status },
  action: { type, query: 'a', queries: ['a', 'b'] },
});
const OUTPUT = [
  search('search'),
  search('open_page'),
  search('find_in_page'),
  search('search'),
  search('search', 'failed'),
  { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['a', 'b'], results: null },
  { type: 'message', content: [] },
];

function read(path: string, answer: unknown, { host = 'api.openai.com', event = false } = {}): CallFacts {
  const endpoint = findEndpoint(host, path);
  assert.ok(endpoint);
  const facts: CallFacts = {};
  if (event) endpoint.readEvent(answer, facts);
  else endpoint.readAnswer(answer, facts);
  return facts;
}

describe("OpenAI's tools", () => {
  const response = { model: 'gpt-5.4', service_tier: 'default', output: OUTPUT, usage: TOKENS };

  it('counts searches, not pages opened, and calls of file search', () => {
    const { usage } = read('/v1/responses', response);
    assert.deepEqual([usage?.webSearches, usage?.fileSearches], [2, 1]);
    assertCost(
      quote({ model: 'gpt-5.4', usage: usage ?? {} }),
      (1000 * 2.5 + 100 * 15) / 1e6 + 2 * 0.01 + 0.0025,
    );
  });

  it('the last event of a stream and of a socket tell the same', () => {
    const first = { type: 'response.created', response: { model: 'gpt-5.4', output: [], usage: null } };
    assert.equal(read('/v1/responses', first, { event: true }).usage?.webSearches, undefined);
    const last = { type: 'response.completed', response };
    assert.equal(read('/v1/responses', last, { event: true }).usage?.webSearches, 2);
    const facts: CallFacts = {};
    readResponse(last, facts);
    assert.equal(facts.usage?.webSearches, 2);
  });

  it('what OpenAI says it bills wins, also none', () => {
    const told = (num_requests: unknown) =>
      read('/v1/responses', { ...response, tool_usage: { image_gen: {}, web_search: { num_requests } } })
        .usage;
    assert.equal(told(1)?.webSearches, 1);
    assert.equal(told(0)?.webSearches, undefined);
    assert.equal(told('junk')?.webSearches, 2);
  });

  it('keeps junk away', () => {
    for (const output of [null, 7, 'x', [null], [{}], [{ type: 'web_search_call' }], [[search('search')]]])
      assert.equal(read('/v1/responses', { ...response, output }).usage?.webSearches, undefined);
  });
});

describe('a cache of 12 hours', () => {
  const usage = {
    ...TOKENS,
    input_tokens_details: {
      ...{ cached_tokens: 200, cache_write_tokens: 700 },
      cache_write_tokens_details: { ttl_30m_tokens: 500, ttl_12h_tokens: 200 },
    },
  };

  it('is told and priced', () => {
    const facts = read('/v1/responses', { model: 'gpt-6.2-sol', usage });
    assert.equal(facts.usage?.cacheWrite1hTokens, 200);
    const usd = (100 * 2 + 200 * 0.1 + 500 * 2.5 + 200 * 5 + 100 * 10) / 1e6;
    assertCost(quote({ model: 'gpt-6.2-sol', usage: facts.usage ?? {} }), usd);
  });
});

describe('the cost that xAI states', () => {
  const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 41 };
  const stated = (ticks: unknown) =>
    read('/v1/chat/completions', { model: 'grok-4.7', usage: { ...usage, cost_in_usd_ticks: ticks } }, { host: 'api.x.ai' })
      .costUsd; // prettier-ignore

  it('is in ten-billionths of a dollar', () => {
    assert.equal(stated(37_756_000), 0.0037756);
    assert.equal(stated(200_000_000), 0.02);
    assert.equal(stated(25_000_000_000), 2.5);
    assert.equal(stated(0), 0);
  });

  it('is not there when it is junk', () => {
    for (const ticks of [undefined, null, '37756000', -1, NaN, Infinity, {}])
      assert.equal(stated(ticks), undefined);
  });

  it('wins over the list, also of a batch, which has no price in it', () => {
    const call = { provider: 'x-ai', model: 'grok-4.7', operation: 'batch' } as const;
    assert.deepEqual(quote({ ...call, usage: { promptTokens: 32 } }), { reason: 'unknown_model' });
    assertCost(quote({ ...call, usage: { promptTokens: 32 }, costUsd: 0.0037756 }), 0.0037756);
  });
});
