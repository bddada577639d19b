/**
 * The OTel Meter of the catalogue: `metrics.getMeter('intelia').createCounter('intelia_questions_total')` gives an
 * instrument that lands in the same cells as `trackQuestion`. Instruments that are not in the catalogue go to the SDK.
 */
import type * as Api from '@opentelemetry/api';
import type { Attributes, BatchObservableCallback, Meter, Observable } from '@opentelemetry/api';
import type { RecordedName } from '../catalogue/catalogue.js';
import type { MetricKind } from '../catalogue/types.js';
import { CatalogueObservable, NO_ATTRIBUTES, observeBatch } from './observable.js';
import type { Registry } from './registry.js';

export interface MeterOptions {
  readonly registry: Registry;
  /** The SDK's own meter of the same name, loaded on first use. */
  readonly delegate: () => Meter;
  readonly warn: (key: string, line: string) => void;
}

type Record = (value: number, attributes?: Attributes) => void;

export function createCatalogueMeter(options: MeterOptions): Meter {
  const { registry } = options;
  const record = (name: RecordedName): Record => {
    return (value, attributes = NO_ATTRIBUTES) => registry.emit(name, value, attributes as never);
  };
  const add = (name: RecordedName) => ({ add: record(name) });
  const set = (name: RecordedName) => ({ record: record(name) });
  const observable = (name: RecordedName): Observable => new CatalogueObservable(name, registry);
  const pick = picker(options);
  const gauge: MetricKind[] = ['gauge', 'observed'];

  return {
    createCounter: (name, o) => pick(name, ['counter'], add, (m) => m.createCounter(name, o)),
    createHistogram: (name, o) => pick(name, ['histogram'], set, (m) => m.createHistogram(name, o)),
    createGauge: (name, o) => pick(name, gauge, set, (m) => m.createGauge(name, o)),
    createObservableGauge: (name, o) =>
      pick(name, gauge, observable, (m) => m.createObservableGauge(name, o)),
    // The catalogue has no metric of these kinds.
    createUpDownCounter: (name, o) => pick(name, [], add, (m) => m.createUpDownCounter(name, o)),
    createObservableCounter: (name, o) =>
      pick(name, [], observable, (m) => m.createObservableCounter(name, o)),
    createObservableUpDownCounter: (name, o) =>
      pick(name, [], observable, (m) => m.createObservableUpDownCounter(name, o)),
    ...batches(options),
  };
}

/** Ours when the name is in the catalogue, a silent one when it is there as another kind, else the SDK's. */
function picker({ registry, delegate, warn }: MeterOptions) {
  return <I>(
    name: string,
    kinds: MetricKind[],
    ours: (name: RecordedName) => I,
    theirs: (meter: Meter) => I,
  ): I => {
    if (!Object.hasOwn(registry.families, name)) return theirs(delegate());
    const known = name as RecordedName;
    const { kind } = registry.families[known].spec;
    if (kinds.includes(kind)) return ours(known);
    warn(
      `kind:${name}`,
      `${name} is a ${kind} of the catalogue; an instrument of another kind by its name is not exported`,
    );
    return theirs((require('@opentelemetry/api') as typeof Api).createNoopMeter());
  };
}

type BatchMethods = Pick<Meter, 'addBatchObservableCallback' | 'removeBatchObservableCallback'>;

function batches({ registry, delegate }: MeterOptions): BatchMethods {
  const stops = new Map<BatchObservableCallback, () => void>();
  const isOurs = (each: Observable): each is CatalogueObservable => each instanceof CatalogueObservable;
  const foreign = (observables: Observable[]): Observable[] => observables.filter((each) => !isOurs(each));
  return {
    addBatchObservableCallback(callback, observables) {
      const theirs = foreign(observables);
      if (theirs.length > 0) delegate().addBatchObservableCallback(callback, theirs);
      if (!stops.has(callback))
        stops.set(callback, observeBatch(registry, callback, observables.filter(isOurs)));
    },
    removeBatchObservableCallback(callback, observables) {
      stops.get(callback)?.();
      stops.delete(callback);
      const theirs = foreign(observables);
      if (theirs.length > 0) delegate().removeBatchObservableCallback(callback, theirs);
    },
  };
}
