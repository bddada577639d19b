/** MySQL by mysql 2.18: every query of a connection, a pool and a pool cluster. */
import type { Hook } from '../../context.js';
import { watchConstruction } from '../../hook/construct.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { callOf, createCalls, keepCall, type Call } from '../calls.js';
import { mysqlPools } from './mysql-pools.js';
import { sqlOf } from './pool-queries.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- mysql's insides have no types */

const KNOWN = '2.18';

export const hookMysql: Hook = (context) => {
  const { guard } = context;
  const calls = createCalls(context, 'mysql');
  const addPool = mysqlPools(context);
  const track = guard.wrap('mysql', (query: any, call: Call, isPool: boolean) => {
    // A pool's query is counted by its connection, from there on; if it gets none, it ends as the pool's.
    if (!isPool || callOf(query) === undefined) keepCall(query, call);
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

  onKnownFile(context, 'mysql/lib/protocol/sequences/Query.js', KNOWN, (Query) => {
    wrapMethod(Query.prototype, 'end', (original) => {
      return function end(this: any, ...args: any[]): unknown {
        const call = callOf(this);
        if (call !== undefined) calls.end(call, Boolean(args[0]));
        return original.apply(this, args);
      };
    });
  });
  onKnownFile(context, 'mysql/lib/Connection.js', KNOWN, (Connection) => {
    patchQuery(Connection.prototype, false);
    wrapMethod(Connection.prototype, 'destroy', (original) => {
      return function destroy(this: any, ...args: any[]): unknown {
        guard.run('mysql', () => {
          for (const sequence of this._protocol._queue) {
            const call = callOf(sequence);
            if (call !== undefined) calls.end(call, true);
          }
        });
        return original.apply(this, args);
      };
    });
  });
  onKnownFile(context, 'mysql/lib/Pool.js', KNOWN, (Pool) => {
    patchQuery(Pool.prototype, true);
    return watchConstruction(Pool, addPool);
  });
  onKnownFile(context, 'mysql/lib/PoolNamespace.js', KNOWN, (Namespace) =>
    patchQuery(Namespace.prototype, true),
  );
};
