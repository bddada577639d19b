/** Servers of a test that are closed together, also when one of them does not come up: an open one would hold mocha. */
export interface Opened {
  /** Gives what is started, once it is. */
  add<T>(starting: Promise<T>, close: (started: T) => unknown): Promise<T>;
  /** Waits for those that still start, too. */
  close(): Promise<void>;
}

export function opened(): Opened {
  const closings: (() => Promise<unknown>)[] = [];
  return {
    add(starting, close) {
      // What did not start says so to who waits for it, and has nothing to close.
      closings.push(() => starting.then(close, () => undefined));
      return starting;
    },
    async close() {
      await Promise.all(closings.map((closing) => closing()));
    },
  };
}
