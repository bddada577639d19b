/** Pools of mariadb, of its promise and of its callback interface. */
import type { Context } from '../../context.js';
import { callBefore } from '../../hook/wrap.js';
import { pgAddress, poolName, type PoolAddress } from '../pool-name.js';
import { poolTracker, type PoolReader } from '../pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

/** Those of 3.5 do not say it of themselves. */
const ended = new WeakSet<object>();
const reader: PoolReader<any> = {
  active: (pool) => (ended.has(pool) ? 0 : pool.activeConnections()),
  idle: (pool) => pool.idleConnections(),
  closed: (pool) => ended.has(pool),
};

/** Shows a pool made from these options, as an application gives them or as the driver has read them. Never throws. */
export type ShowPool = (pool: object, options: any) => void;

export function mariadbPools(context: Context): ShowPool {
  const { guard, config } = context;
  const addPool = poolTracker(context);
  const seen = new WeakSet<object>();
  return guard.wrap('mariadb pool', (pool: object, options: any) => {
    if (seen.has(pool)) return;
    seen.add(pool);
    callBefore(Object.getPrototypeOf(pool), 'end', (each) => ended.add(each));
    addPool(pool, poolName(address(options?.connOptions ?? options), config.dbPoolNames), reader);
  });
}

function address(options: any): PoolAddress {
  const defaults = { host: 'localhost', port: '3306', database: undefined };
  if (typeof options === 'string') return pgAddress({ connectionString: options }, defaults);
  const { host, port, database, socketPath } = options ?? {};
  if (socketPath) return { host: String(socketPath), port: '', database: String(database ?? '') };
  return pgAddress({ host, port, database }, defaults);
}
