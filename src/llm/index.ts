/** The LLM part, put together: taps → calls → record. */
import type { Config } from '../config.js';
import type { Hook } from '../context.js';
import type { Guard } from '../guard.js';
import type { Log } from '../log.js';
import type { Registry } from '../metrics/registry.js';
import { createCallLog, type CallLog } from './call.js';
import { tapHttpClient } from './client.js';
import { tapGlobalFetch } from './fetch.js';
import { createPricer } from './price.js';
import { readPriceFile } from './price-file.js';
import { SUPPLEMENT } from './prices/supplement.js';
import { loadPriceTable } from './prices/table.js';
import { createRecorder, type RecordLlm } from './record.js';

export interface Llm {
  /** Names, prices and measures a finished call. */
  readonly record: RecordLlm;
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
  const overrides = readPriceFile(config.llmPrices, log);
  const pricer = createPricer({ loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides, guard });
  const record = createRecorder({ emit: registry.emit, guard, pricer });
  let calls: CallLog | undefined;
  return {
    record,
    hook: function hookLlm({ now }) {
      const log = createCallLog({ now, guard, record });
      calls = {
        ...log,
        start(call) {
          pricer.warm();
          return log.start(call);
        },
      };
      const options = { calls, guard, config };
      tapGlobalFetch(options);
      tapHttpClient(options);
    },
    flushOpenCalls: () => calls?.flushOpenCalls(),
  };
}
