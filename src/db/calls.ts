/** Calls to a database between their beginning and their end: each is counted once, when it ends. */
import type { Context } from '../context.js';
import { measureQuery } from './measure.js';
import { describeStatement } from './sql.js';

export interface Call {
  /** The SQL, if it is a string. */
  readonly text: unknown;
  /** Monotonic seconds. */
  readonly start: number;
  done: boolean;
}

export interface Calls {
  begin(text: unknown): Call;
  /** Does nothing when the call has ended before. Never throws. */
  end(call: Call, failed: boolean): void;
}

export function createCalls({ guard, now, emit }: Context, where: string): Calls {
  return {
    begin: (text) => ({ text, start: now(), done: false }),
    end: guard.wrap(where, (call: Call, failed: boolean) => {
      if (call.done) return;
      call.done = true;
      const { operation, table } = describeStatement(typeof call.text === 'string' ? call.text : '');
      measureQuery({ operation, table, failed, duration: Math.max(0, now() - call.start) }, emit);
    }),
  };
}
