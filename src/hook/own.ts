/** Gives one object properties of its own, no more to be seen than those of the prototype that they stand before. */
export function own(target: object, properties: PropertyDescriptorMap): void {
  for (const key of Reflect.ownKeys(properties)) {
    const property = properties[key as string] as PropertyDescriptor;
    const writable = 'value' in property ? { writable: true } : {};
    Object.defineProperty(target, key, { configurable: true, enumerable: false, ...writable, ...property });
  }
}

/** The same for one method, without a loop: for taps that do this for every answer. */
export function ownMethod(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { configurable: true, enumerable: false, writable: true, value });
}
