/** Pools of mysql2 and mysql, which share their insides: mysql2 began as a rewrite of the other. */
import type { Context } from '../../context.js';
import { poolName } from '../pool-name.js';
import { poolTracker, type PoolReader } from '../pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the drivers' insides have no types */

const reader: PoolReader<any> = {
  // The end of a pool is that of its connections, those in use among them; it keeps them in its list.
  active: (pool) => (pool._closed ? 0 : pool._allConnections.length - pool._freeConnections.length),
  idle: (pool) => pool._freeConnections.length,
  closed: (pool) => pool._closed === true,
};

/** Gives a function that shows a pool as soon as it is made; a pool shown before it leaves alone. Never throws. */
export function mysqlPools(context: Context): (pool: any) => void {
  const { guard, config } = context;
  const addPool = poolTracker(context);
  const seen = new WeakSet<object>();
  return guard.wrap('mysql pool', (pool: any) => {
    if (seen.has(pool)) return;
    seen.add(pool);
    addPool(pool, poolName(address(pool.config.connectionConfig), config.dbPoolNames), reader);
  });
}

function address({ host, port, socketPath, database }: any) {
  const place = socketPath
    ? { host: String(socketPath), port: '' }
    : { host: String(host ?? 'localhost'), port: String(port ?? 3306) };
  return { ...place, database: String(database ?? '') };
}
