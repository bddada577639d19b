/**
 * The text of what an application records with other meters: OTLP's names (names.ts), lines by exporter-prometheus'
 * serializer. Loaded only when there is such a metric.
 */
import type * as Exporter from '@opentelemetry/exporter-prometheus';
import type * as Sdk from '@opentelemetry/sdk-metrics';
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { breathe, header, type Format, type MetricType, type Write } from './format.js';
import { prometheusLabels, prometheusName, type Instrument } from './names.js';

/** Data points given to the serializer at once: about a millisecond of its work. */
const SLICE = 200;

/** Told of each metric, by its series name, that cannot be shown. */
export type OnHidden = (name: string, why: string) => void;

/** As the serializer has it. */
const NO_DESCRIPTION = 'description missing';
const hasDescription = ({ descriptor }: MetricData): boolean => descriptor.description !== '';

interface ForeignFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly metrics: MetricData[];
}

/** Writes foreign metrics, grouped by their series name. `isTaken`: names that are not free for them. */
export async function writeForeign(
  { scopeMetrics, resource }: ResourceMetrics,
  format: Format,
  write: Write,
  isTaken: (name: string) => boolean,
  onHidden: OnHidden,
): Promise<void> {
  const serializer = createSerializer();
  const foreign = scopeMetrics.flatMap((scope) => scope.metrics);
  for (const { name, type, metrics } of group(foreign, isTaken, onHidden)) {
    write(header(format, name, type, metrics.find(hasDescription)?.descriptor.description ?? NO_DESCRIPTION));
    const seen = new Set<string>();
    const standIn = type === 'counter' ? 'x_total' : 'x';
    for (const metric of metrics) {
      for (const slice of slices(withLabels(metric, standIn, seen))) {
        const scope = { scope: { name: '' }, metrics: [slice] };
        const text = withoutHeader(serializer.serialize({ resource, scopeMetrics: [scope] }));
        write(named(text, standIn, name));
        await breathe();
      }
    }
  }
}

/** No timestamps, no target_info (written once, elsewhere), no scope labels: Prometheus adds none to OTLP either. */
function createSerializer() {
  const { PrometheusSerializer } = require('@opentelemetry/exporter-prometheus') as typeof Exporter;
  return new PrometheusSerializer('', false, undefined, true, true);
}

/** One family for each series name: a second TYPE line for a name is an error to most parsers. */
function group(
  metrics: readonly MetricData[],
  isTaken: (name: string) => boolean,
  onHidden: OnHidden,
): Iterable<ForeignFamily> {
  const families = new Map<string, ForeignFamily>();
  for (const metric of metrics) {
    const kind = kindOf(metric);
    if (kind === undefined || metric.dataPoints.length === 0) continue;
    const name = prometheusName(metric.descriptor.name, metric.descriptor.unit, kind);
    const type = kind === 'updown' ? 'gauge' : kind;
    if (name === undefined) continue;
    const known = families.get(name);
    if (isTaken(name)) onHidden(name, 'the name is one of this package');
    else if (known === undefined) families.set(name, { name, type, metrics: [metric] });
    else if (known.type === type) known.metrics.push(metric);
    else onHidden(name, `another instrument of that name is a ${known.type}`);
  }
  return families.values();
}

function kindOf(metric: MetricData): Instrument | undefined {
  const { DataPointType } = require('@opentelemetry/sdk-metrics') as typeof Sdk;
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return metric.isMonotonic ? 'counter' : 'updown';
    case DataPointType.GAUGE:
      return 'gauge';
    case DataPointType.HISTOGRAM:
      return 'histogram';
    default:
      // An exponential histogram has no text form.
      return undefined;
  }
}

/** The metric under this name and its final labels; a series that was written already is left out. */
function withLabels(metric: MetricData, name: string, seen: Set<string>): MetricData {
  const isHistogram = kindOf(metric) === 'histogram';
  const dataPoints = [];
  for (const point of metric.dataPoints) {
    const attributes = prometheusLabels(point.attributes);
    // A bucket's own label, which the serializer adds.
    if (isHistogram) delete attributes['le'];
    const key = JSON.stringify(attributes);
    if (seen.has(key)) continue;
    seen.add(key);
    dataPoints.push({ ...point, attributes });
  }
  return { ...metric, descriptor: { ...metric.descriptor, name, unit: '' }, dataPoints } as MetricData;
}

function* slices(metric: MetricData): Iterable<MetricData> {
  for (let at = 0; at < metric.dataPoints.length; at += SLICE) {
    yield { ...metric, dataPoints: metric.dataPoints.slice(at, at + SLICE) } as MetricData;
  }
}

/** The serializer begins with HELP and TYPE; ours stand there already. */
const withoutHeader = (text: string): string => text.replace(/^(?:# .*\n)+/, '');

/** The serializer would change a name that has a colon; it is given another, which begins each of its lines. */
const named = (text: string, standIn: string, name: string): string =>
  text.replace(standIn, name).replaceAll(`\n${standIn}`, `\n${name}`);
