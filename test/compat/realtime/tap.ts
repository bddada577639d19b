/** The tap on sockets as index.ts puts it in, once in this process; each test reads what came since it began. */
import assert from 'node:assert/strict';
import { createPricer } from '../../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../../src/llm/prices/table.js';
import { createRecorder } from '../../../src/llm/record.js';
import { createCallLog } from '../../../src/llm/taps/call.js';
import { tapHttpClient } from '../../../src/llm/taps/client.js';
import { tapSockets, type SocketTap } from '../../../src/llm/taps/socket.js';
import type { LlmEvent } from '../../../src/llm/types.js';
import { testContext, type TestContext } from '../../support/context.js';

export interface Measured {
  readonly tap: SocketTap;
  /** The events until now, without their times, which are checked to make sense. */
  told(): Partial<LlmEvent>[];
  /** The same events as series, with their cost. */
  series(): TestContext;
  /** Begins anew. */
  reset(): void;
  /** Once there are so many events. */
  until(count: number): Promise<void>;
}

let only: Measured | undefined;

/** The same for every file of a run: a process has one tap. */
export const measureSockets = (): Measured => (only ??= createMeasured());

function createMeasured(): Measured {
  const test = testContext();
  const { guard, log } = test.context;
  let events: LlmEvent[] = [];
  let wake = (): void => {};
  const now = (): number => performance.now() / 1000;
  const record = (event: LlmEvent): void => {
    events.push(event);
    wake();
  };
  const calls = createCallLog({ guard, now, record });
  const tap = tapSockets({ calls, guard, log, now, record, opened: () => {} });
  tapHttpClient({ calls, guard, log, sockets: tap, config: { llmStreamUsage: [] } });
  return {
    tap,
    reset: () => void (events = []),
    told() {
      assert.deepEqual(test.errors, []);
      return events.map(({ duration, timeToFirstToken, ...event }) => {
        assert.ok(duration === undefined || (duration >= 0 && duration < 10), `duration ${duration}`);
        assert.ok((timeToFirstToken ?? 0) <= (duration ?? 0) && (timeToFirstToken ?? 0) >= 0);
        return { ...event, ...(timeToFirstToken !== undefined && { timeToFirstToken: 1 }) };
      });
    },
    series() {
      const series = testContext();
      const { emit, guard } = series.context;
      const pricer = createPricer({
        loadTable: loadPriceTable,
        supplement: SUPPLEMENT,
        overrides: new Map(),
        guard,
      });
      events.forEach(createRecorder({ emit, guard, pricer }));
      assert.deepEqual(series.errors, []);
      return series;
    },
    until: (count) =>
      new Promise((resolve) => {
        wake = () => events.length >= count && resolve();
        wake();
      }),
  };
}
