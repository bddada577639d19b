/** The cells as OTLP JSON, in the form OTel's own exporter gives it. */
import { HistogramCell, type Cell } from '../metrics/cell.js';
import { CounterFamily, HistogramFamily } from '../metrics/family.js';
import { METER_NAME } from '../metrics/provider.js';
import { afterMs, isNew, isOver, zeroMs, type CellGroup, type CellReading } from '../metrics/reading.js';
import type { AnyFamily } from '../metrics/registry.js';
import { VERSION } from '../version.js';
import type { ResourceAttributes } from './resource.js';

/** Writes a whole request: the cells, and beside them `others`, which are scope metrics of the same form. */
export type JsonWrite = (reading: CellReading, others: readonly unknown[]) => string;

/** DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK. */
const NO_VALUE = '"flags":1';
/** AGGREGATION_TEMPORALITY_CUMULATIVE. */
const CUMULATIVE = '"aggregationTemporality":2';

export function createJsonWrite(attributes: ResourceAttributes): JsonWrite {
  const pairs = Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
  const resource = JSON.stringify({ attributes: pairs, droppedAttributesCount: 0 });
  const scope = JSON.stringify({ name: METER_NAME, version: VERSION });
  return (reading, others) => {
    const start = `"startTimeUnixNano":"${nanoseconds(reading.startMs)}","timeUnixNano":"`;
    const metrics = reading.groups.map((group) => metric(group, start, reading));
    const own = `{"scope":${scope},"metrics":[${metrics.join(',')}]}`;
    const scopes = [own, ...others.map((other) => JSON.stringify(other))];
    return `{"resourceMetrics":[{"resource":${resource},"scopeMetrics":[${scopes.join(',')}]}]}`;
  };
}

function anyValue(value: string | number): object {
  if (typeof value === 'string') return { stringValue: value };
  return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value };
}

function metric({ family, cells }: CellGroup, start: string, reading: CellReading): string {
  const { nowMs } = reading;
  const isGone = isOver(reading, family);
  const { name, spec } = family;
  const head = JSON.stringify({ name, description: spec.description, unit: spec.unit }).slice(0, -1);
  const keys = family.labelNames.map((label) => `{"key":${JSON.stringify(label)},"value":{"stringValue":`);
  const bounds = family instanceof HistogramFamily ? JSON.stringify(family.buckets) : '';
  const now = nanoseconds(nowMs);
  let points = '';
  for (const cell of cells) {
    const pairs = cell.values.map((value, i) => `${keys[i] as string}${JSON.stringify(value)}}}`).join(',');
    const common = `{"attributes":[${pairs}],${start}`;
    // Two points of one series in one request: 0 when it was born, its value now.
    if (isNew(family, cell))
      points += `${common}${nanoseconds(zeroMs(cell, nowMs))}",${numbers(cell, bounds, true)}},`;
    points += `${common}${now}",${numbers(cell, bounds, false)}},`;
    if (isGone) points += `${common}${nanoseconds(afterMs(reading))}",${NO_VALUE}},`;
  }
  const { kind, more } = dataOf(family);
  return `${head},"${kind}":{${more}"dataPoints":[${points.slice(0, -1)}]}}`;
}

function dataOf(family: AnyFamily): { kind: string; more: string } {
  if (family instanceof HistogramFamily) return { kind: 'histogram', more: `${CUMULATIVE},` };
  if (family instanceof CounterFamily) return { kind: 'sum', more: `${CUMULATIVE},"isMonotonic":true,` };
  return { kind: 'gauge', more: '' };
}

function numbers(cell: Cell, bounds: string, zero: boolean): string {
  if (!(cell instanceof HistogramCell)) return `"asDouble":${zero ? 0 : cell.value}`;
  const counts = zero ? cell.counts.map(() => 0) : cell.counts;
  const { count, sum } = zero ? { count: 0, sum: 0 } : cell;
  return `"count":${count},"sum":${sum},"bucketCounts":[${counts.join(',')}],"explicitBounds":${bounds}`;
}

/** More than a number holds exactly. */
const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms)) * 1_000_000n);
