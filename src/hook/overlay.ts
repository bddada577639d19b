/**
 * Methods put before those of single objects, at the price of one change of prototype: a property of its own for each
 * would cost several times as much, and be seen. Between an object and its class stands a prototype that all share; what
 * is known of the one object is hidden in it as a private field, which nothing but this file can read.
 */
import { ownMethod } from './own.js';
import { disguise } from './wrap.js';

type AnyFunction = (...args: any[]) => any;

/** `original` is the method of the object's class, to be called on `self`. */
export type Overlaid<T> = (self: any, tap: T, original: AnyFunction, args: any[]) => any;

/** Makes what lays `methods` over an object, with what they are to know of it. */
export function createOverlay<T extends object>(
  methods: Readonly<Record<PropertyKey, Overlaid<T>>>,
): (target: object, tap: T) => void {
  const hidden = createHiding<T>();
  const keys = Reflect.ownKeys(methods);
  const prototypes = new WeakMap<object, object>();

  function prototypeOver(base: any): object {
    const prototype = Object.create(base);
    for (const key of keys) {
      const method = methods[key] as Overlaid<T>;
      if (typeof base[key] !== 'function') continue;
      const overlaid = function (this: unknown, ...args: any[]): any {
        const tap = hidden.of(this);
        // Asked for each time: others may patch the class after us.
        return tap === undefined ? base[key].apply(this, args) : method(this, tap, base[key], args);
      };
      Object.defineProperty(prototype, key, {
        configurable: true,
        enumerable: key in base && isEnumerable(base, key),
        writable: true,
        value: disguise(overlaid, base[key]),
      });
    }
    return prototype;
  }

  return (target: any, tap) => {
    if (hidden.of(target) !== undefined || keys.some((key) => Object.hasOwn(target, key)))
      return ownOverlay(target, tap, methods);
    const base = Object.getPrototypeOf(target);
    let prototype = prototypes.get(base);
    if (prototype === undefined) prototypes.set(base, (prototype = prototypeOver(base)));
    hidden.put(target, tap);
    Object.setPrototypeOf(target, prototype);
  };
}

/** Somebody has put methods on the object itself, or we have been here: only what is its own comes before those. */
function ownOverlay<T>(target: any, tap: T, methods: Readonly<Record<PropertyKey, Overlaid<T>>>): void {
  for (const key of Reflect.ownKeys(methods)) {
    const original: unknown = target[key];
    const method = methods[key] as Overlaid<T>;
    if (typeof original !== 'function') continue;
    ownMethod(target, key, (...args: any[]) => method(target, tap, original as AnyFunction, args));
  }
}

function isEnumerable(base: object, key: PropertyKey): boolean {
  for (let owner: object | null = base; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyDescriptor(owner, key);
    if (found !== undefined) return found.enumerable === true;
  }
  return false;
}

/** A class whose constructor gives back what it is given: the fields of a subclass are put into that. */
const Given = function (target: object): object {
  return target;
} as unknown as new (target: object) => object;

interface Hiding<T> {
  put(target: object, value: T): void;
  of(target: unknown): T | undefined;
}

function createHiding<T extends object>(): Hiding<T> {
  class Hidden extends Given {
    readonly #value: T;
    constructor(target: object, value: T) {
      super(target);
      this.#value = value;
    }
    static of(target: unknown): T | undefined {
      return typeof target === 'object' && target !== null && #value in target ? target.#value : undefined;
    }
  }
  return { put: (target, value) => void new Hidden(target, value), of: (target) => Hidden.of(target) };
}
