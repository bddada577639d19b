// One OTLP push of 10,000 points, up to the bytes that are sent: collected, then written as protobuf, then compressed.
import { gzipSync } from 'node:zlib';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { IdleReader, OTEL, OURS } from './lib/peers.mjs';
import { interleave, report } from './lib/rounds.mjs';
import { fillOtel, fillOurs, SERIES_A_STEP } from './lib/series.mjs';

const STEPS = Math.round(10_000 / SERIES_A_STEP);
const OTEL_NAME = `${OTEL}, exporter-metrics-otlp-proto 0.223.0`;

function ours() {
  const { registry, createReader } = fillOurs(STEPS);
  const reader = createReader({ registry, attributes: { 'service.name': 'bench' }, nowMs: Date.now });
  return async () => {
    const snapshot = reader.collectSync();
    const bytes = ProtobufMetricsSerializer.serializeRequest(snapshot.metrics);
    snapshot.delivered();
    return bytes;
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

const pushes = [
  [OURS, ours()],
  [OTEL_NAME, otel()],
];
// New series go out with their zero the first time: twice the points, and only then.
for (const [, push] of pushes) await push();
await measure('OTLP push of 10,000 points', pushes);
await measure(
  'OTLP push of 10,000 points, compressed',
  pushes.map(([name, push]) => [name, async () => gzipSync(await push())]),
);
