/** Node's http client is tapped once in a process; the test that runs says which tap gets what is seen. */
import assert from 'node:assert/strict';
import { tapHttpClient } from '../../src/llm/taps/client.js';
import type { LlmEvent } from '../../src/llm/types.js';
import type { TestTap } from './llm-tap.js';

let current: TestTap | undefined;

/** From now on requests over Node's http client are this tap's, whichever file put one in before. */
export function useHttpTap(tap: TestTap): void {
  const isFirst = current === undefined;
  current = tap;
  const now = (): TestTap => current as TestTap;
  if (!isFirst) return;
  tapHttpClient({
    guard: tap.options.guard,
    log: tap.options.log,
    calls: {
      start: (call) => now().calls.start(call),
      abandonWith: (body, call) => now().calls.abandonWith(body, call),
      flushOpenCalls: () => now().calls.flushOpenCalls(),
    },
    get later() {
      return now().later;
    },
    get config() {
      return now().options.config;
    },
  });
}

/**
 * The calls recorded, once there are `count` of them: a copy may still be inflating when the caller has all. Fails
 * after five seconds; a loop without an end would outlive its test and keep a core busy for good.
 */
export async function recorded(tap: TestTap, count = 1): Promise<LlmEvent[]> {
  const end = performance.now() + 5000;
  while (tap.events.length < count) {
    assert.ok(performance.now() < end, `${count} calls, not ${JSON.stringify(tap.events)}`);
    await new Promise(setImmediate);
  }
  return tap.events;
}
