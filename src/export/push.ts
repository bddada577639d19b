/**
 * Pushes totals: every interval, when asked to, and one last time. One push at a time, each with the totals of its
 * moment; nothing is queued, so a backend that is away costs no memory and, once back, is told all.
 */
import type { Guard } from '../guard.js';
import { createDelivery, type DeliveryOptions } from './delivery.js';
import type { Otlp } from './otlp.js';
import { startRun, type Attempt, type Run } from './run.js';
import { REAL_TIME, type Time } from './time.js';

export interface PushOptions extends Omit<DeliveryOptions, 'time'> {
  readonly guard: Guard;
  readonly intervalMs: number;
  /** The most one push may take, retries included. */
  readonly timeoutMs: number;
  readonly time?: Time;
}

export interface FlushOptions {
  /** Whether the process is held open meanwhile: true unless told not to. */
  readonly hold?: boolean;
  /** Nothing will follow, so gauges are taken back. */
  readonly isLast?: boolean;
}

export interface Push {
  /**
   * Sends the totals of now, within `timeoutMs` and with retries; tells whether the backend took them. Never rejects.
   */
  flush(timeoutMs?: number, options?: FlushOptions): Promise<boolean>;
  /** Reads what {@link Push.flushSync} cannot: what the application recorded with meters of its own. */
  prepare(): void;
  /** Sends the totals of now if any of them is unsent, before it returns. Makes one try. For `exit` alone. */
  flushSync(timeoutMs: number): void;
  /** Ends the interval, flushes, and closes the connection. */
  shutdown(timeoutMs?: number): Promise<boolean>;
}

export function createPush(options: PushOptions): Push {
  const { guard, time = REAL_TIME } = options;
  let loaded: Otlp | undefined;
  let running: Run | undefined;
  const otlp = (): Otlp => (loaded ??= options.otlp());
  const delivery = createDelivery({ ...options, otlp, time });

  const work = (attempt: Attempt, isLast: boolean): Promise<boolean> =>
    delivery.send(attempt, isLast).catch((error: unknown) => {
      guard.report('push', error);
      options.judge({ code: 'INTERNAL' }, undefined);
      return false;
    });
  const start = (timeoutMs: number, isLast = false): Run =>
    (running = startRun(
      time,
      timeoutMs,
      (attempt) => work(attempt, isLast),
      () => (running = undefined),
    ));

  /** Gives a push under way half of the time; then it is cut off, since a new connection may fare better. */
  async function startNext(timeoutMs: number, isLast: boolean): Promise<boolean> {
    const deadlineMs = time.nowMs() + timeoutMs;
    while (running !== undefined) {
      const previous: Run = running;
      previous.hurry();
      const timer = time.after((deadlineMs - time.nowMs()) / 2, () => previous.abort());
      await previous.done;
      timer.cancel();
    }
    return start(deadlineMs - time.nowMs(), isLast).done;
  }

  const tick = guard.wrap('push', () => {
    if (running === undefined && time.nowMs() >= delivery.notBeforeMs()) start(options.timeoutMs);
  });
  const interval = time.every(options.intervalMs, tick);

  async function flush(
    timeoutMs = options.timeoutMs,
    { hold = true, isLast = false }: FlushOptions = {},
  ): Promise<boolean> {
    const held = hold ? time.hold(timeoutMs) : undefined;
    try {
      return await startNext(timeoutMs, isLast);
    } finally {
      held?.cancel();
    }
  }

  return {
    flush,
    prepare: () => void delivery.prepare().catch((error: unknown) => guard.report('push', error)),
    flushSync: (timeoutMs) => delivery.sendSync(timeoutMs),
    async shutdown(timeoutMs) {
      interval.cancel();
      const isDelivered = await flush(timeoutMs, { isLast: true });
      loaded?.close();
      return isDelivered;
    },
  };
}
