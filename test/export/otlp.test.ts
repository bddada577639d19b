/** Our own writers against the serializers of OTel's exporters: the same bytes, and the same JSON. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { catalogue, type RecordedName } from '../../src/catalogue/catalogue.js';
import { foreignJson, foreignProtobuf } from '../../src/export/otlp-foreign.js';
import { createJsonWrite } from '../../src/export/otlp-json.js';
import { createProtobufWrite } from '../../src/export/otlp-protobuf.js';
import { readFields } from '../../src/export/protobuf-read.js';
import { createReader } from '../../src/export/reader.js';
import { readPartialSuccess } from '../../src/export/partial.js';
import { readCells } from '../../src/metrics/reading.js';
import { scopeMetrics } from '../../src/metrics/producer.js';
import { testContext } from '../support/context.js';
import { decodeJson, decodeProtobuf } from '../support/otlp-decode.js';

const { ProtobufMetricsSerializer, JsonMetricsSerializer } = createRequire(
  require.resolve('@opentelemetry/exporter-metrics-otlp-proto'),
)('@opentelemetry/otlp-transformer');

const NOW = 1_790_000_000_123;
const ATTRIBUTES = { 'service.name': 'expert é', 'process.pid': 4_294_967_297, share: 0.25, empty: '' };

interface Record {
  readonly name: RecordedName;
  readonly value: number;
  readonly labels: readonly string[];
}

const names = Object.keys(catalogue).filter((name) => catalogue[name as RecordedName].kind !== undefined);
const records = fc.array(
  fc.record({
    name: fc.constantFrom(...(names as RecordedName[])),
    value: fc.oneof(
      fc.double({ min: 0, max: 1e280, noNaN: true }),
      fc.integer({ min: 0, max: 20 }),
      fc.constant(5e-324),
    ),
    labels: fc.array(fc.string({ unit: 'binary', maxLength: 140 }), { minLength: 4, maxLength: 4 }),
  }),
  { maxLength: 60 },
);

function filled(given: readonly Record[]) {
  const { registry } = testContext();
  for (const { name, value, labels } of given) {
    const { labelNames } = registry.families[name];
    const entries = labelNames.map((label, i) => [label, labels[i]]);
    registry.emit(name, value, Object.fromEntries(entries) as never);
  }
  return registry;
}

/** What OTel's serializer is given for the same cells at the same moment. */
function sdkMetrics(registry: ReturnType<typeof filled>): ResourceMetrics {
  const resource = { attributes: ATTRIBUTES } as unknown as ResourceMetrics['resource'];
  return { resource, scopeMetrics: [scopeMetrics(readCells(registry, NOW))] };
}

type Json = { resourceMetrics: { scopeMetrics: unknown[] }[] };
const theirJson = (metrics: ResourceMetrics): unknown =>
  JSON.parse(Buffer.from(JsonMetricsSerializer.serializeRequest(metrics)).toString());

/** The scope metrics of a request as their bytes; what is before them is two numbers of no meaning longer with OTel. */
const scopes = (request: Uint8Array): string[] =>
  [...readFields([...readFields(request)][0]?.value as Uint8Array)]
    .filter(({ field }) => field === 2)
    .map(({ whole }) => Buffer.from(whole).toString('hex'));

