/** pg over libpq (`pg.native`, the package pg-native): its queries are of another class, which tells of its end. */
import type { Context } from '../../context.js';
import { watchConstruction } from '../../hook/construct.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { callOf, keepCall, type Call, type Calls } from '../calls.js';
import { queryText } from './pg-text.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- pg's insides have no types */

export function hookPgNative(context: Context, calls: Calls): void {
  /** The call whose `query` runs right now, and makes a query object. */
  let running: Call | undefined;

  const endWith = (
    prototype: any,
    method: string,
    isEnd: (args: any[]) => boolean,
    failed: boolean,
  ): void => {
    wrapMethod(prototype, method, (original) => {
      return function (this: any, ...args: any[]): unknown {
        const call = isEnd(args) ? callOf(this) : undefined;
        if (call !== undefined) calls.end(call, failed);
        return original.apply(this, args);
      };
    });
  };

  onKnownFile(context, 'pg/lib/native/query.js', '8', (Query) => {
    endWith(Query.prototype, 'handleError', () => true, true);
    endWith(Query.prototype, 'emit', ([event]) => event === 'end', false);
    return watchConstruction(Query, (query) => {
      if (running !== undefined) keepCall(query, running);
    });
  });
  onKnownFile(context, 'pg/lib/native/client.js', '8', (Client) => {
    wrapMethod(Client.prototype, 'query', (original) => {
      return function query(this: any, ...args: any[]): unknown {
        const [config] = args;
        const call = calls.begin(queryText(config) ?? this.namedQueries?.[config?.name]);
        if (typeof config?.submit === 'function') keepCall(config, call);
        const outer = running;
        running = call;
        try {
          return original.apply(this, args);
        } catch (error) {
          calls.end(call, true);
          throw error;
        } finally {
          running = outer;
        }
      };
    });
  });
}
