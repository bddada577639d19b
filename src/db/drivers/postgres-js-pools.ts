/** The pools of postgres.js: each call of its function makes one. */
import type { Context } from '../../context.js';
import { onKnownFile, onKnownModule } from '../../hook/version.js';
import { callBefore, disguise, isWrapped } from '../../hook/wrap.js';
import { poolName } from '../pool-name.js';
import { poolTracker, type PoolReader } from '../pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

/** The queues that a pool's connections wait in, by what they do. */
const ended = new WeakSet<object>();
const reader: PoolReader<any> = {
  active: ({ connecting, reserved, busy, full }) =>
    connecting.length + reserved.length + busy.length + full.length,
  idle: ({ open }) => open.length,
  closed: (queues) => ended.has(queues),
};

export function postgresJsPools(context: Context, range: string): void {
  const { guard, config } = context;
  const addPool = poolTracker(context);
  const seen = new WeakSet<object>();

  const add = guard.wrap('postgres pool', (options: any, queues: any) => {
    if (seen.has(queues)) return;
    seen.add(queues);
    addPool(queues, poolName(address(options), config.dbPoolNames), reader);
  });
  const watchConnection = guard.wrap('postgres pool', (connection: any, options: any, queues: any) => {
    // Without queues it only carries the message that cancels a query.
    if (queues?.busy === undefined) return;
    // Not before: with each pool comes one for subscriptions, which few ever use.
    callBefore(connection, 'connect', () => add(options, queues));
    callBefore(connection, 'end', () => ended.add(queues));
  });
  const watch = (Connection: any): unknown => {
    if (isWrapped(Connection)) return undefined;
    const make = (...args: any[]): unknown => {
      const connection: unknown = Connection(...args);
      watchConnection(connection, args[0], args[1]);
      return connection;
    };
    return disguise(make, Connection);
  };

  onKnownFile(context, 'postgres/cjs/src/connection.js', range, watch);
  onKnownModule(context, range, {
    package: 'postgres',
    file: 'src/connection.js',
    binding: 'Connection',
    replace: watch,
  });
}

/** The driver takes the user's name for a database that is not said: then it is not shown. */
function address({ host, port, path, database, user }: any) {
  const place = path ? { host: String(path), port: '' } : { host: String(host[0]), port: String(port[0]) };
  return { ...place, database: database === user ? '' : String(database) };
}
