/**
 * A family is one metric of the catalogue with all its cells, reached by one map per label. Recording into a
 * known series looks up at most four maps and allocates nothing; only a new series takes the slow path.
 */
import type { MetricSpec } from '../catalogue/types.js';
import { HistogramCell, NumberCell, type Cell } from './cell.js';
import { labelBound, OTHER, UNKNOWN, type LabelBound, type LabelFault } from './labels.js';

export type DropReason = LabelFault | 'not_a_number' | 'negative' | 'series_limit' | 'bad_call';
/** Told of every measurement that was dropped or moved to `other`. Must not throw. */
export type OnDrop = (reason: DropReason, metric: string, label?: string) => void;

export const DEFAULT_SERIES_LIMIT = 2_000;

type Given = Readonly<Record<string, unknown>>;
type Level = Map<unknown, unknown>;

export abstract class Family<C extends Cell = Cell> {
  /** In order of birth: the order in which they are written. */
  readonly cells: C[] = [];
  readonly labelNames: readonly string[];
  private readonly limit: number;
  private readonly bounds: readonly LabelBound[];
  private readonly root: Level = new Map();
  protected readonly find: (labels: Given) => C | undefined;

  constructor(
    readonly name: string,
    readonly spec: MetricSpec,
    protected readonly onDrop: OnDrop,
    private readonly nowMs: () => number,
  ) {
    this.labelNames = Object.keys(spec.labels);
    this.bounds = Object.values(spec.labels).map(labelBound);
    this.limit = spec.limit ?? DEFAULT_SERIES_LIMIT;
    this.find = finder<C>(this.root, this.labelNames);
  }

  /** Adds to a counter, observes into a histogram, sets a gauge. `labels` may be anything; it is only read. */
  abstract record(value: number, labels: Given): void;

  protected abstract createCell(values: readonly string[], bornMs: number): C;

  /** The cell of these labels, made when it is new. Hot callers may keep it. */
  cell(labels: Given): C {
    return this.find(labels) ?? this.admit(labels);
  }

  private admit(labels: Given): C {
    const given = this.labelNames.map((name) => labels[name]);
    const values = given.map((value, i) =>
      (this.bounds[i] as LabelBound).accept(value, (reason) =>
        this.onDrop(reason, this.name, this.labelNames[i]),
      ),
    );
    const known = this.lookup(values);
    if (known !== undefined) return this.alias(given, values, known);
    if (this.cells.length < this.limit) return this.alias(given, values, this.insert(values));
    this.onDrop('series_limit', this.name);
    const folded = values.map((value, i) => ('bound' in this.specOf(i) ? OTHER : value));
    return this.lookup(folded) ?? this.insert(folded);
  }

  private specOf(i: number) {
    return this.spec.labels[this.labelNames[i] as string] as object;
  }

  private lookup(values: readonly unknown[]): C | undefined {
    let node: unknown = this.root;
    for (const value of values.length === 0 ? [''] : values) node = (node as Level | undefined)?.get(value);
    return node as C | undefined;
  }

  private insert(values: readonly string[]): C {
    const cell = this.createCell(values, this.nowMs());
    this.cells.push(cell);
    this.put(values, cell);
    return cell;
  }

  private put(path: readonly unknown[], cell: C): void {
    let level = this.root;
    const last = Math.max(path.length - 1, 0);
    for (let i = 0; i < last; i++) {
      let next = level.get(path[i]) as Level | undefined;
      if (next === undefined) level.set(path[i], (next = new Map()));
      level = next;
    }
    level.set(path.length === 0 ? '' : path[last], cell);
  }

  /** A number given for a string label (a status of 200), or a label left out, finds its cell at once the next time. */
  private alias(given: readonly unknown[], values: readonly string[], cell: C): C {
    const renamed = given.some((value, i) => value !== values[i]);
    if (renamed && given.every((value, i) => isSameText(value, values[i]))) {
      // Never the caller's own strings: a slice keeps its parent alive.
      this.put(
        given.map((value, i) => (typeof value === 'string' ? values[i] : value)),
        cell,
      );
    }
    return cell;
  }
}

