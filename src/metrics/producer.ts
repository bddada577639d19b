/** The cells as the OTel SDK's metric data, for its readers and exporters. Loads nothing of the SDK. */
import type { DataPoint, Histogram, MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { VERSION } from '../version.js';
import { HistogramCell, type Cell } from './cell.js';
import { HistogramFamily, CounterFamily } from './family.js';
import { isNew, readCells, zeroMs, type CellReading } from './reading.js';
import { METER_NAME } from './provider.js';
import type { AnyFamily, Registry } from './registry.js';

// The SDK's enums by value, so that a process which only serves /metrics need not load it.
const CUMULATIVE = 1 as MetricData['aggregationTemporality'];
const TYPE_HISTOGRAM = 0 as never;
const TYPE_GAUGE = 2 as never;
const TYPE_SUM = 3 as never;
const DOUBLE = 1 as MetricData['descriptor']['valueType'];

type HrTime = [number, number];
type Point = DataPoint<number> | DataPoint<Histogram>;

export interface CellMetrics {
  readonly scope: ScopeMetrics;
  /** Says that a backend has answered for these points: the zeros of new series need not be sent again. */
  delivered(): void;
}

/** Reads all cells. Synchronous, so that it also works while the process exits. */
export function cellMetrics(registry: Registry, nowMs: number): CellMetrics {
  const reading = readCells(registry, nowMs);
  return { scope: scopeMetrics(reading), delivered: () => reading.delivered() };
}

export function scopeMetrics({ groups, startMs, nowMs }: CellReading): ScopeMetrics {
  const startTime = hrTime(startMs);
  const endTime = hrTime(nowMs);
  const metrics = groups.map(({ family, cells }) => {
    const dataPoints: Point[] = [];
    for (const cell of cells) {
      const attributes = (cell.attributes ??= attributesOf(family, cell));
      if (isNew(family, cell)) {
        // Two points of one series in one request: 0 when it was born, its value now.
        const bornTime = hrTime(zeroMs(cell, nowMs));
        dataPoints.push({ startTime, endTime: bornTime, attributes, value: zeroOf(family) } as Point);
      }
      dataPoints.push({ startTime, endTime, attributes, value: valueOf(family, cell) } as Point);
    }
    return metricData(family, dataPoints);
  });
  return { scope: { name: METER_NAME, version: VERSION }, metrics };
}

function metricData(family: AnyFamily, dataPoints: Point[]): MetricData {
  const { name, spec } = family;
  const descriptor = { name, description: spec.description, unit: spec.unit, valueType: DOUBLE };
  const common = { descriptor, aggregationTemporality: CUMULATIVE, dataPoints: dataPoints as never[] };
  if (family instanceof HistogramFamily) return { ...common, dataPointType: TYPE_HISTOGRAM };
  if (family instanceof CounterFamily) return { ...common, dataPointType: TYPE_SUM, isMonotonic: true };
  return { ...common, dataPointType: TYPE_GAUGE };
}

function valueOf(family: AnyFamily, cell: Cell): number | Histogram {
  if (!(cell instanceof HistogramCell)) return cell.value;
  return histogram((family as HistogramFamily).buckets, [...cell.counts], cell.sum, cell.count);
}

function zeroOf(family: AnyFamily): number | Histogram {
  if (!(family instanceof HistogramFamily)) return 0;
  return histogram(family.buckets, new Array<number>(family.buckets.length + 1).fill(0), 0, 0);
}

function histogram(boundaries: readonly number[], counts: number[], sum: number, count: number): Histogram {
  return { buckets: { boundaries: boundaries as number[], counts }, sum, count };
}

function attributesOf({ labelNames }: AnyFamily, { values }: Cell): Record<string, string> {
  return Object.fromEntries(labelNames.map((name, i) => [name, values[i] ?? '']));
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
