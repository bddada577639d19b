/** All families of the catalogue: the one place where measurements land and from which every export reads. */
import {
  catalogue,
  type Emit,
  type Labels,
  type MetricName,
  type ObservedName,
  type RecordedName,
} from '../catalogue/catalogue.js';
import type { MetricSpec } from '../catalogue/types.js';
import {
  CounterFamily,
  GaugeFamily,
  HistogramFamily,
  type Bound,
  type DropReason,
  type Family,
  type OnDrop,
} from './family.js';

export type AnyFamily = CounterFamily | HistogramFamily | GaugeFamily;

/** Sets the values of an observed metric at collection. May throw: it is guarded. */
export type Observer<N extends ObservedName> = (set: (value: number, labels: Labels<N>) => void) => void;

/** For hot callers: `emit` for one series of a counter or histogram, as {@link CounterFamily.bind} tells. */
export type Bind = <N extends RecordedName>(name: N, labels: Labels<N>) => Bound | undefined;

export interface Registry {
  readonly families: Readonly<Record<MetricName, AnyFamily>>;
  readonly emit: Emit;
  readonly bind: Bind;
  /** Asks `observer` at each collection; returns a function that stops that. */
  observe<N extends ObservedName>(name: N, observer: Observer<N>): () => void;
  /** Runs all observers. Called by every reader before it reads `families`. */
  collect(): void;
  /** Counts a measurement that could not be taken, and warns once for each distinct one. */
  drop(reason: DropReason, metric: string, label?: string): void;
  /** Milliseconds since the epoch at which all totals began. */
  readonly startMs: number;
}

export interface RegistryOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Given one line for each distinct kind of drop. */
  readonly warn: (key: string, line: string) => void;
  /** Called when an observer throws. */
  readonly onError: (where: string, error: unknown) => void;
}

export function createRegistry(options: RegistryOptions): Registry {
  const { nowMs, warn, onError } = options;
  const observers = new Map<GaugeFamily, Set<Observer<never>>>();
  let round = 1;

  const drop: OnDrop = (reason, metric, label) => {
    // Not through emit: a drop of this counter itself would come back here.
    (families.intelia_otel_dropped_measurements_total as CounterFamily).cell({ reason }).value++;
    warn(`drop:${reason}:${metric}:${label ?? ''}`, describeDrop(reason, metric, label));
  };

  const families = Object.fromEntries(
    Object.entries<MetricSpec>(catalogue).map(([name, spec]) => [
      name,
      createFamily(name, spec, drop, nowMs),
    ]),
  ) as Record<MetricName, AnyFamily>;

  function ask(family: GaugeFamily, observer: Observer<never>): void {
    try {
      observer(((value: number, labels: object) =>
        family.observe(value, labels as Record<string, unknown>)) as never);
    } catch (error) {
      onError(`observe ${family.name}`, error);
    }
  }

  return {
    families,
    startMs: nowMs(),
    drop,
    emit: (name, value, labels) => {
      try {
        (families[name] as Family).record(value, labels as Record<string, unknown>);
      } catch {
        // Only a caller's own object can throw while it is read: a getter, a proxy.
        drop('bad_call', name);
      }
    },
    bind: (name, labels) => {
      const family: AnyFamily = families[name];
      return family instanceof GaugeFamily ? undefined : family.bind(labels as Record<string, unknown>);
    },
    observe(name, observer) {
      const family = families[name] as GaugeFamily;
      let set = observers.get(family);
      if (set === undefined) observers.set(family, (set = new Set()));
      set.add(observer as Observer<never>);
      return () => void set.delete(observer as Observer<never>);
    },
    collect() {
      round++;
      for (const [family, set] of observers) {
        family.round = round;
        for (const observer of set) ask(family, observer);
      }
    },
  };
}

function createFamily(name: string, spec: MetricSpec, drop: OnDrop, nowMs: () => number): AnyFamily {
  if (spec.kind === 'counter') return new CounterFamily(name, spec, drop, nowMs);
  if (spec.kind === 'histogram') return new HistogramFamily(name, spec, drop, nowMs);
  return new GaugeFamily(name, spec, drop, nowMs);
}

/** The cells to be shown now: those of an observed metric only if they were set in this collection. */
export function shownCells<F extends AnyFamily>(family: F): F['cells'] {
  return family instanceof GaugeFamily ? family.shown() : family.cells;
}

function describeDrop(reason: DropReason, metric: string, label?: string): string {
  switch (reason) {
    case 'label_limit':
      return `${metric}: label "${label}" has reached its bound; further values are counted as "other"`;
    case 'label_value':
      return `${metric}: a value given for label "${label}" is not one it can take; counted as "other"`;
    case 'series_limit':
      return `${metric}: too many series; new ones are counted as "other"`;
    case 'negative':
      return `${metric}: a negative value was dropped; totals and durations only grow`;
    case 'not_a_number':
      return `${metric}: a value that is not a finite number was dropped`;
    case 'bad_call':
      return `${metric}: a measurement whose values could not be read was dropped`;
  }
}
