/**
 * One cumulative reader of everything the process records: the cells, and what the application and its libraries
 * record through the OTel API with meters of their own. Those go to a normal SDK MeterProvider, which is loaded when
 * the first such meter is asked for and not before; the cells join its reader as a MetricProducer.
 */
import type { MeterProvider } from '@opentelemetry/api';
import type * as Resources from '@opentelemetry/resources';
import type * as Sdk from '@opentelemetry/sdk-metrics';
import type { MetricProducer, MetricReader, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { cellMetrics, type CellMetrics } from '../metrics/producer.js';
import { readCells, type CellReading } from '../metrics/reading.js';
import type { Registry } from '../metrics/registry.js';
import type { ResourceAttributes } from './resource.js';

export interface Snapshot {
  readonly metrics: ResourceMetrics;
  /** To be called when the backend has answered for good: newborn series' zeros need not be sent again. */
  delivered(): void;
}

export interface Reader {
  /** Cells and foreign metrics. */
  collect(): Promise<Snapshot>;
  /** Cells alone: what can still be read while the process exits, for the last time or not. */
  readCells(isLast?: boolean): CellReading;
  /** Foreign metrics alone; undefined when nobody asked for a foreign meter. */
  collectForeign(): Promise<ResourceMetrics | undefined>;
  /** The SDK's provider for meters that are not the catalogue's. Loads the SDK. */
  foreignProvider(): MeterProvider;
  /** The cells as an SDK's MetricProducer. */
  readonly producer: MetricProducer;
  /** Who the process is. */
  readonly attributes: ResourceAttributes;
}

export interface ReaderOptions {
  readonly registry: Registry;
  readonly attributes: ResourceAttributes;
  readonly nowMs: () => number;
}

/**
 * Milliseconds for an application's own observable callbacks, well below the 10 s a scraper waits: one that hangs is left
 * out, and costs nobody else their figures.
 */
const CALLBACK_TIMEOUT = 5_000;

export function createReader({ registry, attributes, nowMs }: ReaderOptions): Reader {
  let sdk: { provider: MeterProvider; reader: MetricReader } | undefined;
  /** What the producer shall give to the SDK reader's next collect, which asks it at once and only once. */
  let next: CellMetrics | undefined;
  const resource = { attributes } as unknown as ResourceMetrics['resource'];
  const cells = (): CellMetrics => cellMetrics(registry, nowMs());
  const bundle = (scopeMetrics: ScopeMetrics[]): ResourceMetrics => ({ resource, scopeMetrics });

  const joined: MetricProducer = {
    collect: () =>
      Promise.resolve({ resourceMetrics: bundle(next === undefined ? [] : [next.scope]), errors: [] }),
  };

  /** `MetricReader.collect` calls every producer before it first waits, so `next` is never seen by another call. */
  function collectSdk(reader: MetricReader, withCells: CellMetrics | undefined): Promise<ResourceMetrics> {
    next = withCells;
    const pending = reader.collect({ timeoutMillis: CALLBACK_TIMEOUT });
    next = undefined;
    return pending.then((result) => result.resourceMetrics);
  }

  return {
    attributes,
    producer: { collect: () => Promise.resolve({ resourceMetrics: bundle([cells().scope]), errors: [] }) },
    async collect() {
      const own = cells();
      const metrics = sdk === undefined ? bundle([own.scope]) : await collectSdk(sdk.reader, own);
      return { metrics, delivered: own.delivered };
    },
    readCells: (isLast) => readCells(registry, nowMs(), isLast),
    async collectForeign() {
      return sdk === undefined ? undefined : collectSdk(sdk.reader, undefined);
    },
    foreignProvider() {
      sdk ??= loadSdk(attributes, joined);
      return sdk.provider;
    },
  };
}

function loadSdk(
  attributes: ResourceAttributes,
  producer: MetricProducer,
): { provider: MeterProvider; reader: MetricReader } {
  const { MeterProvider, MetricReader } = require('@opentelemetry/sdk-metrics') as typeof Sdk;
  const { resourceFromAttributes } = require('@opentelemetry/resources') as typeof Resources;
  /** Only collects when it is asked to: when to export is push.ts' and endpoint.ts' affair. */
  class CumulativeReader extends MetricReader {
    protected override onForceFlush(): Promise<void> {
      return Promise.resolve();
    }
    protected override onShutdown(): Promise<void> {
      return Promise.resolve();
    }
  }
  const reader = new CumulativeReader({ metricProducers: [producer] });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ ...attributes }),
    readers: [reader],
  });
  return { provider, reader };
}
