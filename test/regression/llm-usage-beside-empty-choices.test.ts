/** The usage of a streamed chat comes in an event with `choices: []`; who read `choices[0]` threw there or lost it. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../src/llm/providers/index.js';
import type { CallFacts } from '../../src/llm/types.js';

const read = (events: readonly unknown[]): CallFacts => {
  const facts: CallFacts = {};
  for (const event of events) findEndpoint('api.openai.com', '/v1/chat/completions')?.readEvent(event, facts);
  return facts;
};

describe('usage beside empty choices', () => {
  const usage = { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 };

  it('is read', () => {
    const events = [
      { model: 'gpt-4o', choices: [{ delta: { content: 'Hi' } }], usage: null },
      { model: 'gpt-4o', choices: [], usage },
    ];
    assert.deepEqual(read(events).usage, { promptTokens: 19, completionTokens: 10 });
  });

  it('is read where choices are null or missing, and where every event tells the sum so far', () => {
    assert.deepEqual(read([{ choices: null, usage }]).usage, { promptTokens: 19, completionTokens: 10 });
    assert.deepEqual(read([{ usage }]).usage, { promptTokens: 19, completionTokens: 10 });
    const growing = [1, 2, 3].map((completion_tokens) => ({
      choices: [],
      usage: { prompt_tokens: 7, completion_tokens },
    }));
    assert.deepEqual(read(growing).usage, { promptTokens: 7, completionTokens: 3 });
  });

  it('is not needed: an answer may have none, or null', () => {
    assert.deepEqual(read([{ choices: [] }, { choices: [], usage: null }, null, 7, 'text', []]), {});
  });
});
