/** One push under way, which can be hurried or cut off, and the waits between its tries. */
import type { Time } from './time.js';

export interface Attempt {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Waits before another try; false when there shall be none. */
  sleep(ms: number): Promise<boolean>;
}

export interface Run {
  /** Whether the backend took the totals. Never rejects. */
  readonly done: Promise<boolean>;
  /** Ends it after the request under way, without a further try. */
  hurry(): void;
  /** Ends it now. */
  abort(): void;
}

/** As OTel's exporters do it. */
export const MAX_RETRIES = 5;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 5_000;

/** Half as much again each time, and ±20 % so that replicas do not march in step. */
export function backoffMs(retry: number): number {
  const jitter = 0.8 + Math.random() * 0.4;
  return Math.min(FIRST_BACKOFF_MS * 1.5 ** retry * jitter, MAX_BACKOFF_MS);
}

/** `onEnd` is called before `done` resolves. */
export function startRun(
  time: Time,
  timeoutMs: number,
  work: (attempt: Attempt) => Promise<boolean>,
  onEnd: () => void,
): Run {
  const controller = new AbortController();
  let hurried = false;
  let wake = (): void => {};
  const sleep = (ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      if (hurried) return resolve(false);
      const timer = time.after(ms, () => resolve(true));
      wake = () => (timer.cancel(), resolve(false));
    });
  const hurry = (): void => {
    hurried = true;
    wake();
  };
  const attempt = { deadlineMs: time.nowMs() + timeoutMs, signal: controller.signal, sleep };
  return { done: work(attempt).finally(onEnd), hurry, abort: () => (hurry(), controller.abort()) };
}
