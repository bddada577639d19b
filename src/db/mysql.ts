/** MySQL by mysql 2.18: every query of a connection, a pool and a pool cluster. */
import type { Hook } from '../context.js';
import { watchConstruction } from '../hook/construct.js';
import { onFileLoad } from '../hook/load.js';
import { wrapMethod } from '../hook/wrap.js';
import { createCalls, type Call } from './calls.js';
import { mysqlPools } from './mysql-pools.js';
import { sqlOf } from './pool-queries.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- mysql's insides have no types */

export const hookMysql: Hook = (context) => {
  const { guard } = context;
  const calls = createCalls(context, 'mysql');
  const addPool = mysqlPools(context);
  /** By query object. Weak, since a destroyed connection drops its queries without a word. */
  const open = new WeakMap<object, Call>();
  const track = guard.wrap('mysql', (query: any, call: Call, isPool: boolean) => {
    // A pool's query is counted by its connection, from there on; if it gets none, it ends as the pool's.
    if (!isPool || !open.has(query)) open.set(query, call);
  });

  const patchQuery = (owner: any, isPool: boolean): void => {
    wrapMethod(owner, 'query', (original) => {
      return function query(this: any, ...args: any[]): unknown {
        // Read now: what `query` makes of it has the values in it.
        const call = guard.run('mysql', () => calls.begin(sqlOf(args[0]))) ?? calls.begin(undefined);
        try {
          const made: unknown = original.apply(this, args);
          track(made, call, isPool);
          return made;
        } catch (error) {
          calls.end(call, true);
          throw error;
        }
      };
    });
  };

  onFileLoad(guard, 'mysql/lib/protocol/sequences/Query.js', (Query) => {
    wrapMethod(Query.prototype, 'end', (original) => {
      return function end(this: any, ...args: any[]): unknown {
        const call = open.get(this);
        if (call !== undefined) calls.end(call, Boolean(args[0]));
        return original.apply(this, args);
      };
    });
  });
  onFileLoad(guard, 'mysql/lib/Connection.js', (Connection) => {
    patchQuery(Connection.prototype, false);
    wrapMethod(Connection.prototype, 'destroy', (original) => {
      return function destroy(this: any, ...args: any[]): unknown {
        guard.run('mysql', () => {
          for (const sequence of this._protocol._queue) {
            const call = open.get(sequence);
            if (call !== undefined) calls.end(call, true);
          }
        });
        return original.apply(this, args);
      };
    });
  });
  onFileLoad(guard, 'mysql/lib/Pool.js', (Pool) => {
    patchQuery(Pool.prototype, true);
    return watchConstruction(Pool, addPool);
  });
  onFileLoad(guard, 'mysql/lib/PoolNamespace.js', (Namespace) => patchQuery(Namespace.prototype, true));
};
