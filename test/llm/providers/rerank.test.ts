/** Every reply of test/fixtures/llm/search: reranking and embeddings of those who sell what search stands on. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { assertCost, quote } from '../../support/list-prices.js';
import { endpointAt, readFixture, readsAnyJunk } from '../../support/llm-provider.js';

const CASES: Record<string, { host: string; path: string; facts: CallFacts }> = {
  'rerank-cohere.json': { host: 'api.cohere.com', path: '/v2/rerank', facts: { usage: { searchUnits: 2 } } },
  'rerank-voyage.json': {
    host: 'api.voyageai.com', path: '/v1/rerank', facts: { responseModel: 'rerank-2.5', usage: { promptTokens: 26 } },
  },
  'rerank-jina.json': {
    host: 'api.jina.ai', path: '/v1/rerank',
    facts: { responseModel: 'jina-reranker-v2-base-multilingual', usage: { promptTokens: 815 } },
  },
  'embeddings-voyage.json': {
    host: 'api.voyageai.com', path: '/v1/embeddings', facts: { responseModel: 'voyage-3.5', usage: { promptTokens: 10 } },
  },
  'embeddings-jina.json': {
    host: 'api.jina.ai', path: '/v1/embeddings',
    facts: { responseModel: 'jina-embeddings-v3', usage: { promptTokens: 6 } },
  },
}; // prettier-ignore

describe('reranking, and embeddings of Voyage and Jina', () => {
  for (const [file, { host, path, facts }] of Object.entries(CASES)) {
    it(`reads ${file}`, () => assert.deepEqual(readFixture(endpointAt(host, path), `search/${file}`), facts));
  }

  it('names who sells it', () => {
    const found = (host: string, path: string): string | undefined => {
      const endpoint = findEndpoint(host, path);
      return endpoint && `${endpoint.provider} ${endpoint.operation} ${endpoint.feature}`;
    };
    assert.equal(found('api.cohere.com', '/v2/rerank'), 'cohere rerank rerank');
    assert.equal(found('api.cohere.com', '/v1/rerank'), 'cohere rerank rerank');
    assert.equal(found('api.voyageai.com', '/v1/embeddings'), 'voyageai embeddings embeddings');
    assert.equal(found('gateway.example', '/v1/rerank'), 'openai_compatible rerank rerank');
    assert.equal(found('gateway.example', '/rerank'), undefined);
    assert.equal(findEndpoint('api.jina.ai', '/v1/rerank'), findEndpoint('api.jina.ai', '/v1/rerank'));
  });

  it('takes for a call at an unknown host only what ranks documents with a model', () => {
    const isCall = (host: string, body: unknown): boolean => {
      const facts: CallFacts = {};
      endpointAt(host, '/v1/rerank').readRequest(body, facts);
      return facts.isNoCall !== true;
    };
    const call = { model: 'bge-reranker-v2-m3', query: 'q', documents: ['a'] };
    assert.deepEqual([isCall('unknown', call), isCall('api.cohere.com', undefined)], [true, true]);
    for (const other of [{ list: 7 }, { ...call, model: undefined }, { ...call, documents: [] }, undefined])
      assert.equal(isCall('unknown', other), false);
  });

  it('has a price by the token, where the list has one', () => {
    // https://docs.voyageai.com/docs/pricing: 0.06 USD per million tokens.
    const call = { provider: 'voyageai', operation: 'embeddings', model: 'voyage-3.5', usage: { promptTokens: 1e6 } } as const;
    assertCost(quote(call), 0.06);
  });

  it('never throws and never lets junk through, whatever is sent', () => {
    readsAnyJunk([endpointAt('unknown', '/v1/rerank'), endpointAt('api.voyageai.com', '/v1/embeddings')], [
      'model', 'query', 'documents', 'meta', 'billed_units', 'search_units', 'usage', 'total_tokens', 'prompt_tokens',
    ]); // prettier-ignore
  });
}); // prettier-ignore
