import assert from 'node:assert/strict';
import type { MeterProvider } from '@opentelemetry/api';
import { writeForeign } from '../../src/export/foreign.js';
import type { Format } from '../../src/export/format.js';
import { createReader, type Reader } from '../../src/export/reader.js';
import { targetInfo } from '../../src/export/target-info.js';
import { testContext } from '../support/context.js';
import { parsePromText, seriesOf } from '../support/prom-text.js';

/** A real SDK, as the application gets it for meters of its own. */
function sdk(): { reader: Reader; provider: MeterProvider } {
  const { registry } = testContext();
  const reader = createReader({ registry, attributes: { 'service.name': 'shop' }, nowMs: Date.now });
  return { reader, provider: reader.foreignProvider() };
}

interface Written {
  readonly text: string;
  readonly hidden: string[];
}

async function written(reader: Reader, format: Format = 'text', taken: string[] = []): Promise<Written> {
  const metrics = await reader.collectForeign();
  assert.ok(metrics);
  const pieces: string[] = [];
  const hidden: string[] = [];
  await writeForeign(
    metrics,
    format,
    (piece) => void pieces.push(piece),
    (name) => taken.includes(name),
    (name, why) => void hidden.push(`${name}: ${why}`),
  );
  return { text: pieces.join('') + (format === 'openmetrics' ? '# EOF\n' : ''), hidden };
}

describe('foreign metrics on pull', () => {
  it('have the names and labels of an OTLP backend, and no scope', async () => {
    const { reader, provider } = sdk();
    const meter = provider.getMeter('app', '1.0.0');
    meter
      .createCounter('jobs.done', { unit: '{job}', description: 'Jobs "done"' })
      .add(3, { 'job.kind': 'a"b\n' });
    meter.createUpDownCounter('queue.length', { unit: '1' }).add(-2);
    meter.createGauge('cache.hits', { unit: '1' }).record(0.5);
    meter
      .createHistogram('job.duration', { unit: 'ms', advice: { explicitBucketBoundaries: [10, 100] } })
      .record(20);
    assert.equal(
      (await written(reader)).text,
      `# HELP jobs_done_total Jobs "done"
# TYPE jobs_done_total counter
jobs_done_total{job_kind="a\\"b\\n"} 3
# HELP queue_length description missing
# TYPE queue_length gauge
queue_length -2
# HELP cache_hits_ratio description missing
# TYPE cache_hits_ratio gauge
cache_hits_ratio 0.5
# HELP job_duration_milliseconds description missing
# TYPE job_duration_milliseconds histogram
job_duration_milliseconds_count 1
job_duration_milliseconds_sum 20
job_duration_milliseconds_bucket{le="10"} 0
job_duration_milliseconds_bucket{le="100"} 1
job_duration_milliseconds_bucket{le="+Inf"} 1
`,
    );
  });

  it('are the same series in OpenMetrics', async () => {
    const { reader, provider } = sdk();
    const meter = provider.getMeter('app');
    meter.createCounter('jobs', { description: 'of "all" kinds' }).add(1, { kind: 'x' });
    meter.createHistogram('duration', { unit: 's' }).record(1);
    const text = parsePromText((await written(reader)).text);
    const openmetrics = parsePromText((await written(reader, 'openmetrics')).text, 'openmetrics');
    assert.deepEqual(seriesOf(openmetrics), seriesOf(text));
    assert.equal(openmetrics.get('jobs')?.help, 'of "all" kinds');
  });

  it('of one name from two scopes are one family, and a series stands once', async () => {
    const { reader, provider } = sdk();
    provider.getMeter('a').createCounter('jobs').add(1, { kind: 'x' });
    provider.getMeter('b').createCounter('jobs').add(2, { kind: 'y' });
    provider.getMeter('c').createCounter('jobs').add(4, { kind: 'x' });
    provider.getMeter('d').createGauge('jobs_total').record(8);
    const { text, hidden } = await written(reader);
    assert.deepEqual(seriesOf(parsePromText(text)), {
      'jobs_total{kind="x"}': 1,
      'jobs_total{kind="y"}': 2,
    });
    assert.deepEqual(hidden, ['jobs_total: another instrument of that name is a counter']);
  });

  it('never take a name of ours', async () => {
    const { reader, provider } = sdk();
    provider.getMeter('a').createCounter('intelia.questions').add(1);
    provider.getMeter('a').createCounter('fine').add(1);
    const { text, hidden } = await written(reader, 'text', ['intelia_questions_total']);
    assert.deepEqual([...parsePromText(text).keys()], ['fine_total']);
    assert.deepEqual(hidden, ['intelia_questions_total: the name is one of this package']);
  });

  it('with labels that would cost the whole scrape stay readable', async () => {
    const { reader, provider } = sdk();
    const histogram = provider
      .getMeter('a')
      .createHistogram('h', { advice: { explicitBucketBoundaries: [1] } });
    histogram.record(2, { '1st': 'a', 'a.b': '1', a_b: '2', le: 'mine', n: 5 });
    provider.getMeter('a').createCounter('c').add(1, { le: 'kept' });
    const { text } = await written(reader);
    assert.deepEqual(Object.keys(seriesOf(parsePromText(text))).sort(), [
      'c_total{le="kept"}',
      'h_bucket{a_b="1;2",key_1st="a",le="+Inf",n="5"}',
      'h_bucket{a_b="1;2",key_1st="a",le="1",n="5"}',
      'h_count{a_b="1;2",key_1st="a",n="5"}',
      'h_sum{a_b="1;2",key_1st="a",n="5"}',
    ]);
  });

  it('with a colon keep it, and of many points write each', async () => {
    const { reader, provider } = sdk();
    const counter = provider.getMeter('a').createCounter('ns:jobs');
    for (let i = 0; i < 1000; i++) counter.add(i, { 'x.i': i, text: 'x\nx_total{}\rx ' });
    const families = parsePromText((await written(reader)).text);
    const samples = families.get('ns:jobs_total')?.samples ?? [];
    assert.deepEqual(
      samples.map(({ value, labels }) => [value, labels]),
      Array.from({ length: 1000 }, (_, i) => [i, { text: 'x\nx_total{}\rx ', x_i: String(i) }]),
    );
  });
});

describe('target_info', () => {
  const attributes = {
    'service.name': 'shop',
    'host.name': 'a "b"',
    'process.pid': 12,
    'process.runtime.name': 'nodejs',
    'process.command': '/app/server.js',
    'process.command_line': 'node server.js --key=secret',
    'process.command_args': ['node', '--key=secret'],
    'process.executable.path': '/home/secret/node',
    'process.owner': 'secret',
  };

  it('tells of the process what cannot be a secret', () => {
    assert.equal(
      targetInfo('text', attributes),
      `# HELP target_info Target metadata
# TYPE target_info gauge
target_info{host_name="a \\"b\\"",process_pid="12",process_runtime_name="nodejs",service_name="shop"} 1
`,
    );
  });

  it('is an info in OpenMetrics, and nothing without attributes', () => {
    const families = parsePromText(`${targetInfo('openmetrics', attributes)}# EOF\n`, 'openmetrics');
    assert.equal(families.get('target')?.samples[0]?.name, 'target_info');
    assert.equal(targetInfo('text', {}), '');
  });
});
