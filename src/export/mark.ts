/** How far the totals were when a backend last took them: tells whether anything is unsent. */
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { catalogue } from '../catalogue/catalogue.js';
import type { MetricSpec } from '../catalogue/types.js';

/** By metric, the sum over its series of their totals (of a histogram, its count). Totals only grow. */
export type Mark = ReadonlyMap<string, number>;

/** What our own work moves: counted with the next push, but no reason for one. */
const OWN_NOISE = new Set(['intelia_gc_duration_seconds', 'intelia_otel_export_failures_total']);
/** `DataPointType.GAUGE`, by value so that the SDK need not be loaded. */
const GAUGE = 2;

export function markOf({ scopeMetrics }: ResourceMetrics): Mark {
  const mark = new Map<string, number>();
  for (const { metrics } of scopeMetrics) {
    for (const metric of metrics) {
      const { name } = metric.descriptor;
      if (isRecorded(metric, name)) mark.set(name, (mark.get(name) ?? 0) + total(metric));
    }
  }
  return mark;
}

/** Whether `mark` holds more than was sent. What it lacks (foreign metrics, in a synchronous read) is not compared. */
export function isBeyond(mark: Mark, sent: Mark): boolean {
  for (const [name, value] of mark) if (value !== (sent.get(name) ?? 0)) return true;
  return false;
}

/** Not a gauge that is observed at each collection: it has always moved, and says nothing about what was done. */
function isRecorded(metric: MetricData, name: string): boolean {
  if (OWN_NOISE.has(name)) return false;
  const known = (catalogue as Record<string, MetricSpec>)[name];
  return metric.dataPointType !== GAUGE || known?.kind === 'gauge';
}

function total({ dataPoints }: MetricData): number {
  let sum = 0;
  for (const { value } of dataPoints) sum += typeof value === 'number' ? value : value.count;
  return sum;
}
