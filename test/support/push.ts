/** A push over a real registry and reader to a real receiver, with the clock and timers in the test's hand. */
import { readConfig } from '../../src/config.js';
import { createJudge } from '../../src/export/failures.js';
import { createOtlp } from '../../src/export/otlp.js';
import { createPush, type Push } from '../../src/export/push.js';
import { createReader, type Reader } from '../../src/export/reader.js';
import { otlpSettings } from '../../src/export/settings.js';
import type { Time, Timer } from '../../src/export/time.js';
import { testContext, type TestContext } from './context.js';

export interface FakeTime extends Time {
  /** Moves the clock, and runs what is due on the way, each at its own moment. */
  advance(ms: number): void;
  /** Timers that wait, the interval included. */
  pending(): number;
}

export function fakeTime(startMs = 1_700_000_000_000): FakeTime {
  interface Due {
    atMs: number;
    readonly everyMs: number | undefined;
    readonly work: () => void;
  }
  let nowMs = startMs;
  const timers = new Set<Due>();
  const add = (ms: number, everyMs: number | undefined, work: () => void): Timer => {
    const timer = { atMs: nowMs + ms, everyMs, work };
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  };
  const next = (untilMs: number): Due | undefined =>
    [...timers].filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
  return {
    nowMs: () => nowMs,
    after: (ms, work) => add(ms, undefined, work),
    every: (ms, work) => add(ms, ms, work),
    hold: (ms) => add(ms, undefined, () => {}),
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let timer = next(untilMs); timer !== undefined; timer = next(untilMs)) {
        nowMs = timer.atMs;
        if (timer.everyMs === undefined) timers.delete(timer);
        else timer.atMs += timer.everyMs;
        timer.work();
      }
      nowMs = untilMs;
    },
    pending: () => timers.size,
  };
}

export interface TestPush {
  readonly push: Push;
  readonly time: FakeTime;
  readonly test: TestContext;
  readonly reader: Reader;
  /** Failures counted so far, by reason. */
  failures(): Record<string, number>;
}

const open = new Set<{ push: Push; time: FakeTime }>();

/** Settings by their environment names. */
export function testPush(env: Record<string, string>, attributes = { 'service.name': 'test' }): TestPush {
  const test = testContext();
  const { guard, log, emit } = test.context;
  const config = readConfig(log.warnOnce, env);
  const settings = otlpSettings(config, log.warnOnce);
  if (settings === undefined) throw new Error('no OTLP backend is configured');
  const time = fakeTime();
  const reader = createReader({ registry: test.registry, attributes, nowMs: time.nowMs });
  const push = createPush({
    reader, guard, time,
    otlp: () => createOtlp(settings, attributes, log.warnOnce),
    judge: createJudge({ settings, emit, warn: log.warnOnce, nowMs: time.nowMs }),
    postSync: () => ({ code: 'INTERNAL' }),
    intervalMs: config.exportInterval,
    timeoutMs: config.exportTimeout,
    requestTimeoutMs: settings.timeoutMs,
  }); // prettier-ignore
  open.add({ push, time });
  const failures = (): Record<string, number> =>
    Object.fromEntries(
      Object.entries(test.series('intelia_otel_export_failures_total')).map(([labels, value]) => [
        labels.replace('reason=', ''),
        value,
      ]),
    );
  return { push, time, test, reader, failures };
}

/** Ends the pushes of a test whether their backend lives or not. */
export async function closePushes(): Promise<void> {
  for (const { push, time } of open) {
    const closed = push.shutdown(1000);
    time.advance(1000); // Cuts off what hangs.
    await closed;
  }
  open.clear();
}

/** Lets the loop turn until it is so; mocha's time-out is the end of its patience. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
