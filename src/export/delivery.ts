/** Reads the totals, sends them, and remembers how far the backend has them. When to do so is push.ts' affair. */
import type { Verdict } from './failures.js';
import { isBeyond, markOf, type Mark } from './mark.js';
import type { Otlp, PartialSuccess } from './otlp.js';
import type { Answer, PostRequest } from './post.js';
import type { Reader, Snapshot } from './reader.js';
import { backoffMs, MAX_RETRIES, type Attempt } from './run.js';
import type { Time } from './time.js';

export interface DeliveryOptions {
  readonly reader: Pick<Reader, 'collect' | 'collectSync'>;
  /** Called for the first push and not before: it loads OTel's serializers. */
  readonly otlp: () => Otlp;
  readonly judge: (answer: Answer, partial: PartialSuccess | undefined) => Verdict;
  readonly postSync: (request: PostRequest, timeoutMs: number) => Answer;
  /** The most one request may take. */
  readonly requestTimeoutMs: number;
  readonly time: Time;
}

export interface Delivery {
  /** Sends the totals of now, again while that makes sense; tells whether the backend took them. */
  send(attempt: Attempt): Promise<boolean>;
  /** Reads what {@link Delivery.sendSync} cannot: what the application recorded with meters of its own. */
  prepare(): Promise<void>;
  /** Sends the totals of now if any of them is unsent, before it returns. Makes one try. */
  sendSync(timeoutMs: number): void;
  /** Before this moment the backend asked not to be sent anything. Milliseconds since the epoch. */
  notBeforeMs(): number;
}

/** An observable instrument's callback that hangs must not stop everybody else's totals. */
const COLLECT_SHARE = 0.25;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { reader, otlp, time } = options;
  let sent: Mark = new Map();
  let prepared: Snapshot | undefined;
  let notBeforeMs = 0;

  function settle(snapshot: Snapshot, answer: Answer): Verdict {
    const isOk = 'status' in answer && answer.status >= 200 && answer.status < 300;
    const verdict = options.judge(answer, isOk ? otlp().partialSuccess(answer) : undefined);
    if (verdict.read) snapshot.delivered();
    if (verdict.sent) {
      sent = markOf(snapshot.metrics);
      prepared = undefined; // Older than what the backend has: totals must not go back.
    }
    notBeforeMs = time.nowMs() + (verdict.retryAfterMs ?? 0);
    return verdict;
  }

  /** Cells and foreign metrics; the cells alone when an application's own callback does not end. */
  function collect(timeoutMs: number): Promise<Snapshot> {
    return new Promise((resolve, reject) => {
      const timer = time.after(timeoutMs, () => resolve(reader.collectSync()));
      reader
        .collect()
        .then(resolve, reject)
        .finally(() => timer.cancel());
    });
  }

  /** What was prepared also holds foreign metrics, and will do unless something has been recorded since. */
  function collectLast(): Snapshot {
    const now = reader.collectSync();
    if (prepared === undefined || isBeyond(markOf(now.metrics), markOf(prepared.metrics))) return now;
    return prepared;
  }

  return {
    async send({ deadlineMs, sleep, signal }) {
      const snapshot = await collect((deadlineMs - time.nowMs()) * COLLECT_SHARE);
      const request = await otlp().request(snapshot.metrics);
      for (let retry = 0; ; retry++) {
        const leftMs = deadlineMs - time.nowMs();
        const answer = await otlp().send(request, Math.min(options.requestTimeoutMs, leftMs), signal);
        const verdict = settle(snapshot, answer);
        if (verdict.sent) return true;
        const waitMs = verdict.retryAfterMs ?? backoffMs(retry);
        const isLate = time.nowMs() + waitMs >= deadlineMs;
        if (!verdict.retryable || isLate || retry >= MAX_RETRIES || !(await sleep(waitMs))) return false;
        if (time.nowMs() >= deadlineMs) return false; // The machine slept longer.
      }
    },
    async prepare() {
      prepared = await reader.collect();
    },
    sendSync(timeoutMs) {
      const deadlineMs = time.nowMs() + timeoutMs;
      const snapshot = collectLast();
      if (!isBeyond(markOf(snapshot.metrics), sent)) return;
      const request = otlp().requestSync(snapshot.metrics);
      settle(snapshot, options.postSync(request, deadlineMs - time.nowMs()));
    },
    notBeforeMs: () => notBeforeMs,
  };
}
