/** mssql: its pools, the requests that get no connection of them, and the questions that it asks for itself. */
import type { Context } from '../../context.js';
import { watchConstruction } from '../../hook/construct.js';
import { onKnownFile } from '../../hook/version.js';
import { callBefore, wrapMethod } from '../../hook/wrap.js';
import type { Calls } from '../calls.js';
import { poolName } from '../pool-name.js';
import { poolTracker, type PoolReader } from '../pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the library's insides have no types */

const RANGE = '11 || 12';

const ended = new WeakSet<object>();
const reader: PoolReader<any> = {
  // Before it connects, and after its end, there is nothing behind it.
  active: ({ pool }) => (pool ? pool.numUsed() : 0),
  idle: ({ pool }) => (pool ? pool.numFree() : 0),
  closed: (pool) => ended.has(pool),
};

/** What needs a connection first, by its file and method, and the SQL that its first argument or itself then stands for. */
const SENDERS: readonly (readonly [
  file: string,
  method: string,
  textOf: (given: any, self: any) => unknown,
])[] = [
  ['tedious/request.js', '_query', (sql) => sql],
  ['tedious/request.js', '_execute', (procedure) => `EXEC ${procedure}`],
  ['tedious/request.js', '_bulk', (table) => `INSERT INTO ${table.path}`],
  ['tedious/transaction.js', '_begin', () => 'BEGIN TRANSACTION'],
  ['base/prepared-statement.js', '_prepare', (sql, statement) => sql ?? statement.statement],
];

/** A closed pool is not even asked for a connection; a request that is cancelled before it is sent says so of itself. */
const isUnsent = (request: any, error: any): boolean =>
  error?.code === 'ECONNCLOSED' || (error?.code === 'ECANCEL' && request.canceled === true);

/** `quietly` has a method's own requests not counted. */
export function hookMssql(
  context: Context,
  calls: Calls,
  quietly: (owner: any, method: string) => void,
): void {
  const { guard, config } = context;
  const addPool = poolTracker(context);
  /** By what was last to be sent, the SQL of it. */
  const texts = new WeakMap<object, unknown>();
  const add = guard.wrap('mssql pool', (pool: any) => {
    const { server, port, database } = pool.config ?? {};
    const address = { host: String(server), port: String(port), database: String(database ?? '') };
    addPool(pool, poolName(address, config.dbPoolNames), reader);
  });

  const failing = (text: unknown, callback: any, isCounted: (error: any) => boolean) => {
    const call = calls.begin(text);
    return function (this: any, error: any, ...rest: any[]): unknown {
      if (isCounted(error)) calls.end(call, true);
      return callback.call(this, error, ...rest);
    };
  };

  for (const [file, method, textOf] of SENDERS) {
    onKnownFile(context, `mssql/lib/${file}`, RANGE, ({ prototype }) => {
      wrapMethod(prototype, method, (original) => {
        return function (this: any, ...args: any[]): unknown {
          const text = guard.run('mssql', () => textOf(args[0], this));
          texts.set(this, text);
          const last = args.length - 1;
          if (typeof args[last] === 'function')
            args[last] = failing(text, args[last], (error) => isUnsent(this, error));
          return original.apply(this, args);
        };
      });
    });
  }
  onKnownFile(context, 'mssql/lib/base/connection-pool.js', RANGE, (Pool) => {
    callBefore(Pool.prototype, 'connect', (pool) => ended.delete(pool));
    callBefore(Pool.prototype, 'close', (pool) => ended.add(pool));
    wrapMethod(Pool.prototype, 'acquire', (original) => {
      return function acquire(this: any, ...args: any[]): unknown {
        const [requester, callback] = args;
        const text = typeof requester === 'object' && requester !== null ? texts.get(requester) : undefined;
        if (text === undefined || typeof callback !== 'function') return original.apply(this, args);
        args[1] = failing(text, callback, Boolean);
        return original.apply(this, args);
      };
    });
    return watchConstruction(Pool, add);
  });
  onKnownFile(context, 'mssql/lib/tedious/connection-pool.js', RANGE, ({ prototype }) => {
    quietly(prototype, '_poolValidate');
  });
}
