/**
 * Gives one object a property of its own, no more to be seen than what of the prototype it stands before. One at a
 * time and without a loop: a tap does this for every answer.
 */
export function own(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { configurable: true, enumerable: false, writable: true, value });
}
