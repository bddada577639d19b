/** How far the totals were when a backend last took them: tells whether anything is unsent. */
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { totalOf, type CellReading } from '../metrics/reading.js';

/** By metric, the sum over its series of their totals (of a histogram, its count). Totals only grow. */
export type Mark = ReadonlyMap<string, number>;

/** What our own work moves: counted with the next push, but no reason for one. */
const OWN_NOISE = new Set(['intelia_gc_duration_seconds', 'intelia_otel_export_failures_total']);
/**
 * `DataPointType.GAUGE`, by value so that the SDK need not be loaded. Left out like an observed metric of ours: what is
 * asked at each collection has always moved, and says nothing about what was done.
 */
const GAUGE = 2;

export function markOf(cells: CellReading, foreign: ResourceMetrics | undefined): Mark {
  const mark = new Map<string, number>();
  for (const { family, cells: own } of cells.groups) {
    if (OWN_NOISE.has(family.name) || family.spec.kind === 'observed') continue;
    mark.set(
      family.name,
      own.reduce((sum, cell) => sum + totalOf(cell), 0),
    );
  }
  for (const { metrics } of foreign?.scopeMetrics ?? []) {
    for (const metric of metrics) {
      const { name } = metric.descriptor;
      if (metric.dataPointType !== GAUGE) mark.set(name, (mark.get(name) ?? 0) + total(metric));
    }
  }
  return mark;
}

/** Whether `mark` holds more than was sent. What it lacks (foreign metrics, in a synchronous read) is not compared. */
export function isBeyond(mark: Mark, sent: Mark): boolean {
  for (const [name, value] of mark) if (value !== (sent.get(name) ?? 0)) return true;
  return false;
}

function total({ dataPoints }: MetricData): number {
  let sum = 0;
  for (const { value } of dataPoints) sum += typeof value === 'number' ? value : value.count;
  return sum;
}
