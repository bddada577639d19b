/** A time of a background response that was an object without a primitive value was thrown at its reader. */
import assert from 'node:assert/strict';
import { readBackground } from '../../src/llm/providers/openai-background.js';
import type { CallFacts } from '../../src/llm/types.js';

describe('the times of a background response', () => {
  const said = { id: 'resp_1', status: 'completed' };
  for (const [times, seconds] of [
    [{ created_at: 100, completed_at: 142.5 }, 42.5],
    [{ created_at: 100 }, undefined],
    [{ created_at: { toString: 1, valueOf: null }, completed_at: 142 }, undefined],
    [{ created_at: null, completed_at: 142 }, undefined],
    [{ created_at: [100], completed_at: 142 }, undefined],
  ] as const) {
    it(`make ${seconds} seconds of ${JSON.stringify(times)}`, () => {
      const facts: CallFacts = {};
      readBackground({ ...said, ...times }, facts);
      assert.deepEqual(facts.background, { id: 'resp_1', isOver: true, seconds });
    });
  }
});
