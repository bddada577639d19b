/** Puts work off until the application's own start is over. */
import type { Guard } from '../guard.js';

/**
 * Runs `work` in an early turn of the event loop; never, if there is none. Does not hold the process open. A timer,
 * since an unref'ed immediate waits until something else wakes the loop.
 */
export function whenIdle(guard: Guard, where: string, work: () => void): void {
  setTimeout(() => guard.run(where, work), 0).unref();
}
