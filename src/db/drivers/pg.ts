/**
 * PostgreSQL by pg: every query of a Client, however it is called, and every pool. The query object itself is
 * watched, where pg tells it of its end: arguments, callbacks, promises and what is returned stay the caller's own.
 */
import type { Hook } from '../../context.js';
import type { Guard } from '../../guard.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { callOf, createCalls, keepCall, type Call, type Calls } from '../calls.js';
import { hookPgNative } from './pg-native.js';
import { hookPgPool } from './pg-pool.js';
import { queryText } from './pg-text.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- pg's insides have no types */

export const hookPg: Hook = (context) => {
  const calls = createCalls(context, 'pg');
  onKnownFile(context, 'pg/lib/client.js', '8', (Client) => {
    patchClient(Client, calls, context.guard, patchQuery(Client.Query, calls));
  });
  hookPgNative(context, calls);
  hookPgPool(context, calls);
};

/** The call whose `query` runs right now: a value that cannot be sent fails before we have seen the query object. */
interface Running {
  call: Call | undefined;
}

function patchQuery(Query: any, calls: Calls): Running {
  const running: Running = { call: undefined };
  wrapMethod(Query.prototype, 'handleError', (original) => {
    return function handleError(this: any, ...args: any[]): unknown {
      const call = callOf(this) ?? running.call;
      if (call !== undefined) calls.end(call, true);
      return original.apply(this, args);
    };
  });
  wrapMethod(Query.prototype, 'handleReadyForQuery', (original) => {
    return function handleReadyForQuery(this: any, ...args: any[]): unknown {
      const call = callOf(this);
      // The flag is set when a row could not be parsed: pg is about to fail the query for it.
      if (call !== undefined) calls.end(call, Boolean(this._canceledDueToError));
      return original.apply(this, args);
    };
  });
  return running;
}

function patchClient(Client: any, calls: Calls, guard: Guard, running: Running): void {
  /** Finds the query object that pg has made for this call; there is none when it refused the call. */
  const trackMade = guard.wrap('pg', (client: any, call: Call) => {
    const query = newestQuery(client);
    if (query === undefined) calls.end(call, true);
    else keepCall(query, call);
  });
  /** A cursor or stream, or a Query that the caller made: it is known beforehand. */
  const trackGiven = guard.wrap('pg', (query: any, call: Call) => {
    keepCall(query, call);
    endWith(query, 'handleError', () => calls.end(call, true));
    endWith(query, 'handleReadyForQuery', () => calls.end(call, false));
  });

  wrapMethod(Client.prototype, 'query', (original) => {
    return function query(this: any, ...args: any[]): unknown {
      const [config] = args;
      const call = calls.begin(queryText(config, this));
      const isGiven = typeof config?.submit === 'function';
      if (isGiven) trackGiven(config, call);
      const outer = running.call;
      running.call = call;
      try {
        const result: unknown = original.apply(this, args);
        if (!isGiven) trackMade(this, call);
        return result;
      } catch (error) {
        calls.end(call, true);
        throw error;
      } finally {
        running.call = outer;
      }
    };
  });
}

function endWith(query: any, method: string, end: () => void): void {
  wrapMethod(query, method, (original) => {
    return function (this: any, ...args: any[]): unknown {
      end();
      return original.apply(this, args);
    };
  });
}

/** The last one queued, or sent, or the active one, by the names of pg from 8.17 on, and of earlier ones. */
function newestQuery(client: any): object | undefined {
  const queue = client._queryQueue ?? client.queryQueue;
  const active = '_activeQuery' in client ? client._activeQuery : client.activeQuery;
  const candidates = [queue.at(-1), client._sentQueryQueue?.at(-1), active];
  return candidates.find((query) => query !== undefined && query !== null && callOf(query) === undefined);
}
