/** Calls to a database between their beginning and their end: each is counted once, when it ends. */
import type { Context } from '../context.js';
import { ownMethod } from '../hook/own.js';
import { measureQuery } from './measure.js';
import { describeStatement, type Statement } from './sql.js';

export interface Call {
  /** The SQL, if it is a string. */
  readonly text: unknown;
  /** What a database without SQL does. */
  readonly statement: Statement | undefined;
  /** Monotonic seconds. */
  readonly start: number;
  done: boolean;
}

export interface Calls {
  begin(text: unknown): Call;
  /** For databases without SQL: the command, and what it is about. */
  beginCommand(operation: string, table: string): Call;
  /** Does nothing when the call has ended before. Never throws. */
  end(call: Call, failed: boolean): void;
}

export function createCalls({ guard, now, emit }: Context, where: string): Calls {
  return {
    begin: (text) => ({ text, statement: undefined, start: now(), done: false }),
    beginCommand: (operation, table) => ({
      text: undefined,
      statement: { operation, table },
      start: now(),
      done: false,
    }),
    end: guard.wrap(where, (call: Call, failed: boolean) => {
      if (call.done) return;
      call.done = true;
      const text = typeof call.text === 'string' ? call.text : '';
      const { operation, table } = call.statement ?? describeStatement(text);
      measureQuery({ operation, table, failed, duration: Math.max(0, now() - call.start) }, emit);
    }),
  };
}

const CALL = Symbol('intelia.otel.call');

/**
 * Keeps a call on the driver's own object for it, unseen. Not in a WeakMap: one of as many objects that live as shortly
 * costs several microseconds each, in collecting garbage.
 */
export function keepCall(query: object, call: Call): void {
  ownMethod(query, CALL, call);
}

export function callOf(query: object | null | undefined): Call | undefined {
  return (query as { [CALL]?: Call } | null | undefined)?.[CALL];
}
