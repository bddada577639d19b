/** Reads the totals, sends them, and remembers how far the backend has them. When to do so is push.ts' affair. */
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Verdict } from './failures.js';
import type { CellReading } from '../metrics/reading.js';
import { isBeyond, markOf, type Mark } from './mark.js';
import type { Otlp } from './otlp.js';
import { readPartialSuccess, type PartialSuccess } from './partial.js';
import type { Answer, PostRequest } from './post.js';
import type { Reader } from './reader.js';
import { backoffMs, MAX_RETRIES, type Attempt } from './run.js';
import type { Time } from './time.js';

export interface DeliveryOptions {
  readonly reader: Pick<Reader, 'readCells' | 'collectForeign'>;
  /** Called for the first push and not before. */
  readonly otlp: () => Otlp;
  readonly judge: (answer: Answer, partial: PartialSuccess | undefined) => Verdict;
  readonly postSync: (request: PostRequest, timeoutMs: number) => Answer;
  /** The most one request may take. */
  readonly requestTimeoutMs: number;
  readonly time: Time;
}

export interface Delivery {
  /** Sends the totals of now, again while that makes sense; tells whether the backend took them. */
  send(attempt: Attempt, isLast: boolean): Promise<boolean>;
  /** Reads what {@link Delivery.sendSync} cannot: what the application recorded with meters of its own. */
  prepare(): Promise<void>;
  /** Sends the totals of now if any of them is unsent, before it returns. Makes one try. */
  sendSync(timeoutMs: number): void;
  /** Before this moment the backend asked not to be sent anything. Milliseconds since the epoch. */
  notBeforeMs(): number;
}

/** What is sent of one moment. */
interface Reading {
  readonly cells: CellReading;
  readonly foreign: ResourceMetrics | undefined;
  readonly mark: Mark;
}

/** An observable instrument's callback that hangs must not stop everybody else's totals. */
const COLLECT_SHARE = 0.25;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { reader, otlp, time } = options;
  let sent: Mark = new Map();
  let prepared: ResourceMetrics | undefined;
  let notBeforeMs = 0;

  function read(foreign: ResourceMetrics | undefined, isLast: boolean): Reading {
    const cells = reader.readCells(isLast);
    return { cells, foreign, mark: markOf(cells, foreign) };
  }

  function settle({ cells, mark }: Reading, answer: Answer): Verdict {
    const isOk = 'status' in answer && answer.status >= 200 && answer.status < 300;
    const verdict = options.judge(answer, isOk ? readPartialSuccess(answer) : undefined);
    if (verdict.read) cells.delivered();
    if (verdict.sent) {
      sent = mark;
      prepared = undefined; // Older than what the backend has: totals must not go back.
    }
    notBeforeMs = time.nowMs() + (verdict.retryAfterMs ?? 0);
    return verdict;
  }

  /** Nothing when an application's own callback does not end. */
  function collectForeign(timeoutMs: number): Promise<ResourceMetrics | undefined> {
    return new Promise((resolve, reject) => {
      const timer = time.after(timeoutMs, () => resolve(undefined));
      reader
        .collectForeign()
        .then(resolve, reject)
        .finally(() => timer.cancel());
    });
  }

  return {
    async send({ deadlineMs, sleep, signal }, isLast) {
      const foreign = await collectForeign((deadlineMs - time.nowMs()) * COLLECT_SHARE);
      const reading = read(foreign, isLast);
      const request = await otlp().request(reading.cells, foreign);
      for (let retry = 0; ; retry++) {
        const leftMs = deadlineMs - time.nowMs();
        const answer = await otlp().send(request, Math.min(options.requestTimeoutMs, leftMs), signal);
        const verdict = settle(reading, answer);
        if (verdict.sent) return true;
        const waitMs = verdict.retryAfterMs ?? backoffMs(retry);
        const isLate = time.nowMs() + waitMs >= deadlineMs;
        if (!verdict.retryable || isLate || retry >= MAX_RETRIES || !(await sleep(waitMs))) return false;
        if (time.nowMs() >= deadlineMs) return false; // The machine slept longer.
      }
    },
    async prepare() {
      prepared = await reader.collectForeign();
    },
    sendSync(timeoutMs) {
      const deadlineMs = time.nowMs() + timeoutMs;
      const reading = read(prepared, true);
      if (!isBeyond(reading.mark, sent)) return;
      const request = otlp().requestSync(reading.cells, reading.foreign);
      settle(reading, options.postSync(request, deadlineMs - time.nowMs()));
    },
    notBeforeMs: () => notBeforeMs,
  };
}
