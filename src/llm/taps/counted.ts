/** Calls that a hook on an SDK counts itself, so that the taps under it leave them alone. */

/** Each call of AWS's SDK carries an id of its own, the same for all its attempts. */
export const INVOCATION_HEADER = 'amz-sdk-invocation-id';

const underWay = new Set<string>();

/** Runs one attempt. Whatever request leaves with this id meanwhile is that attempt. */
export async function whileCounted<T>(id: unknown, attempt: () => Promise<T>): Promise<T> {
  if (typeof id !== 'string') return attempt();
  underWay.add(id);
  try {
    return await attempt();
  } finally {
    underWay.delete(id);
  }
}

export function isCounted(header: (name: string) => string | undefined): boolean {
  return underWay.size > 0 && underWay.has(header(INVOCATION_HEADER) ?? '');
}
