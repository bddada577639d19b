// One OTLP push of 10,000 points, up to the bytes that are sent: collected, then written as protobuf, then compressed.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { IdleReader, OTEL, OURS } from './lib/peers.mjs';
import { interleave, report } from './lib/rounds.mjs';
import { fillOtel, fillOurs, SERIES_A_STEP } from './lib/series.mjs';

const STEPS = Math.round(10_000 / SERIES_A_STEP);
const OTEL_NAME = `${OTEL}, exporter-metrics-otlp-proto 0.223.0`;

/** As delivery.ts sends it, but for the sending. */
function ours(compression) {
  const { registry, createReader, createOtlp, log } = fillOurs(STEPS);
  const reader = createReader({ registry, attributes: { 'service.name': 'bench' }, nowMs: Date.now });
  const settings = {
    url: 'http://127.0.0.1:9/v1/metrics',
    headers: {},
    format: 'protobuf',
    gzip: compression,
  };
  const otlp = createOtlp(settings, reader.attributes, log.warnOnce);
  return async () => {
    const foreign = await reader.collectForeign();
    const cells = reader.readCells();
    const { body } = await otlp.request(cells, foreign);
    cells.delivered();
    return body;
  };
}

function otel() {
  const reader = new IdleReader();
  fillOtel(reader, STEPS);
  return async () => {
    const { resourceMetrics } = await reader.collect();
    return ProtobufMetricsSerializer.serializeRequest(resourceMetrics);
  };
}

async function measure(title, contenders) {
  const runs = contenders.map(([name, push]) => ({
    name,
    run: async (n) => {
      for (let i = 0; i < n; i++) await push();
    },
  }));
  const ns = await interleave(runs, { iterations: 5, rounds: 11 });
  const times = Object.fromEntries(
    Object.entries(ns).map(([name, values]) => [name, values.map((v) => v / 1e6)]),
  );
  const marks = [{ text: '≤ 0.8 × OTel', of: OURS, over: OTEL_NAME, max: 0.8 }];
  report({ title, unit: 'ms', times, over: OTEL_NAME, marks });
}

/** On the thread pool, as the exporter does it. */
const compressed = (push) => async () => promisify(gzip)(await push());

const theirs = otel();
const plain = [[OURS, ours(false)], [OTEL_NAME, theirs]]; // prettier-ignore
const zipped = [[OURS, ours(true)], [OTEL_NAME, compressed(theirs)]]; // prettier-ignore
// New series go out with their zero the first time: twice the points, and only then.
for (const [, push] of [...plain, ...zipped]) await push();
await measure('OTLP push of 10,000 points', plain);
await measure('OTLP push of 10,000 points, compressed', zipped);
