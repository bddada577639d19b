/** Queries asked of a pool. With a connection it is the connection that counts them; without one nobody else would. */
import type { Guard } from '../../guard.js';
import { wrapMethod } from '../../hook/wrap.js';
import type { Call, Calls } from '../calls.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- drivers' insides have no types */

/** The text of a query given as text or as options with `sql`. */
export function sqlOf(given: any): unknown {
  return typeof given === 'string' ? given : given?.sql;
}

/**
 * Watches a pool's prototype whose `query` and `execute` ask for a connection with `getConnection(callback)` before
 * they return: a query that gets none is counted as failed, once, however many pools it is handed through.
 */
export function watchPoolQueries(pool: any, calls: Calls, guard: Guard): void {
  /** The call of the query that is about to ask for a connection. */
  let asking: Call | undefined;

  for (const method of ['query', 'execute']) {
    wrapMethod(pool, method, (original) => {
      return function (this: any, ...args: any[]): unknown {
        const outer = asking;
        asking = guard.run('pool query', () => calls.begin(sqlOf(args[0])));
        try {
          return original.apply(this, args);
        } finally {
          asking = outer;
        }
      };
    });
  }
  wrapMethod(pool, 'getConnection', (original) => {
    return function getConnection(this: any, ...args: any[]): unknown {
      const call = asking;
      asking = undefined;
      const [callback] = args;
      if (call === undefined || typeof callback !== 'function') return original.apply(this, args);
      // From here on it is the pool's own callback.
      return original.call(this, function (this: any, error: any, ...rest: any[]): unknown {
        if (error !== undefined && error !== null) calls.end(call, true);
        return callback.call(this, error, ...rest);
      });
    };
  });
}
