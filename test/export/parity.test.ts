import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { catalogue, type MetricName } from '../../src/catalogue/catalogue.js';
import type { MetricSpec } from '../../src/catalogue/types.js';
import { readConfig, readSurroundings } from '../../src/config.js';
import { createMetricsHandler } from '../../src/export/handler.js';
import { prometheusLabels, prometheusName } from '../../src/export/names.js';
import { startOtlpPush } from '../../src/export/otlp-push.js';
import { createReader } from '../../src/export/reader.js';
import { createScraper } from '../../src/export/scrape.js';
import { testContext, type TestContext } from '../support/context.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import type { Point } from '../support/otlp-decode.js';
import { parsePromText, seriesKey, seriesOf } from '../support/prom-text.js';

/** Two series of every metric of the catalogue, with values that are hard to write. */
function fill({ registry }: TestContext): void {
  Object.entries<MetricSpec>(catalogue).forEach(([name, spec], i) => {
    for (const n of [1, 2]) {
      const labels = Object.fromEntries(
        Object.entries(spec.labels).map(([label, bound]) => [
          label,
          'bound' in bound ? `v${n} "q" \\ é` : (bound[n % bound.length] as string),
        ]),
      );
      registry.emit(name as never, (i + 1) * 0.1 * n, labels as never);
    }
  });
}

/** What a Prometheus that is fed by OTLP stores of a point. */
function stored(point: Point): [string, number][] {
  const instrument = point.kind === 'sum' ? (point.monotonic ? 'counter' : 'updown') : point.kind;
  const name = prometheusName(point.name, point.unit, instrument) ?? '';
  const one = (suffix: string, value: number, more = {}): [string, number] => [
    seriesKey({ name: name + suffix, labels: { ...prometheusLabels(point.labels), ...more } }),
    value,
  ];
  if (point.kind !== 'histogram') return [one('', point.value)];
  let cumulative = 0;
  const buckets = (point.counts ?? []).map((count, i) =>
    one('_bucket', (cumulative += count), { le: String(point.bounds?.[i] ?? '+Inf') }),
  );
  return [...buckets, one('_sum', point.sum ?? NaN), one('_count', point.value)];
}

describe('pull and push of the same process', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => void (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  for (const protocol of ['http/protobuf', 'http/json']) {
    for (const format of ['text', 'openmetrics'] as const) {
      it(`show the same series with the same values: ${protocol}, ${format}`, async () => {
        const test = testContext({
          config: readConfig(() => {}, {
            OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
            OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          }),
        });
        const { context, registry } = test;
        const reader = createReader({
          registry,
          attributes: { 'service.name': 'parity' },
          nowMs: () => 1_700_000_060_000,
        });
        fill(test);
        const meter = reader.foreignProvider().getMeter('jobs');
        meter.createCounter('jobs.done', { unit: '{job}' }).add(3, { 'queue.name': 'mail' });
        meter.createHistogram('job.duration', { unit: 'ms' }).record(20);
        meter.createUpDownCounter('jobs.open').add(-2);
        meter.createGauge('disk.free', { unit: 'By' }).record(5);
        meter.createGauge('cache.hits', { unit: '1' }).record(0.5);

        const push = startOtlpPush(context, reader, readSurroundings({}));
        assert.equal(await push?.flush(), true);
        await push?.shutdown();
        const pushed = Object.fromEntries(Object.values(receiver.totals()).flatMap(stored));

        const scrape = createScraper({
          registry,
          log: context.log,
          resource: {},
          collectForeign: () => reader.collectForeign(),
        });
        const handler = createMetricsHandler({
          scrape,
          auth: () => true,
          guard: context.guard,
          emit: context.emit,
        });
        const server = createServer((req, res) => void handler(req, res)).listen(0, '127.0.0.1');
        await once(server, 'listening');
        const accept = format === 'text' ? 'text/plain' : 'application/openmetrics-text; version=1.0.0';
        const get = async (): Promise<string> =>
          (
            await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers: { accept } })
          ).text();
        await get(); // The first scrape shows the zeros.
        const text = await get();
        server.close();

        const pulled = seriesOf(parsePromText(text, format));
        assert.deepEqual(pulled, pushed);
        for (const name of Object.keys(catalogue) as MetricName[]) {
          assert.ok(
            Object.keys(pulled).some((key) => key.startsWith(name)),
            name,
          );
        }
        assert.deepEqual(test.errors, []);
      });
    }
  }
});
