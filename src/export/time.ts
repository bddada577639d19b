/** The clock and timers of a push; tests put their own here. None but `hold` keeps the process alive. */

export interface Timer {
  cancel(): void;
}

export interface Time {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  after(ms: number, work: () => void): Timer;
  every(ms: number, work: () => void): Timer;
  /** Keeps the process alive for at most `ms`. */
  hold(ms: number): Timer;
}

export const REAL_TIME: Time = {
  nowMs: Date.now,
  after(ms, work) {
    const timer = setTimeout(work, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, work) {
    const timer = setInterval(work, ms).unref();
    return { cancel: () => clearInterval(timer) };
  },
  hold(ms) {
    const timer = setTimeout(() => {}, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
