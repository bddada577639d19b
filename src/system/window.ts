/**
 * Figures "since the last collection" that stay true when a pull and a push read at different times: a window that
 * one reader has just closed is shown to the next one too, instead of the second or two since then.
 */

/**
 * The least seconds a window spans. Below the usual scrape intervals (15 s for Prometheus, 60 s for Grafana Cloud), so
 * that a lone reader always gets its own interval; long enough that a second reader, or somebody who polls every
 * second, cannot shrink a figure to noise.
 */
export const SHORTEST_WINDOW = 10;

export interface WindowOptions<T> {
  /** Monotonic seconds. */
  readonly now: () => number;
  /** The figures of the window at hand, `seconds` old; undefined while there are none. */
  readonly read: (seconds: number) => T | undefined;
  /** Begins a new window. */
  readonly restart: () => void;
}

/** Gives a function to call at each collection; before the first window is full it shows what there is so far. */
export function createWindow<T>({ now, read, restart }: WindowOptions<T>): () => T | undefined {
  let since = now();
  let last: T | undefined;
  return () => {
    const time = now();
    const isFull = time - since >= SHORTEST_WINDOW;
    if (!isFull && last !== undefined) return last;
    const figures = read(time - since);
    if (isFull) {
      last = figures;
      since = time;
      restart();
    }
    return figures;
  };
}
