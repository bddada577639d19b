/** Counts the calls of mariadb's connections and pools, of its promise and of its callback interface. */
import { ownMethod } from '../../hook/own.js';
import { wrapMethod } from '../../hook/wrap.js';
import type { Call, Calls } from '../calls.js';
import { sqlOf } from './pool-queries.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

export interface MariadbPatches {
  readonly connection: (prototype: any) => void;
  readonly pool: (prototype: any) => void;
}

const TRANSACTIONS = { beginTransaction: 'START TRANSACTION', commit: 'COMMIT', rollback: 'ROLLBACK' };

export function mariadbPatches(calls: Calls, isCallback: boolean): MariadbPatches {
  const count = counter(calls);
  /** Where callers who care for the outcome put their callback. */
  const place = isCallback ? 2 : undefined;
  return {
    connection(prototype) {
      for (const method of ['query', 'queryStream']) count(prototype, method, sqlOf);
      for (const method of ['execute', 'batch']) count(prototype, method, sqlOf, place);
      for (const [method, text] of Object.entries(TRANSACTIONS)) {
        count(prototype, method, () => text, isCallback ? 0 : undefined);
      }
      wrapMethod(prototype, 'prepare', (original) => {
        return function prepare(this: any, ...args: any[]): unknown {
          return whenMade(original, this, args, (statement) => {
            for (const method of ['execute', 'executeStream'])
              count(statement, method, () => statement.query);
          });
        };
      });
    },
    pool(prototype) {
      for (const method of ['query', 'execute', 'batch']) count(prototype, method, sqlOf, place);
    },
  };
}

type Count = (owner: any, method: string, textOf: (first: any) => unknown, place?: number) => void;

/** `place`: where a callback goes when none is given and nothing else would tell of the end. */
function counter(calls: Calls): Count {
  /** A method that is made of another counts once. */
  let isInside = false;
  return (owner, method, textOf, place) => {
    wrapMethod(owner, method, (original) => {
      return function (this: any, ...args: any[]): unknown {
        if (isInside) return original.apply(this, args);
        const call = calls.begin(textOf(args[0]));
        const isTold = watchCallback(args, call, calls, place);
        isInside = true;
        try {
          return watchResult(original.apply(this, args), call, calls, isTold);
        } catch (error) {
          calls.end(call, true);
          throw error;
        } finally {
          isInside = false;
        }
      };
    });
  };
}

function watchCallback(args: any[], call: Call, calls: Calls, place: number | undefined): boolean {
  const given = args.findIndex((arg) => typeof arg === 'function');
  const at = given >= 0 ? given : place;
  if (at === undefined) return false;
  const callback = args[at];
  args[at] = function (this: any, error: unknown, ...rest: unknown[]): unknown {
    calls.end(call, Boolean(error));
    return callback?.call(this, error, ...rest);
  };
  return true;
}

/** A promise, and what is given instead ends as that does; or a command or stream, that tells by events. */
function watchResult(result: any, call: Call, calls: Calls, isTold: boolean): unknown {
  if (typeof result?.then === 'function') {
    return result.then(
      (rows: unknown) => {
        calls.end(call, false);
        return rows;
      },
      (error: unknown) => {
        calls.end(call, true);
        throw error;
      },
    );
  }
  if (isTold || typeof result?.emit !== 'function') return result;
  const { emit } = result;
  ownMethod(result, 'emit', function (this: any, event: unknown, ...rest: unknown[]): unknown {
    if (event === 'error' || (event === 'end' && rest[0])) calls.end(call, true);
    else if (event === 'end' || event === 'close') calls.end(call, false);
    return emit.call(this, event, ...rest);
  });
  return result;
}

/** Calls `original` and shows what its promise or its callback brings. `made` must not throw. */
export function whenMade(original: any, self: any, args: any[], made: (object: any) => void): unknown {
  const at = args.findIndex((arg) => typeof arg === 'function');
  const callback = args[at];
  if (at >= 0) {
    args[at] = function (this: any, error: unknown, object: any, ...rest: unknown[]): unknown {
      if (object) made(object);
      return callback.call(this, error, object, ...rest);
    };
  }
  const result = original.apply(self, args);
  if (at >= 0 || typeof result?.then !== 'function') return result;
  return result.then((object: any) => {
    made(object);
    return object;
  });
}
