/** Calls to a database between their beginning and their end: each is counted once, when it ends. */
import type { Context } from '../context.js';
import { ownMethod } from '../hook/own.js';
import { databaseEvents } from './events.js';
import { describeStatement, type Statement } from './sql/describe.js';
import { backslashOf, systemOf } from './systems.js';

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

/** `driver` as in systems.ts; errors of ours are told under its name too. */
export function createCalls(context: Context, driver: string): Calls {
  const { guard, now } = context;
  const events = databaseEvents(context);
  const system = systemOf(driver);
  const backslash = backslashOf(system);
  const started = (text: unknown, statement: Statement | undefined): Call => {
    events.drivers.add(driver);
    return { text, statement, start: now(), done: false };
  };
  return {
    begin: (text) => started(text, undefined),
    beginCommand: (operation, table) => started(undefined, { operation, table }),
    end: guard.wrap(driver, (call: Call, failed: boolean) => {
      if (call.done) return;
      call.done = true;
      const text = typeof call.text === 'string' ? call.text : '';
      const { operation, table } = call.statement ?? describeStatement(text, backslash);
      events.record({ system, operation, table, failed, duration: Math.max(0, now() - call.start) });
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
