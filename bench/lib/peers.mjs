// The same counter and histogram in each library we compare with.
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import platformatic from '@platformatic/prom-client';
import promClient from 'prom-client';

export const OURS = '@intelia/otel';
export const PROM = 'prom-client 15.1.3';
export const PLT = '@platformatic/prom-client 1.0.0';
export const OTEL = 'OTel SDK 2.12.0';
export const PROMS = [
  [PROM, promClient],
  [PLT, platformatic],
];

/** A counter of prom-client's make. */
export function promCounter(library, name, labelNames) {
  return new library.Counter({ name, help: name, labelNames, registers: [new library.Registry()] });
}

export function promHistogram(library, name, labelNames, buckets) {
  return new library.Histogram({
    name,
    help: name,
    labelNames,
    buckets,
    registers: [new library.Registry()],
  });
}

/** Collects only when it is asked to. */
export class IdleReader extends MetricReader {
  onForceFlush() {
    return Promise.resolve();
  }
  onShutdown() {
    return Promise.resolve();
  }
}

export function otelMeter() {
  return new MeterProvider({ readers: [new IdleReader()] }).getMeter('bench');
}
