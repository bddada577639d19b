/**
 * Tells when the process is about to kill itself. `process.kill(process.pid, signal)` is how a handler ends the
 * process by the signal it caught, once it has cleaned up; no `exit` event follows.
 */
import { constants } from 'node:os';
import type { Guard } from '../guard.js';
import { wrapMethod } from './wrap.js';

/** Signals that end a process when nobody listens for them. */
const ENDING: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGABRT',
  'SIGKILL',
];

/** Calls `beforeEnd` first, when nobody listens for the signal and so it will end the process at once. */
export function onSelfKill(guard: Guard, beforeEnd: () => void): void {
  wrapMethod(process, 'kill', (original) => {
    return function kill(this: any, pid: unknown, signal: unknown = 'SIGTERM', ...rest: unknown[]): unknown {
      if (pid === process.pid && isEnding(signal)) guard.run('last push', beforeEnd);
      return original.call(this, pid, signal, ...rest);
    };
  });
}

function isEnding(signal: unknown): boolean {
  const name = ENDING.find((each) => each === signal || constants.signals[each] === signal);
  return name !== undefined && process.listenerCount(name) === 0;
}
