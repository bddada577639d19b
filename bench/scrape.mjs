// A scrape of 10,000 and of 50,000 lines: how long it takes, and how long it keeps the event loop from anything else.
import { loadInternals } from './lib/bundle.mjs';
import { OTEL, OURS, PLT, PROM, PROMS } from './lib/peers.mjs';
import { isQuick, interleave, report } from './lib/rounds.mjs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';

const COUNTER = 'intelia_http_requests_total';
const HISTOGRAM = 'intelia_http_request_duration_seconds';
const QUERY_COUNTER = 'intelia_db_queries_total';
const QUERY_HISTOGRAM = 'intelia_db_query_duration_seconds';
const METRICS = [COUNTER, HISTOGRAM, QUERY_COUNTER, QUERY_HISTOGRAM];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY'];

/** Every series of a busy application: the same names, labels, buckets and values for all. */
function* measurements(lines) {
  // A histogram of 11 bounds writes 14 lines a series, one of 12 bounds 15, a counter 1.
  for (let i = 0; i < lines / 31; i++) {
    const http = { method: METHODS[i % 10], endpoint: `/api/v1/things/${Math.floor(i / 10)}/:id` };
    const query = { operation: `SELECT_${i % 40}`, table: `table_${Math.floor(i / 40)}` };
    yield [HISTOGRAM, (i % 50) / 40, http];
    yield [COUNTER, i, { ...http, status: '200' }];
    yield [QUERY_HISTOGRAM, (i % 50) / 400, query];
    yield [QUERY_COUNTER, i, { ...query, status: 'success' }];
  }
}

function ours(lines) {
  const { registry, log, createScraper } = loadInternals();
  for (const [name, value, labels] of measurements(lines)) registry.emit(name, value, labels);
  const scraper = createScraper({ registry, log, resource: { 'service.name': 'bench' } });
  return async () => {
    const scrape = await scraper('text');
    scrape.delivered();
    return scrape.body;
  };
}

function prom(library, lines) {
  const registers = [new library.Registry()];
  const { registry } = loadInternals();
  const metrics = {};
  for (const name of METRICS) {
    const { spec, labelNames } = registry.families[name];
    const config = { name, help: spec.description, labelNames: [...labelNames], registers };
    metrics[name] =
      spec.kind === 'counter'
        ? new library.Counter(config)
        : new library.Histogram({ ...config, buckets: [...spec.buckets] });
  }
  for (const [name, value, labels] of measurements(lines)) {
    if (metrics[name] instanceof library.Counter) metrics[name].inc(labels, value);
    else metrics[name].observe(labels, value);
  }
  return async () => [Buffer.from(await registers[0].metrics())];
}

function otel(lines) {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  const { registry } = loadInternals();
  const record = {};
  for (const name of METRICS) {
    const { spec } = registry.families[name];
    const advice = { explicitBucketBoundaries: [...(spec.buckets ?? [])] };
    const instrument =
      spec.kind === 'counter' ? meter.createCounter(name) : meter.createHistogram(name, { advice });
    record[name] = (value, labels) => (instrument.add ?? instrument.record).call(instrument, value, labels);
  }
  for (const [name, value, labels] of measurements(lines)) record[name](value, labels);
  const serializer = new PrometheusSerializer();
  return async () => {
    const { resourceMetrics } = await reader.collect();
    return [Buffer.from(serializer.serialize(resourceMetrics))];
  };
}

/** The longest time between two turns of the event loop while `work` is under way, in milliseconds. */
async function longestBlock(work) {
  let longest = 0;
  let isOver = false;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await new Promise((resolve) => setImmediate(resolve));
  last = performance.now();
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  isOver = true;
  return longest;
}

const countLines = (body) => body.reduce((sum, piece) => sum + piece.toString().split('\n').length - 1, 0);

async function measure(lines, marks) {
  const scrapes = [
    [OURS, ours(lines)],
    ...PROMS.map(([name, library]) => [name, prom(library, lines)]),
    [`${OTEL}, exporter-prometheus 0.223.0`, otel(lines)],
  ];
  for (const [name, scrape] of scrapes) {
    const written = countLines(await scrape());
    if (Math.abs(written - lines) > lines / 20)
      throw new Error(`${name} wrote ${written} lines, not ${lines}`);
  }
  const contenders = scrapes.map(([name, scrape]) => ({
    name,
    run: async (n) => {
      for (let i = 0; i < n; i++) await scrape();
    },
  }));
  const ns = await interleave(contenders, { iterations: 5, rounds: 11 });
  const times = Object.fromEntries(
    Object.entries(ns).map(([name, values]) => [name, values.map((v) => v / 1e6)]),
  );
  report({ title: `Scrape of ${lines.toLocaleString('en')} lines`, unit: 'ms', times, over: PROM, marks });
  return scrapes;
}

async function measureBlock(scrapes) {
  const times = Object.fromEntries(scrapes.map(([name]) => [name, []]));
  for (let round = 0; round < (isQuick ? 3 : 15); round++) {
    for (const [name, scrape] of scrapes) {
      globalThis.gc?.();
      times[name].push(await longestBlock(scrape));
    }
  }
  report({
    title: 'Event loop blocked by a scrape of 50,000 lines',
    unit: 'ms',
    times,
    over: PROM,
    marks: [{ text: '≤ 5 ms', of: OURS, max: 5 }],
  });
}

const mark = [{ text: '≤ 0.4 × prom-client', of: OURS, over: PROM, max: 0.4 }];
await measure(10_000, [...mark, { text: 'no slower than the faster fork', of: OURS, over: PLT, max: 1 }]);
await measureBlock(await measure(50_000, mark));
