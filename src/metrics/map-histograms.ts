/** A MeterProvider whose histograms are others: what is recorded by code of somebody else can be changed or dropped. */
import type { Histogram, Meter, MeterProvider, MetricOptions } from '@opentelemetry/api';

/** `map` is given each histogram as it is created, with its own name and its meter's; the one to use instead is what it gives. */
export function mapHistograms(
  provider: MeterProvider,
  map: (histogram: Histogram, name: string, meter: string) => Histogram,
): MeterProvider {
  return {
    getMeter(meterName, ...rest) {
      const meter = provider.getMeter(meterName, ...rest);
      const createHistogram = (name: string, options?: MetricOptions): Histogram =>
        map(meter.createHistogram(name, options), name, meterName);
      return Object.create(meter, { createHistogram: { value: createHistogram } }) as Meter;
    },
  };
}
