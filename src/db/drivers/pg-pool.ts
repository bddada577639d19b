/** pg-pool: its pools by name, and the queries that fail because no connection could be had. */
import { readPostgresDefaults } from '../../config.js';
import type { Context } from '../../context.js';
import { watchConstruction } from '../../hook/construct.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import type { Call, Calls } from '../calls.js';
import { queryText } from './pg-text.js';
import { pgAddress, poolName } from '../pool-name.js';
import { poolTracker, type PoolReader } from '../pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- pg-pool's insides have no types */
const reader: PoolReader<any> = {
  active: (pool) => pool.totalCount - pool.idleCount,
  idle: (pool) => pool.idleCount,
  closed: (pool) => pool.ending === true,
};

export function hookPgPool(context: Context, calls: Calls): void {
  const { guard, config } = context;
  const addPool = poolTracker(context);
  const seen = new WeakSet<object>();
  const add = guard.wrap('pg pool', (pool: any) => {
    if (seen.has(pool)) return;
    seen.add(pool);
    addPool(
      pool,
      poolName(pgAddress(pool.options ?? {}, readPostgresDefaults()), config.dbPoolNames),
      reader,
    );
  });
  onKnownFile(context, 'pg-pool/index.js', '3', (Pool) => {
    const isNew = patchPool(Pool, add, calls);
    return isNew ? watchConstruction(Pool, add) : undefined;
  });
}

function patchPool(Pool: any, add: (pool: any) => void, calls: Calls): boolean {
  /** The call of the `query` that is about to ask for a connection. */
  let asking: Call | undefined;

  wrapMethod(Pool.prototype, 'query', (original) => {
    return function query(this: any, ...args: any[]): unknown {
      const outer = asking;
      asking = calls.begin(queryText(args[0]));
      try {
        return original.apply(this, args);
      } finally {
        asking = outer;
      }
    };
  });

  return wrapMethod(Pool.prototype, 'connect', (original) => {
    return function connect(this: any, ...args: any[]): unknown {
      // A pool made before this hook came is seen here.
      add(this);
      const call = asking;
      asking = undefined;
      const [callback] = args;
      if (call === undefined || typeof callback !== 'function') return original.apply(this, args);
      // From here on it is pg-pool's own callback: without a connection no Client will ever see this query.
      return original.call(this, (error: unknown, ...rest: any[]) => {
        if (error !== undefined && error !== null) calls.end(call, true);
        callback(error, ...rest);
      });
    };
  });
}
