/**
 * Gives a class to use instead of `Class` that tells `made` of every new object, subclasses' among them, and what it
 * was made with. It is a proxy: `instanceof`, statics, name and `constructor` stay as they were. `made` must not throw.
 */
export function watchConstruction<C extends abstract new (...args: any[]) => object>(
  Class: C,
  made: (object: InstanceType<C>, args: readonly any[]) => void,
): C {
  const watched = new Proxy(Class, {
    construct(target, args, newTarget): object {
      const object = Reflect.construct(target, args, newTarget) as InstanceType<C>;
      made(object, args);
      return object;
    },
  });
  const own = Object.getOwnPropertyDescriptor(Class.prototype, 'constructor');
  if (own?.configurable === true)
    Object.defineProperty(Class.prototype, 'constructor', { ...own, value: watched });
  return watched;
}
