import assert from 'node:assert/strict';
import { mayAskForUsage } from '../../../src/llm/taps/begin.js';
import { findEndpoint } from '../../../src/llm/providers/index.js';

const may = (host: string, llmStreamUsage: string[] = [], path = '/v1/chat/completions'): boolean =>
  mayAskForUsage(findEndpoint(host, path)!, host, { llmStreamUsage });

describe('the hosts that are asked for usage', () => {
  it('are OpenAI and those named, with or without their port', () => {
    assert.deepEqual(['api.openai.com', 'eu.api.openai.com', 'api.openai.com:443'].map((host) => may(host)), [true, true, true]); // prettier-ignore
    assert.deepEqual(['api.groq.com', 'api.openai.com.evil.test', 'notapi.openai.com', 'x'].map((host) => may(host)), [false, false, false, false]); // prettier-ignore
    assert.deepEqual([may('llm.test:8000', ['llm.test']), may('llm.test:8000', ['llm.test:8000']), may('llm.test:8000', ['llm.test:9'])], [true, true, false]); // prettier-ignore
  });

  it('are none where it is switched off, and only for chats', () => {
    assert.deepEqual(
      [may('api.openai.com', ['off']), may('api.openai.com', [], '/v1/responses')],
      [false, false],
    );
  });
});
