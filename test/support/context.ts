/** A Context over a real registry, guard and log, with a clock in the test's hand. */
import type { MetricName } from '../../src/catalogue/catalogue.js';
import { readConfig } from '../../src/config.js';
import type { Context } from '../../src/context.js';
import { createGuard } from '../../src/guard.js';
import { createLog } from '../../src/log.js';
import { HistogramCell, type Cell } from '../../src/metrics/cell.js';
import { createRegistry, shownCells, type Registry } from '../../src/metrics/registry.js';

export interface TestContext {
  readonly context: Context;
  readonly registry: Registry;
  /** Lines our code warned about, one for each distinct problem. */
  readonly warnings: string[];
  /** `where` of every error the guard kept from the host. A passing test ends with this empty. */
  readonly errors: string[];
  /** Moves the clock of `context.now`, which otherwise stands still at 0 unless `now` is given. */
  advance(seconds: number): void;
  /** Runs the observers; call it before reading an observed metric. */
  collect(): void;
  /**
   * The sum over all series whose labels include the given ones: of a counter or gauge its value, of a histogram its
   * count. Undefined when there is no such series.
   */
  value(name: MetricName, labels?: Readonly<Record<string, string>>): number | undefined;
  /** The sum of a histogram's observed values over the matching series. */
  sum(name: MetricName, labels?: Readonly<Record<string, string>>): number | undefined;
  /** Every shown series of one metric as `{ 'label=value,label=value': number }`, a histogram by its count. */
  series(name: MetricName): Record<string, number>;
}

/** `overrides` replace parts of the Context, most often `config` (`readConfig(() => {}, { … })`) or `now`. */
export function testContext(overrides: Partial<Context> = {}): TestContext {
  const warnings: string[] = [];
  const errors: string[] = [];
  let seconds = 0;
  const log = createLog((text) => void warnings.push(text.trimEnd()));
  const registry = createRegistry({
    nowMs: () => 1_700_000_000_000 + seconds * 1000,
    warn: (key, line) => log.warnOnce(key, line),
    onError: (where) => void errors.push(where),
  });
  const guard = createGuard(log, (where) => {
    errors.push(where);
    registry.emit('intelia_otel_errors_total', 1, { where });
  });
  const config = readConfig((key, line) => log.warnOnce(key, line), {});
  const context: Context = {
    config, guard, log, resource: {}, emit: registry.emit, bind: registry.bind, observe: registry.observe, now: () => seconds, ...overrides,
  }; // prettier-ignore
  const total = (found: Cell[], of: (cell: Cell) => number) =>
    found.length === 0 ? undefined : found.reduce((sum, cell) => sum + of(cell), 0);

  return {
    context, registry, warnings, errors,
    advance: (by) => void (seconds += by),
    collect: () => registry.collect(),
    value: (name, labels = {}) => total(matching(registry, name, labels), amount),
    sum: (name, labels = {}) =>
      total(matching(registry, name, labels), (cell) => (cell instanceof HistogramCell ? cell.sum : cell.value)),
    series: (name) =>
      Object.fromEntries(matching(registry, name, {}).map((cell) => [seriesName(registry, name, cell), amount(cell)])),
  }; // prettier-ignore
}

const amount = (cell: Cell): number => (cell instanceof HistogramCell ? cell.count : cell.value);

function matching(registry: Registry, name: MetricName, labels: Readonly<Record<string, string>>): Cell[] {
  const family = registry.families[name];
  const wanted = Object.entries(labels).map(([label, value]) => {
    const at = family.labelNames.indexOf(label);
    if (at < 0) throw new RangeError(`${name} has no label ${label}`);
    return [at, value] as const;
  });
  return (shownCells(family) as Cell[]).filter((cell) =>
    wanted.every(([at, value]) => cell.values[at] === value),
  );
}

function seriesName(registry: Registry, name: MetricName, cell: Cell): string {
  return registry.families[name].labelNames.map((label, i) => `${label}=${cell.values[i]}`).join(',');
}
