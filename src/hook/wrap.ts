/** Replaces a method by one that calls it, so that nobody can tell: same name, length, `this` and own properties. */

type AnyFunction = (...args: any[]) => any;

/** Marks a wrapper, so that a second start or a second copy of this package does not wrap again. */
const WRAPPED = Symbol.for('intelia.otel.wrapped');

/**
 * Puts `make(original)` in place of `owner[name]`. Does nothing (and gives false) when there is no such function,
 * when it cannot be replaced, or when it is wrapped already.
 */
export function wrapMethod(owner: any, name: string, make: (original: AnyFunction) => AnyFunction): boolean {
  const original: unknown = owner?.[name];
  if (typeof original !== 'function' || isWrapped(original)) return false;
  const own = Object.getOwnPropertyDescriptor(owner, name);
  if (own !== undefined && own.configurable === false && own.writable !== true) return false;
  const wrapper = disguise(make(original as AnyFunction), original as AnyFunction);
  Object.defineProperty(owner, name, {
    configurable: own?.configurable ?? true,
    enumerable: own?.enumerable ?? false,
    writable: true,
    value: wrapper,
  });
  return true;
}

/** Calls `first` with the object and the method's first argument, then the method. `first` must not throw. */
export function callBefore(owner: any, name: string, first: (object: any, argument: any) => void): boolean {
  return wrapMethod(owner, name, (original) => {
    return function (this: any, ...args: any[]): unknown {
      first(this, args[0]);
      return original.apply(this, args);
    };
  });
}

/** Gives `wrapper` the looks of `original`. */
export function disguise<F extends AnyFunction>(wrapper: F, original: AnyFunction): F {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    const existing = Object.getOwnPropertyDescriptor(wrapper, key);
    if (descriptor !== undefined && existing?.configurable !== false)
      Object.defineProperty(wrapper, key, descriptor);
  }
  Object.defineProperty(wrapper, WRAPPED, { value: original });
  return wrapper;
}

export function isWrapped(fn: unknown): boolean {
  return typeof fn === 'function' && Object.prototype.hasOwnProperty.call(fn, WRAPPED);
}
