/** The wall between our mistakes and the host: what we throw is counted, told once, and goes no further. */
import type { Log } from './log.js';

export interface Guard {
  /** Runs `work`; when it throws, counts and swallows that, and gives undefined. */
  run<T>(where: string, work: () => T): T | undefined;
  /** Counts an error caught elsewhere. */
  report(where: string, error: unknown): void;
  /**
   * The same function behind the wall. After {@link MAX_FAILURES} failures it is switched off and does nothing:
   * a hook that is wrong about a library would otherwise cost the host on every call.
   */
  wrap<A extends unknown[]>(where: string, work: (...args: A) => void): (...args: A) => void;
  /** What `wrap` counts with, for hot code with a `try` of its own: V8 inlines nothing through the wall of all. */
  fuse(where: string): Fuse;
}

export interface Fuse {
  /** Whether this place has failed too often and is to do nothing any more. */
  readonly isBlown: boolean;
  fail(error: unknown): void;
}

export const MAX_FAILURES = 10;

export function createGuard(log: Log, count: (where: string) => void): Guard {
  const report = (where: string, error: unknown): void => {
    try {
      count(where);
      log.warnOnce(`error:${where}`, `${where} failed and was skipped: ${describe(error)}`);
    } catch {
      // Nothing of ours may reach the host, not even from here.
    }
  };
  const fuse = (where: string): Fuse => {
    let failures = 0;
    const made = {
      isBlown: false,
      fail(error: unknown): void {
        report(where, error);
        made.isBlown = ++failures >= MAX_FAILURES;
        if (failures === MAX_FAILURES)
          log.warnOnce(`off:${where}`, `${where} failed ${failures} times and is now off`);
      },
    };
    return made;
  };
  return {
    report,
    fuse,
    run(where, work) {
      try {
        return work();
      } catch (error) {
        report(where, error);
        return undefined;
      }
    },
    wrap(where, work) {
      const own = fuse(where);
      return (...args) => {
        if (own.isBlown) return;
        try {
          work(...args);
        } catch (error) {
          own.fail(error);
        }
      };
    },
  };
}

/** The error's name and place, never its message: a message can quote a prompt, a query or a key. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] ?? '';
  return place === '' ? error.name : `${error.name} at ${place}`;
}
