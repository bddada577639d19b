/**
 * MongoDB by its driver, and so by mongoose: every command that goes out for the application, and the driver's pools.
 * Not by command monitoring: that is an option of the application's client, and has each command and reply copied.
 */
import type { Hook } from '../../context.js';
import { watchConstruction } from '../../hook/construct.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { createCalls, type Call } from '../calls.js';
import { isNeverSent, mongoCommand, mongoOperation, saysWriteErrors } from './mongo-command.js';
import { poolName } from '../pool-name.js';
import { poolTracker, type PoolReader } from '../pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

const KNOWN = '6 || 7';

const reader: PoolReader<any> = {
  active: (pool) => (pool.closed ? 0 : pool.currentCheckedOutCount),
  idle: (pool) => pool.availableConnectionCount,
  closed: (pool) => pool.closed,
};

export const hookMongodb: Hook = (context) => {
  const { guard, config } = context;
  const calls = createCalls(context, 'mongodb');
  const addPool = poolTracker(context);
  /** Errors of commands that were sent: those are counted. */
  const counted = new WeakSet<object>();
  const begin = (command: unknown, namespace: unknown): Call | undefined =>
    guard.run('mongodb', () => {
      const found = mongoCommand(command, namespace);
      return found && calls.beginCommand(found.operation, found.table);
    });

  const end = guard.wrap('mongodb', (call: Call, error: unknown, reply?: unknown) => {
    if (typeof error === 'object' && error !== null) counted.add(error);
    calls.end(call, Boolean(error) || saysWriteErrors(reply));
  });

  onKnownFile(context, 'mongodb/lib/cmap/connection.js', KNOWN, ({ Connection }) => {
    wrapMethod(Connection.prototype, 'command', (original) => {
      return function command(this: any, ...args: any[]): unknown {
        const call = begin(args[1], args[0]);
        if (call === undefined) return original.apply(this, args);
        const [, , , callback] = args;
        if (typeof callback !== 'function' || 'make' in callback) {
          const answer: any = original.apply(this, args);
          // The driver itself awaits it, so that this hides no rejection.
          answer?.then?.(
            (reply: unknown) => end(call, undefined, reply),
            (error: unknown) => end(call, error),
          );
          return answer;
        }
        // Up to 6.2 the driver's own callback; later that place is for the class of the reply.
        args[3] = function (this: any, error: unknown, reply: unknown): unknown {
          end(call, error, reply);
          return callback.call(this, error, reply);
        };
        return original.apply(this, args);
      };
    });
  });

  onKnownFile(context, 'mongodb/lib/operations/execute_operation.js', KNOWN, (exports) => {
    const fail = guard.wrap('mongodb', (operation: any, error: unknown) => {
      if (!isNeverSent(error) || counted.has(error as object)) return;
      const { operation: name, table } = mongoOperation(operation);
      calls.end(calls.beginCommand(name, table), true);
    });
    wrapMethod(exports, 'executeOperation', (original) => {
      return function executeOperation(this: any, ...args: any[]): unknown {
        const result: any = original.apply(this, args);
        // Awaited by the driver, as above.
        if (typeof result?.then === 'function')
          result.then(undefined, (error: unknown) => fail(args[1], error));
        return result;
      };
    });
  });

  onKnownFile(context, 'mongodb/lib/cmap/connection_pool.js', KNOWN, (exports) => {
    const add = guard.wrap('mongodb pool', (pool: any) => {
      const { hostAddress, dbName } = pool.options;
      const { host, port, socketPath } = hostAddress;
      const place =
        socketPath === undefined
          ? { host: String(host), port: String(port) }
          : { host: socketPath, port: '' };
      addPool(pool, poolName({ ...place, database: String(dbName ?? '') }, config.dbPoolNames), reader);
    });
    exports.ConnectionPool = watchConstruction(exports.ConnectionPool, add);
  });
};
