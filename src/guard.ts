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
  return {
    report,
    run(where, work) {
      try {
        return work();
      } catch (error) {
        report(where, error);
        return undefined;
      }
    },
    wrap(where, work) {
      let failures = 0;
      return (...args) => {
        if (failures >= MAX_FAILURES) return;
        try {
          work(...args);
        } catch (error) {
          failures++;
          report(where, error);
          if (failures === MAX_FAILURES)
            log.warnOnce(`off:${where}`, `${where} failed ${failures} times and is now off`);
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