describe('our OTLP beside that of OTel', () => {
  it('is the same protobuf, byte for byte, of new series and of known ones', () => {
    fc.assert(
      fc.property(records, (given) => {
        const registry = filled(given);
        const write = createProtobufWrite(ATTRIBUTES);
        for (const push of ['first', 'second']) {
          const reading = readCells(registry, NOW);
          const ours = Buffer.from(write(reading, new Uint8Array()));
          const theirs = Buffer.from(ProtobufMetricsSerializer.serializeRequest(sdkMetrics(registry)));
          assert.deepEqual(scopes(ours), scopes(theirs), push);
          assert.deepEqual(decodeProtobuf(ours), decodeProtobuf(theirs), push);
          reading.delivered();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is the same JSON', () => {
    fc.assert(
      fc.property(records, (given) => {
        const registry = filled(given);
        const write = createJsonWrite(ATTRIBUTES);
        for (const push of ['first', 'second']) {
          const reading = readCells(registry, NOW);
          assert.deepEqual(JSON.parse(write(reading, [])), theirJson(sdkMetrics(registry)), push);
          reading.delivered();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has the metrics of other meters beside it, under one resource', async () => {
    const registry = filled([{ name: 'intelia_questions_total', value: 2, labels: ['web', 'fr'] }]);
    const reader = createReader({ registry, attributes: ATTRIBUTES, nowMs: () => NOW });
    const meter = reader.foreignProvider().getMeter('jobs', '1.2.3');
    meter.createCounter('jobs_total').add(3, { queue: 'a', tries: 2, late: true });
    meter.createHistogram('wait').record(0.7);
    const foreign = await reader.collectForeign();
    const cells = reader.readCells();

    const protobuf = Buffer.from(createProtobufWrite(ATTRIBUTES)(cells, foreignProtobuf(foreign)));
    assert.equal([...readFields(protobuf)].length, 1);
    const theirs = ProtobufMetricsSerializer.serializeRequest(foreign);
    assert.deepEqual(scopes(protobuf).slice(1), scopes(theirs));
    const { points, resource } = decodeProtobuf(protobuf);
    assert.deepEqual(resource, ATTRIBUTES);
    assert.deepEqual(
      points.map(({ scope, name, value }) => [scope, name, value]),
      [
        ['intelia', 'intelia_questions_total', 0],
        ['intelia', 'intelia_questions_total', 2],
        ['jobs', 'jobs_total', 3],
        ['jobs', 'wait', 1],
      ],
    );

    const json = JSON.parse(createJsonWrite(ATTRIBUTES)(cells, foreignJson(foreign)));
    const [theirResource] = (theirJson(foreign as ResourceMetrics) as Json).resourceMetrics;
    assert.deepEqual(json.resourceMetrics[0].scopeMetrics.slice(1), theirResource?.scopeMetrics);
  });

  it('takes gauges back at the end of a process, and nothing else', () => {
    const registry = filled([
      { name: 'intelia_questions_total', value: 2, labels: ['web', 'fr'] },
      { name: 'intelia_active_users', value: 40, labels: [] },
      { name: 'intelia_gc_duration_seconds', value: 0.1, labels: ['minor'] },
    ]);
    registry.observe('intelia_memory_bytes', (set) => set(7, { type: 'rss' }));
    readCells(registry, NOW).delivered();
    const last = readCells(registry, NOW, true);
    const ours = Buffer.from(createProtobufWrite(ATTRIBUTES)(last, new Uint8Array()));
    const json = createJsonWrite(ATTRIBUTES)(last, []);
    for (const { points, gone } of [decodeProtobuf(ours), decodeJson(Buffer.from(json))]) {
      assert.deepEqual(
        points.map(({ name, value }) => [name, value]),
        [
          ['intelia_active_users', 40],
          ['intelia_questions_total', 2],
          ['intelia_memory_bytes', 7],
          ['intelia_gc_duration_seconds', 1],
        ],
      );
      assert.deepEqual(
        gone.map(({ name, labels, timeNs }) => [name, labels, timeNs]),
        [
          ['intelia_active_users', {}, BigInt(NOW + 1) * 1_000_000n],
          ['intelia_memory_bytes', { type: 'rss' }, BigInt(NOW + 1) * 1_000_000n],
        ],
      );
    }
  });

  it('is nothing of other meters where there are none', () => {
    assert.deepEqual(foreignProtobuf(undefined).length, 0);
    assert.deepEqual(foreignJson(undefined), []);
  });
});

describe('what a backend says of a request that it took', () => {
  const read = (body: Uint8Array, contentType?: string) =>
    readPartialSuccess({ status: 200, body, contentType });
  const said = (text: string) => Buffer.from(text, 'latin1');

  for (const [what, body, expected] of [
    ['nothing', '', undefined],
    ['an empty partial success', '\x0a\x00', { rejected: 0, message: '' }],
    ['what was refused', '\x0a\x09\x08\x96\x01\x12\x04late', { rejected: 150, message: 'late' }],
    ['a field of a later version', '\x0a\x05\x19........\x08\x02', undefined],
    ['another field first', '\x15....\x0a\x02\x08\x02', { rejected: 2, message: '' }],
    ['a negative number', `\x0a\x0b\x08${'\xff'.repeat(9)}\x01`, { rejected: 0, message: '' }],
    ['the word OK', 'OK', undefined],
    ['an error page', '<html>', undefined],
    [
      'JSON',
      '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"old"}}',
      { rejected: 3, message: 'old' },
    ],
    ['JSON without news', '{}', undefined],
    ['half of it', '\x0a\x09\x08', undefined],
  ] as const) {
    it(what, () => assert.deepEqual(read(said(body)), expected));
  }

  it('never fails', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.boolean(),
        (body, json) => void read(body, json ? 'application/json' : undefined),
      ),
    );
  });
});
