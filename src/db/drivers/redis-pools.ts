/** The pools of node-redis 5 and later. */
import type { Context } from '../../context.js';
import { callBefore, wrapMethod } from '../../hook/wrap.js';
import { pgAddress, poolName } from '../pool-name.js';
import { poolTracker, type PoolReader } from '../pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- node-redis' insides have no types */

/** A pool is not open before its `connect` either, but will be. */
const ended = new WeakSet<object>();
const reader: PoolReader<any> = {
  active: (pool) => pool.clientsInUse,
  idle: (pool) => pool.idleClients,
  closed: (pool) => ended.has(pool) && !pool.isOpen,
};

/** `refused` is told of everything asked of a pool that got no client. */
export function redisPools(context: Context, Pool: any, refused: () => void): void {
  const { guard, config } = context;
  const addPool = poolTracker(context);
  wrapMethod(Pool, 'create', (original) => {
    return function create(this: any, ...given: any[]): unknown {
      const pool: any = original.apply(this, given);
      // Callers have objects before this one, each with its own options.
      guard.run('redis pool', () =>
        addPool(pool._self, poolName(address(given[0] ?? {}), config.dbPoolNames), reader),
      );
      return pool;
    };
  });
  for (const method of ['close', 'destroy']) {
    callBefore(Pool.prototype, method, (pool) => guard.run('redis pool', () => ended.add(pool._self)));
  }
  wrapMethod(Pool.prototype, 'execute', (original) => {
    return function execute(this: any, ...given: any[]): unknown {
      const [work, ...rest] = given;
      let isRun = false;
      const result: any = original.call(
        this,
        function (this: any, ...args: any[]): unknown {
          isRun = true;
          return work.apply(this, args);
        },
        ...rest,
      );
      return result.then(undefined, (error: unknown) => {
        if (!isRun) refused();
        throw error;
      });
    };
  });
}

/** A URL is read as any other; beside it, its parts. */
function address({ url, socket = {}, database }: any) {
  const { host, port = 6379, path } = socket;
  if (path !== undefined) return { host: String(path), port: '', database: String(database ?? '') };
  const defaults = { host: 'localhost', port: String(port), database: undefined };
  return pgAddress({ connectionString: url, host, database }, defaults);
}
