/** The LLM part, put together: taps → calls → record. */
import type { Config } from '../config.js';
import type { Hook } from '../context.js';
import type { Guard } from '../guard.js';
import type { Log } from '../log.js';
import type { Registry } from '../metrics/registry.js';
import { hookBedrock } from './taps/bedrock.js';
import { createCallLog, type CallLog } from './taps/call.js';
import { tapHttpClient } from './taps/client.js';
import { tapGlobalFetch } from './taps/fetch.js';
import { createLater, type Later } from './taps/later.js';
import { createPricer } from './prices/price.js';
import { createPriceFile } from './prices/price-file.js';
import type * as Supplement from './prices/supplement.js';
import { loadPriceTable } from './prices/table.js';
import { createRecorder, type RecordLlm } from './record.js';
import { tapSockets, type SocketTap } from './taps/socket.js';
import { tapUndici } from './taps/undici.js';

export interface Llm {
  /** Names, prices and measures a finished call. */
  readonly record: RecordLlm;
  /** Hands every call that is recorded from now on to `other` as well. */
  alsoTo(other: RecordLlm): void;
  /** Puts the taps in. */
  readonly hook: Hook;
  /** Counts what is still under way, before the last totals are read. */
  flushOpenCalls(): void;
}

interface LlmOptions {
  readonly config: Config;
  readonly log: Log;
  readonly guard: Guard;
  readonly registry: Registry;
}

export function createLlm({ config, log, guard, registry }: LlmOptions): Llm {
  const own = createPriceFile({
    path: config.llmPrices,
    log,
    nowMs: Date.now,
    onChange: () => pricer.forget(),
  });
  const pricer = createPricer({
    guard,
    loadTable: loadPriceTable,
    get supplement() {
      return (require('./prices/supplement.js') as typeof Supplement).SUPPLEMENT;
    },
    overrides: own.rows,
    newer: own.newer,
  });
  let also: RecordLlm | undefined;
  const recordPriced = createRecorder({ emit: registry.emit, guard, pricer, also: (event) => also?.(event) });
  const record: RecordLlm = (event) => {
    void own.refresh();
    recordPriced(event);
  };
  let calls: CallLog | undefined;
  let later: Later | undefined;
  let sockets: SocketTap | undefined;
  return {
    record,
    alsoTo: (other) => void (also = guard.wrap('llm also', other)),
    hook: function hookLlm({ now }) {
      const fetched = (later = createLater({ now, guard, record, opened: () => pricer.warm() }));
      const called = createCallLog({ now, guard, record, later });
      calls = {
        ...called,
        start(call) {
          pricer.warm();
          void own.refresh();
          return called.start(call);
        },
      };
      sockets = tapSockets({ calls, guard, log, now, record, opened: () => pricer.warm() });
      const options = { calls, later: fetched, sockets, guard, log, config };
      tapGlobalFetch(options);
      tapUndici(options);
      tapHttpClient(options);
      hookBedrock(options);
    },
    flushOpenCalls() {
      calls?.flushOpenCalls();
      later?.settle();
      sockets?.flushOpenResponses();
    },
  };
}
