/** Shows what methods of mariadb make: connections, pools, clusters, statements. What is shown to must not throw. */
import { wrapMethod } from '../../hook/wrap.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

/** Calls `original` and shows what its promise or its callback brings. */
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

/** Shows what a method has made, itself or by a promise, and what from. */
export function callAfter(owner: any, name: string, made: (object: any, args: any[]) => void): void {
  wrapMethod(owner, name, (original) => {
    return function (this: any, ...args: any[]): unknown {
      const result: any = original.apply(this, args);
      if (typeof result?.then !== 'function') {
        made(result, args);
        return result;
      }
      return result.then((object: any) => {
        made(object, args);
        return object;
      });
    };
  });
}
