/**
 * SQLite by sqlite3, whose calls are told of by callbacks. Where a caller gives none, one is given for it, which does
 * with an error what the driver does then: an `error` event, or an exception that nobody catches.
 */
import type { Hook } from '../../context.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { createCalls, type Call, type Calls } from '../calls.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

const METHODS = ['run', 'get', 'all', 'each'];

export const hookSqlite3: Hook = (context) => {
  const calls = createCalls(context, 'sqlite3');
  onKnownFile(context, 'sqlite3/lib/sqlite3.js', '5 || 6', ({ Database, Statement }) => {
    const watch = createWatch(calls);
    for (const method of [...METHODS, 'map', 'exec']) {
      watch.method(Database.prototype, method, (_database, [text]) => text);
    }
    for (const method of METHODS) watch.method(Statement.prototype, method, (statement) => statement.sql);
    watch.prepare(Database.prototype, Statement.prototype);
  });
};

type TextOf = (object: any, args: any[]) => unknown;

function createWatch(calls: Calls) {
  /** A database's method is made of one of a statement. */
  let isInside = false;
  /** Statements that nobody knows to be prepared; when they could not be, what is asked of them has no answer. */
  const preparing = new WeakMap<object, Call>();

  /** `callback`, or what the driver does without. */
  const tell = (call: Call, callback?: any) =>
    function (this: any, error: any, ...rest: any[]): unknown {
      calls.end(call, Boolean(error));
      if (this) preparing.delete(this);
      if (callback !== undefined) return callback.call(this, error, ...rest);
      if (!error) return undefined;
      if (typeof this?.emit !== 'function') throw error;
      return this.emit('error', error);
    };

  const method = (owner: any, name: string, textOf: TextOf): void => {
    wrapMethod(owner, name, (original) => {
      return function (this: any, ...args: any[]): unknown {
        if (isInside) return original.apply(this, args);
        const call = calls.begin(textOf(this, args));
        const callbacks = takeCallbacks(args, name === 'each' ? 2 : 1);
        if (name === 'each') args.push(...tellEach(call, callbacks, tell));
        else args.push(tell(call, callbacks[0]));
        isInside = true;
        try {
          return original.apply(this, args);
        } catch (error) {
          calls.end(call, true);
          throw error;
        } finally {
          isInside = false;
        }
      };
    });
  };

  const prepare = (database: any, statements: any): void => {
    wrapMethod(database, 'prepare', (original) => {
      return function prepare(this: any, ...args: any[]): unknown {
        const call = calls.begin(args[0]);
        const [callback] = takeCallbacks(args, 1);
        if (callback !== undefined) {
          args.push(function (this: any, error: any, ...rest: any[]): unknown {
            if (error) calls.end(call, true);
            return callback.call(this, error, ...rest);
          });
        }
        const statement: any = original.apply(this, args);
        if (callback === undefined) preparing.set(statement, call);
        return statement;
      };
    });
    wrapMethod(statements, 'emit', (original) => {
      return function emit(this: any, ...args: any[]): unknown {
        const call = args[0] === 'error' ? preparing.get(this) : undefined;
        if (call !== undefined) calls.end(call, true);
        return original.apply(this, args);
      };
    });
  };
  return { method, prepare };
}

/** Takes the last `most` arguments off as far as they are functions. */
function takeCallbacks(args: any[], most: number): any[] {
  let from = args.length;
  while (from > args.length - most && typeof args[from - 1] === 'function') from--;
  return args.splice(from);
}

/** One callback for each row and one for the end, which has the errors too; without it the first one has them. */
function tellEach(call: Call, [row, end]: any[], tell: (call: Call, callback?: any) => any): any[] {
  const onRow = function (this: any, error: any, ...rest: any[]): unknown {
    if (error) return tell(call, row).call(this, error, ...rest);
    return row?.call(this, error, ...rest);
  };
  const onEnd = function (this: any, error: any, ...rest: any[]): unknown {
    if (end !== undefined || !error) return tell(call, end ?? (() => undefined)).call(this, error, ...rest);
    return tell(call, row).call(this, error);
  };
  return [onRow, onEnd];
}
