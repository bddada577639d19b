/** The taps as start.ts puts them together, with the events they give in a list. */
import assert from 'node:assert/strict';
import { createCallLog, type CallLog } from '../../src/llm/taps/call.js';
import { tapFetch } from '../../src/llm/taps/fetch.js';
import { createLater, type Later } from '../../src/llm/taps/later.js';
import type { TapOptions } from '../../src/llm/taps/begin.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext, type TestContext } from './context.js';

export interface TestTap {
  readonly events: LlmEvent[];
  readonly calls: CallLog;
  readonly later: Later;
  readonly options: TapOptions;
  readonly test: TestContext;
  /** Node's fetch with the tap in it. */
  readonly fetch: typeof fetch;
  /** The only event there is; fails when there is another number of them, or when the guard had to step in. */
  only(): LlmEvent;
}

export interface TestTapOptions {
  /** Hosts that are asked for usage, as `INTELIA_LLM_STREAM_USAGE` names them. */
  readonly ask?: readonly string[];
  /** Monotonic seconds; the real clock unless given. */
  readonly now?: () => number;
  readonly original?: typeof fetch;
}

export function testTap({ ask = [], now, original = fetch }: TestTapOptions = {}): TestTap {
  const test = testContext();
  const { guard, log } = test.context;
  const events: LlmEvent[] = [];
  const base = {
    guard,
    now: now ?? (() => performance.now() / 1000),
    record: (event: LlmEvent) => void events.push(event),
  };
  // Sums of batches are settled by hand.
  const later = createLater({ ...base, schedule: () => {} });
  const calls = createCallLog({ ...base, later });
  const options: TapOptions = { calls, later, guard, log, config: { llmStreamUsage: ask } };
  return {
    events,
    calls,
    later,
    options,
    test,
    fetch: tapFetch(original, options) as typeof fetch,
    only() {
      assert.deepEqual(test.errors, []);
      assert.equal(events.length, 1, `one event, not ${JSON.stringify(events)}`);
      return events[0] as LlmEvent;
    },
  };
}
