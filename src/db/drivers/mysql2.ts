/**
 * MySQL and MariaDB by mysql2: every query and execute, however it is called. Not by mysql2's own tracing channels:
 * whoever listens to those makes it listen for the errors of streamed queries, so that one nobody handles no longer
 * reaches the application; they carry the SQL with the values in it; and queries that get no connection are not there.
 */
import type { Hook } from '../../context.js';
import type { Guard } from '../../guard.js';
import { watchConstruction } from '../../hook/construct.js';
import { onKnownFile } from '../../hook/version.js';
import { callBefore, wrapMethod } from '../../hook/wrap.js';
import { callOf, createCalls, keepCall, type Call, type Calls } from '../calls.js';
import { mysqlPools } from './mysql-pools.js';
import { sqlOf, watchPoolQueries } from './pool-queries.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- mysql2's insides have no types */

const KNOWN = '2.3 || 3';

export const hookMysql2: Hook = (context) => {
  const { guard } = context;
  const calls = createCalls(context, 'mysql2');
  const addPool = mysqlPools(context);
  onKnownFile(context, 'mysql2/lib/commands/command.js', KNOWN, (Command) =>
    patchCommand(Command.prototype, calls),
  );
  // Since 3.12 what connections and pools have in common with their promise versions is in base/.
  for (const folder of ['mysql2/lib/base/', 'mysql2/lib/']) {
    onKnownFile(context, `${folder}connection.js`, KNOWN, (Connection) => {
      patchConnection(Connection.prototype, calls, guard);
    });
    onKnownFile(context, `${folder}pool.js`, KNOWN, (Pool) => {
      if (!Object.hasOwn(Pool.prototype, 'getConnection')) return undefined;
      watchPoolQueries(Pool.prototype, calls, guard);
      return watchConstruction(Pool, addPool);
    });
  }
  onKnownFile(context, 'mysql2/lib/pool_cluster.js', KNOWN, (PoolCluster) => {
    wrapMethod(PoolCluster.prototype, 'of', (original) => {
      return function of(this: any, ...args: any[]): unknown {
        const namespace: any = original.apply(this, args);
        guard.run('mysql2', () => watchPoolQueries(Object.getPrototypeOf(namespace), calls, guard));
        return namespace;
      };
    });
  });
};

/** A command tells of its end by an event, with a callback and without. */
function patchCommand(command: any, calls: Calls): void {
  wrapMethod(command, 'emit', (original) => {
    return function emit(this: any, ...args: any[]): unknown {
      const [event] = args;
      if (event === 'end' || event === 'error') {
        const call = callOf(this);
        // An execute without a statement has ended because that could not be prepared.
        const failed =
          event === 'error' || (this.constructor.name === 'Execute' && this.statement === undefined);
        if (call !== undefined) calls.end(call, failed);
      }
      return original.apply(this, args);
    };
  });
}

function patchConnection(connection: any, calls: Calls, guard: Guard): void {
  /** The SQL of the `query` that runs right now, before its values are put into it. */
  let text: unknown;
  const begin = guard.wrap('mysql2', (command: any, closed: boolean) => {
    const { name } = command.constructor;
    if ((name !== 'Query' && name !== 'Execute') || callOf(command) !== undefined) return;
    const call = calls.begin(text ?? command.sql ?? command.statement?.query);
    keepCall(command, call);
    if (closed) calls.end(call, true);
    else if (typeof command.onResult === 'function') watchResult(command, call, calls);
  });
  /** Of those without a callback nobody is told that the connection was lost, and of none that it was destroyed. */
  const endAll = guard.wrap('mysql2', ({ _command: running, _commands: queue }: any) => {
    const waiting = Array.from({ length: queue.length }, (_, i) => queue.get(i));
    for (const command of [running, ...waiting]) {
      const call = callOf(command);
      if (call !== undefined) calls.end(call, true);
    }
  });

  for (const method of ['query', 'execute']) {
    wrapMethod(connection, method, (original) => {
      return function (this: any, ...args: any[]): unknown {
        const outer = text;
        text = guard.run('mysql2', () => sqlOf(args[0]));
        try {
          return original.apply(this, args);
        } catch (error) {
          calls.end(calls.begin(text), true);
          throw error;
        } finally {
          text = outer;
        }
      };
    });
  }
  callBefore(connection, 'addCommand', (_connection, command) => begin(command, false));
  callBefore(connection, '_addCommandClosedState', (_connection, command) => begin(command, true));
  callBefore(connection, '_notifyError', endAll);
  callBefore(connection, 'close', endAll);
}

function watchResult(command: any, call: Call, calls: Calls): void {
  const { onResult } = command;
  command.onResult = function (this: any, error: any, ...rest: any[]): unknown {
    if (error !== undefined && error !== null) calls.end(call, true);
    return onResult.call(this, error, ...rest);
  };
}
