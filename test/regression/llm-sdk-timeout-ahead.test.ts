/**
 * The timer of an SDK starts before its request comes to the tap: where that took a millisecond more than the timer was
 * late, a call that the SDK gave up for its time limit was counted as cancelled by the caller.
 */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../src/llm/providers/index.js';
import { createCallLog } from '../../src/llm/taps/call.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext } from '../support/context.js';

const endpoint = findEndpoint('api.openai.com', '/v1/chat/completions')!;

describe('a call that is aborted about the time limit of its SDK', () => {
  for (const [seconds, status] of [
    [0.85, 'cancelled'],
    [0.999, 'timeout'],
    [1.001, 'timeout'],
  ] as const) {
    it(`after ${seconds} of 1 s: ${status}`, () => {
      let at = 0;
      const events: LlmEvent[] = [];
      const { context } = testContext({ now: () => at });
      const log = createCallLog({ ...context, record: (event) => void events.push(event) });
      const controller = new AbortController();
      const { signal } = controller;
      const call = log.start({ endpoint, feature: 'chat', isRetry: false, signal, timeLimit: 1 });
      at = seconds;
      controller.abort();
      call.error(signal.reason);
      assert.deepEqual(events.map((event) => event.status), [status]); // prettier-ignore
    });
  }
});
