/** Counts the calls of mariadb's connections and pools, of its promise and of its callback interface. */
import { ownMethod } from '../../hook/own.js';
import { wrapMethod } from '../../hook/wrap.js';
import type { Call, Calls } from '../calls.js';
import { whenMade } from './mariadb-made.js';
import { sqlOf } from './pool-queries.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

export interface MariadbPatches {
  readonly connection: (prototype: any) => void;
  readonly pool: (prototype: any) => void;
  /** Those that a cluster's `of` gives. */
  readonly cluster: (prototype: any) => void;
}

const ASKED = ['query', 'execute', 'batch'];
const TRANSACTIONS = { beginTransaction: 'START TRANSACTION', commit: 'COMMIT', rollback: 'ROLLBACK' };

export function mariadbPatches(calls: Calls, isCallback: boolean): MariadbPatches {
  const { count, countRefused } = counter(calls);
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
    pool: (prototype) => ASKED.forEach((method) => count(prototype, method, sqlOf, place)),
    cluster: (prototype) => ASKED.forEach((method) => countRefused(prototype, method, sqlOf, place)),
  };
}

type Count = (owner: any, method: string, textOf: (first: any) => unknown, place?: number) => void;
/** `error` is falsy when all went well. */
type End = (call: Call, error?: unknown) => void;

/** `place`: where a callback goes when none is given and nothing else would tell of the end. */
function counter(calls: Calls): { readonly count: Count; readonly countRefused: Count } {
  /** A method that is made of another counts once. */
  let isInside = false;
  const counted = new WeakSet<object>();
  const end: End = (call, error) => {
    if (typeof error === 'object' && error !== null) counted.add(error);
    calls.end(call, Boolean(error));
  };
  /** With a connection it is the connection that counts, errors too; they are handed on. */
  const endRefused: End = (call, error) => {
    if (error && !counted.has(error)) end(call, error);
  };
  const counting =
    (ended: End): Count =>
    (owner, method, textOf, place) => {
      wrapMethod(owner, method, (original) => {
        return function (this: any, ...args: any[]): unknown {
          if (isInside) return original.apply(this, args);
          const call = calls.begin(textOf(args[0]));
          const isTold = watchCallback(args, call, ended, place);
          isInside = ended === end;
          try {
            return watchResult(original.apply(this, args), call, ended, isTold);
          } catch (error) {
            end(call, error);
            throw error;
          } finally {
            isInside = false;
          }
        };
      });
    };
  return { count: counting(end), countRefused: counting(endRefused) };
}

function watchCallback(args: any[], call: Call, end: End, place: number | undefined): boolean {
  const given = args.findIndex((arg) => typeof arg === 'function');
  const at = given >= 0 ? given : place;
  if (at === undefined) return false;
  const callback = args[at];
  args[at] = function (this: any, error: unknown, ...rest: unknown[]): unknown {
    end(call, error);
    return callback?.call(this, error, ...rest);
  };
  return true;
}

/** A promise, and what is given instead ends as that does; or a command or stream, that tells by events. */
function watchResult(result: any, call: Call, end: End, isTold: boolean): unknown {
  if (typeof result?.then === 'function') {
    return result.then(
      (rows: unknown) => {
        end(call);
        return rows;
      },
      (error: unknown) => {
        end(call, error ?? true);
        throw error;
      },
    );
  }
  if (isTold || typeof result?.emit !== 'function') return result;
  const { emit } = result;
  ownMethod(result, 'emit', function (this: any, event: unknown, ...rest: unknown[]): unknown {
    if (event === 'error' || (event === 'end' && rest[0])) end(call, rest[0] ?? true);
    else if (event === 'end' || event === 'close') end(call);
    return emit.call(this, event, ...rest);
  });
  return result;
}