function isSameText(given: unknown, text: string | undefined): boolean {
  if (given === undefined) return text === UNKNOWN;
  return (
    (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') &&
    String(given) === text
  );
}

/** Unrolled by the number of labels: a loop over the names costs half as much again. */
function finder<C>(root: Level, names: readonly string[]): (labels: Given) => C | undefined {
  const [k0 = '', k1 = '', k2 = '', k3 = ''] = names;
  switch (names.length) {
    case 0:
      return () => root.get('') as C | undefined;
    case 1:
      return (l) => root.get(l[k0]) as C | undefined;
    case 2:
      return (l) => (root.get(l[k0]) as Level | undefined)?.get(l[k1]) as C | undefined;
    case 3:
      return (l) =>
        ((root.get(l[k0]) as Level | undefined)?.get(l[k1]) as Level | undefined)?.get(l[k2]) as
          C | undefined;
    case 4:
      return (l) =>
        (
          ((root.get(l[k0]) as Level | undefined)?.get(l[k1]) as Level | undefined)?.get(l[k2]) as
            Level | undefined
        )?.get(l[k3]) as C | undefined;
    default:
      throw new RangeError('a metric has at most four labels');
  }
}

/** Larger amounts are refused: no number of smaller ones can add up to Infinity, which a total could never leave again. */
const LARGEST = 1e290;

/** Records into one series. */
export type Bound = (value: number) => void;

/** A metric that only grows. */
abstract class GrowingFamily<C extends Cell> extends Family<C> {
  record(value: number, labels: Given): void {
    if (this.accepts(value)) this.add(this.cell(labels), value);
  }

  /**
   * `record` for one series, which is found only once. Undefined before it has been recorded into, and for labels that
   * are counted as others: each such measurement is told of.
   */
  bind(labels: Given): Bound | undefined {
    const cell = this.find(labels);
    return cell && ((value) => void (this.accepts(value) && this.add(cell, value)));
  }

  protected abstract add(cell: C, value: number): void;

  private accepts(value: number): boolean {
    if (typeof value === 'number' && value >= 0 && value < LARGEST) return true;
    this.onDrop(typeof value === 'number' && value < 0 ? 'negative' : 'not_a_number', this.name);
    return false;
  }
}

export class CounterFamily extends GrowingFamily<NumberCell> {
  protected add(cell: NumberCell, value: number): void {
    cell.value += value;
  }

  protected createCell(values: readonly string[], bornMs: number): NumberCell {
    return new NumberCell(values, bornMs);
  }
}

/** Never hidden: the round of a gauge that was set by hand and so holds until it is set again. */
const ALWAYS = Infinity;

export class GaugeFamily extends Family<NumberCell> {
  /** The collection at hand. An observed cell that was not set in it is not shown. */
  round = 0;

  /** Sets the gauge until it is set again. */
  record(value: number, labels: Given): void {
    this.set(value, labels, ALWAYS);
  }

  /** Sets the gauge for the collection at hand only. */
  observe(value: number, labels: Given): void {
    this.set(value, labels, this.round);
  }

  /** The cells that hold a value now. */
  shown(): NumberCell[] {
    return this.cells.filter((cell) => cell.round >= this.round);
  }

  private set(value: number, labels: Given, round: number): void {
    if (!Number.isFinite(value)) {
      this.onDrop('not_a_number', this.name);
      return;
    }
    const cell = this.cell(labels);
    cell.value = value;
    cell.round = round;
  }

  protected createCell(values: readonly string[], bornMs: number): NumberCell {
    return new NumberCell(values, bornMs);
  }
}

export class HistogramFamily extends GrowingFamily<HistogramCell> {
  readonly buckets: readonly number[] = this.spec.buckets ?? [];

  protected add(cell: HistogramCell, value: number): void {
    const { buckets } = this;
    let i = 0;
    // Linear: at most 14 bounds, and most values fall into the first half.
    while (i < buckets.length && value > (buckets[i] as number)) i++;
    (cell.counts[i] as number)++;
    cell.sum += value;
    cell.count++;
  }

  protected createCell(values: readonly string[], bornMs: number): HistogramCell {
    return new HistogramCell(values, bornMs, this.spec.buckets?.length ?? 0);
  }
}
