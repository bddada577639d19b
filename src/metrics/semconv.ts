/** Instruments of OTel's own conventions, beside the catalogue's: made of a normal MeterProvider, so that they leave with the foreign ones. */
import type { Attributes, MeterProvider } from '@opentelemetry/api';

export interface HistogramSpec {
  readonly unit: string;
  readonly description: string;
  readonly bounds: readonly number[];
}

export interface Scope {
  readonly name: string;
  readonly version: string;
}

/** A function that records into one histogram a row. A duration that is no finite number, or negative, is left out. */
export function createHistograms<Name extends string>(
  provider: MeterProvider,
  scope: Scope,
  specs: Readonly<Record<Name, HistogramSpec>>,
): (name: Name, value: number, attributes: Attributes) => void {
  const meter = provider.getMeter(scope.name, scope.version);
  const instruments = new Map(
    Object.entries<HistogramSpec>(specs).map(([name, { unit, description, bounds }]) => [
      name,
      meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...bounds] } }),
    ]),
  );
  return (name, value, attributes) => {
    if (value >= 0 && value < Infinity) instruments.get(name)?.record(value, attributes);
  };
}

export interface CountSpec {
  readonly unit: string;
  readonly description: string;
}

/** A count that goes up and down, read at each collection by `observer`, which must not throw. */
export function observeCount(
  provider: MeterProvider,
  scope: Scope,
  name: string,
  spec: CountSpec,
  observer: (set: (value: number, attributes: Attributes) => void) => void,
): void {
  const meter = provider.getMeter(scope.name, scope.version);
  const { unit, description } = spec;
  meter
    .createObservableUpDownCounter(name, { unit, description })
    .addCallback((result) => observer((value, attributes) => result.observe(value, attributes)));
}
