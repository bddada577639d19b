import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postSync } from '../../src/export/last.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { startProcess, withoutOurs, type RunOptions, type Running } from '../support/run-process.js';

const ROOT = join(__dirname, '../..');
const TLS = join(ROOT, 'test/fixtures/tls');
const INDEX = JSON.stringify(join(ROOT, 'dist/index.cjs'));
const QUESTIONS = 'intelia_questions_total';
const web = { source: 'web', language: 'fr' };
const ASK = `const otel = require(${INDEX}); const ask = () => otel.trackQuestion(${JSON.stringify(web)});`;

function start(
  code: string,
  endpoint: string,
  env: Record<string, string> = {},
  more: RunOptions = {},
): Running {
  return startProcess({
    nodeArgs: ['--require', join(ROOT, 'dist/register.cjs')],
    code: `${ASK}\n${code}`,
    env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
    ...more,
  });
}

const lines = (stderr: string): string[] => stderr.split('\n').filter((line) => line.includes('OTLP push'));

describe('the last push', function () {
  this.timeout(20_000);
  let receiver: OtlpReceiver;
  beforeEach(async () => (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  for (const [name, trust] of [
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', { OTEL_EXPORTER_OTLP_CERTIFICATE: join(TLS, 'cert.pem') }],
    ['NODE_EXTRA_CA_CERTS', { NODE_EXTRA_CA_CERTS: join(TLS, 'cert.pem') }],
  ] as [string, Record<string, string>][]) {
    it(`goes over TLS, trusted by ${name}`, async () => {
      const key = readFileSync(join(TLS, 'key.pem'), 'utf8');
      const secure = await startOtlpReceiver({ key, cert: readFileSync(join(TLS, 'cert.pem'), 'utf8') });
      const { code, stderr } = await start('ask(); process.exit(3)', secure.url, trust).ended;
      assert.deepEqual([code, lines(stderr), secure.total(QUESTIONS, web)], [3, [], 1]);
      await secure.close();
    });
  }

  it('goes gzipped, as JSON, with headers', async () => {
    await start('ask(); process.exit()', receiver.url, {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-scope=a%20b',
    }).ended;
    assert.equal(receiver.total(QUESTIONS, web), 1);
    const { headers } = receiver.requests[0] ?? {};
    assert.deepEqual(
      [headers?.['content-encoding'], headers?.['content-type'], headers?.['x-scope']],
      ['gzip', 'application/json', 'a b'],
    );
  });

  it('carries two thousand series', async () => {
    await start(
      `for (let i = 0; i < 400; i++) for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        otel.trackHttpRequest({ method, endpoint: '/' + i, status: 200, duration: 0.1 });
      }
      process.exit()`,
      receiver.url,
    ).ended;
    const totals = Object.values(receiver.totals());
    const requests = totals.filter(({ name }) => name === 'intelia_http_requests_total');
    assert.equal(
      requests.reduce((sum, { value }) => sum + value, 0),
      2_000,
    );
  });

  it('says what the backend has against it, without a secret', async () => {
    receiver.answer({ status: 401, body: 'no: c2VjcmV0' });
    const { code, stderr } = await start('ask(); process.exit(9)', receiver.url, {
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20c2VjcmV0',
    }).ended;
    assert.equal(code, 9);
    assert.equal(lines(stderr).length, 1);
    assert.match(stderr, /401, the credentials are refused/);
    assert.doesNotMatch(stderr, /c2VjcmV0/);
  });

  it('goes when the working directory is gone', async () => {
    const code = `const fs = require('fs'); const dir = fs.mkdtempSync(require('os').tmpdir() + '/gone-');
      process.chdir(dir); fs.rmdirSync(dir); ask(); process.exit(0)`;
    await start(code, receiver.url).ended;
    assert.equal(receiver.total(QUESTIONS, web), 1);
  });

  it('is not sent again after shutdown', async () => {
    const { code } = await start('ask(); otel.shutdown().then(() => process.exit(0))', receiver.url).ended;
    assert.deepEqual([code, receiver.requests.length, receiver.total(QUESTIONS, web)], [0, 1, 1]);
  });

  it('a program that awaits flush() at its end is kept alive for it', async () => {
    const { code, stderr, stdout } = await startProcess({
      nodeArgs: ['--require', join(ROOT, 'dist/register.cjs'), '--input-type=module'],
      code: `import otel from ${INDEX}; otel.trackQuestion(${JSON.stringify(web)}); await otel.flush(); process.stdout.write('flushed');`,
      env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    }).ended;
    assert.deepEqual([code, stdout, withoutOurs(stderr)], [0, 'flushed', '']);
    assert.deepEqual([receiver.requests.length, receiver.total(QUESTIONS, web)], [1, 1]);
  });

  it('a push that hangs does not keep the program alive', async () => {
    receiver.answer('hang', { status: 200 });
    const running = start(`ask(); setTimeout(ask, 300)`, receiver.url, {
      OTEL_METRIC_EXPORT_INTERVAL: '100',
    });
    const { code, ms } = await running.ended;
    assert.equal(code, 0);
    assert.ok(ms < 3_000, `${ms} ms`);
    assert.equal(receiver.total(QUESTIONS, web), 2);
  });

  it('a hanging backend adds at most 2 s to a program that drains until its loop is empty', async () => {
    receiver.answer('hang');
    const running = start(
      `ask(); const t = setInterval(() => {}, 1000); process.on('SIGTERM', () => clearInterval(t)); console.log('ready')`,
      receiver.url,
    );
    await running.said('ready');
    const from = performance.now();
    running.child.kill('SIGTERM');
    const { code } = await running.ended;
    assert.equal(code, 0);
    const ms = performance.now() - from;
    assert.ok(ms < 3_500, `${ms} ms`);
  });

  it('a second Ctrl-C ends it at once', async () => {
    receiver.answer('hang');
    const running = start(`ask(); setInterval(() => {}, 1000); console.log('ready')`, receiver.url);
    await running.said('ready');
    running.child.kill('SIGINT');
    await receiver.received(1);
    const from = performance.now();
    running.child.kill('SIGINT');
    assert.equal((await running.ended).signal, 'SIGINT');
    assert.ok(performance.now() - from < 1_000);
  });

  it("leaves room for as many listeners as an application may have without Node's warning", async () => {
    const code = `for (const event of ['exit', 'beforeExit', 'SIGTERM', 'SIGINT'])
      for (let i = 0; i < 10; i++) process.on(event, () => {});`;
    const { stderr } = await start(code, receiver.url).ended;
    assert.equal(withoutOurs(stderr), '');
  });

  it('starts nothing but Node: another program would be the application once more', () => {
    const request = { url: receiver.url, headers: {}, tls: {}, body: Buffer.alloc(0) };
    for (const execPath of ['/opt/app/my-server', '/usr/bin/electron', '/usr/bin/bun']) {
      assert.deepEqual(postSync(request, 1000, { tlsEnv: {}, execPath }), { code: 'INTERNAL' });
    }
    assert.deepEqual(postSync(request, 0, { tlsEnv: {} }), { code: 'INTERNAL' });
  });
});
