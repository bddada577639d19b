/** Every reply of test/fixtures/llm/mistral, read as a tap reads it. They follow the reference of Mistral's API. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { assertCost, quote } from '../../support/list-prices.js';
import { endpointAt, readFixture, readsAnyJunk } from '../../support/llm-provider.js';

const HOST = 'api.mistral.ai';
const TURN = '/v1/conversations';
const AGENT = '/v1/agents/completions';

const CASES: Record<string, { path: string; facts: CallFacts }> = {
  // What the web search gave the model is prompt.
  'conversation.json': {
    path: TURN,
    facts: { responseModel: 'mistral-medium-2505', usage: { promptTokens: 177 + 3929, completionTokens: 134 } },
  },
  'conversation.sse': {
    path: `${TURN}/conv_1`,
    facts: {
      responseModel: 'mistral-medium-2505', sawContent: true, done: true,
      usage: { promptTokens: 18, completionTokens: 7 },
    },
  },
  'conversation-error.sse': {
    path: `${TURN}/conv_1/restart`,
    facts: { responseModel: 'mistral-medium-2505', sawContent: true, done: true, failure: 'rate_limited' },
  },
  'ocr.json': { path: '/v1/ocr', facts: { responseModel: 'mistral-ocr-2512-completion', usage: { pages: 29 } } },
  'agent.json': {
    path: AGENT,
    facts: { responseModel: 'mistral-medium-latest', usage: { promptTokens: 24, completionTokens: 27 } },
  },
  'agent.sse': {
    path: AGENT,
    facts: {
      responseModel: 'mistral-medium-latest', sawContent: true, usage: { promptTokens: 24, completionTokens: 27 },
    },
  },
}; // prettier-ignore

describe('mistral', () => {
  for (const [file, { path, facts }] of Object.entries(CASES)) {
    it(`reads ${file}`, () => assert.deepEqual(readFixture(endpointAt(HOST, path), `mistral/${file}`), facts));
  }

  it('knows its paths, and those of OpenAI that are called alike are no calls', () => {
    const found = (host: string, path: string): string | undefined => {
      const endpoint = findEndpoint(host, path);
      return endpoint && `${endpoint.provider} ${endpoint.operation} ${endpoint.feature}`;
    };
    for (const path of [TURN, `${TURN}/conv_1`, `${TURN}/conv_1/restart`, AGENT])
      assert.equal(found(HOST, path), 'mistral chat chat', path);
    assert.equal(found(HOST, '/v1/ocr'), 'mistral ocr ocr');
    assert.equal(found(HOST, '/v1/fim/completions'), 'mistral completion chat');
    for (const path of [`${TURN}/conv_1/history`, `${TURN}/conv_1/messages`, '/v1/agents', '/v1/libraries/l/documents'])
      assert.equal(found(HOST, path), undefined, path);
    for (const path of [TURN, `${TURN}/conv_1`, `${TURN}/conv_1/items`, '/v1/ocr', '/v1/servers/s/restart']) {
      assert.equal(found('api.openai.com', path), undefined, path);
      assert.equal(found('127.0.0.1', path), undefined, path);
    }
  });

  it('is never asked for the usage of an agent: it tells by itself', () => {
    assert.equal(endpointAt(HOST, AGENT).streamOptions, undefined);
  });

  it('has documents priced by the page', () => {
    const { responseModel: model, usage } = readFixture(endpointAt(HOST, '/v1/ocr'), 'mistral/ocr.json');
    // https://docs.mistral.ai/models/ocr-3-25-12: 2 USD per thousand pages.
    assertCost(quote({ provider: 'mistral', operation: 'ocr', model, ...(usage && { usage }) }), (29 * 2) / 1000);
  });

  it('never throws and never lets junk through, whatever is sent', () => {
    readsAnyJunk([endpointAt(HOST, TURN), endpointAt(HOST, '/v1/ocr')], [
      'model', 'outputs', 'usage', 'prompt_tokens', 'completion_tokens', 'connector_tokens', 'type', 'code',
      'usage_info', 'pages_processed',
    ]); // prettier-ignore
  });
}); // prettier-ignore
