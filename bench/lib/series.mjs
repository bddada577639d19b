// Every series of a busy application: the same names, labels, buckets and values for all contenders.
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { loadInternals } from './bundle.mjs';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY'];
const NAMES = [
  'intelia_http_requests_total',
  'intelia_http_request_duration_seconds',
  'intelia_db_queries_total',
  'intelia_db_query_duration_seconds',
  'intelia_llm_cost_usd_total',
  'intelia_llm_request_duration_seconds',
];
/** Series of one step, and the lines they are written in: a counter's 1, a histogram's bounds and 3. */
export const SERIES_A_STEP = NAMES.length;
export const LINES_A_STEP = 3 + 14 + 15 + 17;

function* measurements(steps) {
  for (let i = 0; i < steps; i++) {
    const http = { method: METHODS[i % 10], endpoint: `/api/v1/things/${Math.floor(i / 10)}/:id` };
    const query = { operation: `SELECT_${i % 40}`, table: `table_${Math.floor(i / 40)}` };
    const call = { model: `model-${i % 100}`, feature: `feature_${Math.floor(i / 100)}` };
    yield [NAMES[0], i, { ...http, status: '200' }];
    yield [NAMES[1], (i % 50) / 40, http];
    yield [NAMES[2], i, { ...query, status: 'success' }];
    yield [NAMES[3], (i % 50) / 400, query];
    yield [NAMES[4], i / 1000, call];
    yield [NAMES[5], (i % 50) / 4, call];
  }
}

export function fillOurs(steps) {
  const internals = loadInternals();
  for (const [name, value, labels] of measurements(steps)) internals.registry.emit(name, value, labels);
  return internals;
}

/** A registry of prom-client's make. */
export function fillProm(library, steps) {
  const registry = new library.Registry();
  const { families } = loadInternals().registry;
  const record = NAMES.map((name) => {
    const { spec, labelNames, buckets } = families[name];
    const config = { name, help: spec.description, labelNames: [...labelNames], registers: [registry] };
    if (buckets === undefined) {
      const counter = new library.Counter(config);
      return [name, (value, labels) => counter.inc(labels, value)];
    }
    const histogram = new library.Histogram({ ...config, buckets: [...buckets] });
    return [name, (value, labels) => histogram.observe(labels, value)];
  });
  recordAll(new Map(record), steps);
  return registry;
}

export function fillOtel(reader, steps) {
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  const { families } = loadInternals().registry;
  const record = NAMES.map((name) => {
    const { buckets } = families[name];
    if (buckets === undefined) {
      const counter = meter.createCounter(name);
      return [name, (value, labels) => counter.add(value, labels)];
    }
    const histogram = meter.createHistogram(name, { advice: { explicitBucketBoundaries: [...buckets] } });
    return [name, (value, labels) => histogram.record(value, labels)];
  });
  recordAll(new Map(record), steps);
}

function recordAll(record, steps) {
  for (const [name, value, labels] of measurements(steps)) record.get(name)(value, labels);
}
