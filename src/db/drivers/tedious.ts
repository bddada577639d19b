/** SQL Server by tedious, and by mssql over it: requests, prepared ones and procedures, bulk loads, transactions. */
import type { Hook } from '../../context.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { createCalls, type Call } from '../calls.js';
import { hookMssql } from './mssql.js';
import { procedureOf } from './tedious-procedures.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

/** Of each method its SQL; all are given an object whose `callback` is called at the end. */
const REQUESTS: Readonly<Record<string, (request: any) => unknown>> = {
  execSql: (request) => request.sqlTextOrProcedure,
  execSqlBatch: (request) => request.sqlTextOrProcedure,
  execute: (request) => request.sqlTextOrProcedure,
  execBulkLoad: (bulkLoad) => `INSERT INTO ${bulkLoad.table}`,
};
const TRANSACTIONS = {
  beginTransaction: 'BEGIN TRANSACTION',
  commitTransaction: 'COMMIT',
  rollbackTransaction: 'ROLLBACK',
  saveTransaction: 'SAVEPOINT',
};

export const hookTedious: Hook = (context) => {
  const { guard } = context;
  const calls = createCalls(context, 'tedious');
  /** What makes requests of its own counts once, or not at all. */
  let isInside = false;
  const within = (original: any, self: any, args: any[]): unknown => {
    const outer = isInside;
    isInside = true;
    try {
      return original.apply(self, args);
    } finally {
      isInside = outer;
    }
  };
  const quietly = (owner: any, method: string): void => {
    wrapMethod(owner, method, (original) => {
      return function (this: any, ...args: any[]): unknown {
        return within(original, this, args);
      };
    });
  };
  const counted = (owner: any, method: string, watch: (args: any[], connection: any) => Call): void => {
    wrapMethod(owner, method, (original) => {
      return function (this: any, ...args: any[]): unknown {
        if (isInside) return original.apply(this, args);
        const call = guard.run('tedious', () => watch(args, this));
        try {
          return within(original, this, args);
        } catch (error) {
          if (call !== undefined) calls.end(call, true);
          throw error;
        }
      };
    });
  };

  /** Until its end, and no longer: a prepared request is used many times. `isOk`: a good end counts. */
  const watchEnd = (request: any, text: unknown, isOk = true): Call => {
    const call = calls.begin(text);
    const { callback } = request;
    request.callback = function (this: any, error: any, ...rest: any[]): unknown {
      request.callback = callback;
      if (error || isOk) calls.end(call, Boolean(error));
      return callback.call(this, error, ...rest);
    };
    return call;
  };

  onKnownFile(context, 'tedious/lib/connection.js', '18 || 19 || 20', ({ prototype }) => {
    for (const [method, textOf] of Object.entries(REQUESTS)) {
      counted(prototype, method, ([request]) => watchEnd(request, textOf(request)));
    }
    counted(prototype, 'callProcedure', ([request], connection) => {
      const { text, isOk } = procedureOf(connection, request);
      return watchEnd(request, text, isOk);
    });
    // One that cannot be prepared will not be executed.
    counted(prototype, 'prepare', ([request]) => watchEnd(request, request.sqlTextOrProcedure, false));
    for (const [method, text] of Object.entries(TRANSACTIONS)) {
      counted(prototype, method, (args) => {
        const call = calls.begin(text);
        const [callback] = args;
        args[0] = function (this: any, error: any, ...rest: any[]): unknown {
          calls.end(call, Boolean(error));
          return callback.call(this, error, ...rest);
        };
        return call;
      });
    }
    quietly(prototype, 'reset');
  });
  hookMssql(context, calls, quietly);
};
