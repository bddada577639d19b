/** Observable gauges of the catalogue: the OTel API's callbacks, asked at each collection like our own observers. */
import type {
  Attributes,
  BatchObservableCallback,
  Observable,
  ObservableCallback,
  ObservableResult,
} from '@opentelemetry/api';
import type { RecordedName } from '../catalogue/catalogue.js';
import type { Registry } from './registry.js';

export const NO_ATTRIBUTES = Object.freeze({});

/** An observable gauge of the catalogue, with what stops each of its callbacks. */
export class CatalogueObservable implements Observable {
  private readonly stops = new Map<ObservableCallback, () => void>();

  constructor(
    readonly name: RecordedName,
    private readonly registry: Registry,
  ) {}

  /** The callback is read synchronously; what an async one sets holds from the next collection on. */
  addCallback(callback: ObservableCallback): void {
    if (this.stops.has(callback)) return;
    this.stops.set(
      callback,
      observeWhile(this.registry, this.name, (observe) => callback({ observe } as ObservableResult)),
    );
  }

  removeCallback(callback: ObservableCallback): void {
    this.stops.get(callback)?.();
    this.stops.delete(callback);
  }
}

type Observe = (value: number, attributes?: Attributes) => void;

function observeWhile(
  registry: Registry,
  name: RecordedName,
  callback: (observe: Observe) => unknown,
): () => void {
  return registry.observe(name as never, (set: (value: number, labels: never) => void) => {
    let collecting = true;
    const late: Observe = (value, attributes = NO_ATTRIBUTES) =>
      registry.emit(name, value, attributes as never);
    const result = callback((value, attributes = NO_ATTRIBUTES) => {
      if (collecting) set(value, attributes as never);
      else late(value, attributes);
    });
    collecting = false;
    // A rejection belongs to nobody else: unhandled, it would end the host.
    if (result instanceof Promise) result.catch(() => registry.drop('bad_call', name));
  });
}

/** Asks a callback that observes several metrics at once; returns what stops it. */
export function observeBatch(
  registry: Registry,
  callback: BatchObservableCallback,
  ours: readonly CatalogueObservable[],
): () => void {
  const first = ours[0];
  if (first === undefined) return () => {};
  return observeWhile(registry, first.name, () =>
    callback({
      observe: (observable, value, attributes) => {
        const own = ours.find((each) => each === observable);
        if (own !== undefined) registry.emit(own.name, value, (attributes ?? NO_ATTRIBUTES) as never);
      },
    }),
  );
}
