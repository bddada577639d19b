/**
 * Counts the calls of SQLite's drivers that answer at once. better-sqlite3 gave them their form: a database prepares
 * statements, which `run`, `get`, `all` and `iterate`, and it executes texts.
 */
import type { Guard } from '../../guard.js';
import { ownMethod } from '../../hook/own.js';
import { wrapMethod } from '../../hook/wrap.js';
import type { Call, Calls } from '../calls.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the drivers' insides have no types */

export interface SqliteWatch {
  /** The prototype of a class of databases. */
  database(prototype: any): void;
  /** That of its statements; those of `prepare` are found without. */
  statement(prototype: any): void;
  /** Counts one more method. */
  method(owner: any, name: string, textOf: (object: any, args: any[]) => unknown): void;
}

/** `isOwn` tells the SQL that a driver runs for itself. */
export function watchSqlite(calls: Calls, guard: Guard, isOwn: (text: unknown) => boolean): SqliteWatch {
  /** By statement. Not all drivers let it be read from there. */
  const texts = new WeakMap<object, unknown>();
  /** What runs right now: a method that is made of another one of the same object counts once. */
  let running: unknown;
  let known: unknown;

  const prepared = guard.wrap('sqlite', (statement: any, text: unknown) => {
    texts.set(statement, text);
    const prototype: unknown = Object.getPrototypeOf(statement);
    if (prototype !== known) watch.statement((known = prototype));
  });
  const rowsOf = guard.wrap('sqlite', (rows: any, call: Call) => watchRows(rows, call, calls));

  const watch: SqliteWatch = {
    database(prototype) {
      watch.method(prototype, 'exec', (_database, [text]) => text);
      wrapMethod(prototype, 'prepare', (original) => {
        return function prepare(this: any, ...args: any[]): unknown {
          const call = calls.begin(args[0]);
          try {
            const statement: unknown = original.apply(this, args);
            prepared(statement, args[0]);
            return statement;
          } catch (error) {
            calls.end(call, true);
            throw error;
          }
        };
      });
    },
    statement(prototype) {
      const textOf = (statement: any): unknown => texts.get(statement) ?? statement.source;
      for (const method of ['run', 'get', 'all', 'iterate']) watch.method(prototype, method, textOf);
    },
    method(owner, name, textOf) {
      wrapMethod(owner, name, (original) => {
        return function (this: any, ...args: any[]): unknown {
          const text = guard.run('sqlite', () => textOf(this, args));
          if (running === this || isOwn(text)) return original.apply(this, args);
          const call = calls.begin(text);
          const outer = running;
          // eslint-disable-next-line @typescript-eslint/no-this-alias -- to be compared
          running = this;
          try {
            const result: unknown = original.apply(this, args);
            if (name === 'iterate') rowsOf(result, call);
            else calls.end(call, false);
            return result;
          } catch (error) {
            calls.end(call, true);
            throw error;
          } finally {
            running = outer;
          }
        };
      });
    },
  };
  return watch;
}

/** An iteration has ended with its last row, when it is left, and when it fails. */
function watchRows(rows: any, call: Call, calls: Calls): void {
  const { next, return: leave } = rows;
  ownMethod(rows, 'next', (...args: any[]): unknown => {
    try {
      const step = next.apply(rows, args);
      if (step.done === true) calls.end(call, false);
      return step;
    } catch (error) {
      calls.end(call, true);
      throw error;
    }
  });
  ownMethod(rows, 'return', (...args: any[]): unknown => {
    calls.end(call, false);
    return leave === undefined ? { done: true, value: args[0] } : leave.apply(rows, args);
  });
}
