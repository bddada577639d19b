/** A map that forgets what was put in first: ids that servers name must not fill the memory. */

export interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
  values(): Iterable<T>;
}

/** @param forgotten gets what had to make room. */
export function createRecent<T>(max: number, forgotten?: (value: T) => void): Recent<T> {
  const known = new Map<string, T>();
  return {
    get: (key) => known.get(key),
    set(key, value) {
      if (!known.has(key) && known.size >= max) {
        const [oldest, gone] = known.entries().next().value as [string, T];
        known.delete(oldest);
        forgotten?.(gone);
      }
      known.set(key, value);
    },
    delete: (key) => void known.delete(key),
    values: () => known.values(),
  };
}
