/** INTELIA_SEMCONV_METRICS=http from the door: OTel's HTTP metrics on pull and push, of the application's traffic alone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { parsePromText, seriesOf } from '../support/prom-text.js';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');

const IMPORTS = {
  'CommonJS': `
    const express = require('express');
    const { createServer, get, request } = require('node:http');
    const { metricsHandler, flush, shutdown } = require(process.env.PACKAGE);`,
  // Named imports of Node's modules are bound before any module of the application has run.
  'an ES module': `
    import { createRequire } from 'node:module';
    import { createServer, get, request } from 'node:http';
    import express from 'express';
    const { metricsHandler, flush, shutdown } = createRequire(import.meta.url)(process.env.PACKAGE);`,
}; // prettier-ignore

/** Serves, and is its own client; prints its port, the one that refuses, and what a second scrape shows. */
const APP = `
  const app = express();
  app.get('/users/:id', (req, res) => res.send('ok'));
  app.get('/broken', (req, res) => res.status(503).end());
  app.get('/cut', (req, res) => { res.write('half'); setImmediate(() => res.destroy(new TypeError('cut'))); });
  app.get('/left', (req, res) => { res.write('half'); });
  app.get('/health', (req, res) => res.end());
  app.get('/metrics', metricsHandler());
  const send = (options, body) => new Promise((done) => {
    const asked = request(options, (answer) => answer.resume().on('end', done).on('error', done)).on('error', done);
    if (body !== undefined) asked.write(body);
    asked.end();
  });
  const closed = createServer().listen(0, '127.0.0.1', () => {
    const refusing = closed.address().port;
    closed.close(() => {
      const server = app.listen(0, '127.0.0.1', async () => {
        const { port } = server.address();
        const at = 'http://127.0.0.1:' + port;
        await send({ host: '127.0.0.1', port, path: '/users/1' });
        await new Promise((done) => get(at + '/users/2?key=secret', (answer) => answer.resume().on('end', done)));
        await send(new URL(at + '/broken'));
        await send({ host: '127.0.0.1', port, path: '/nowhere', method: 'POST' }, 'body');
        await send({ host: '127.0.0.1', port, path: '/health' });
        await send({ host: '127.0.0.1', port: refusing, path: '/' });
        await send({ host: '127.0.0.1', port, path: '/users/3', method: 'HEAD' });
        await send(at + '/cut');
        await new Promise((done) => get(at + '/left', (answer) => answer.on('data', () => answer.destroy()).on('close', done)));
        await (await fetch(at + '/metrics')).text();
        const text = await (await fetch(at + '/metrics')).text();
        await flush();
        console.log(JSON.stringify({ port, refusing, text }));
        server.close();
        server.closeAllConnections();
        await shutdown();
      });
    });
  });`;

interface Said {
  readonly port: number;
  readonly refusing: number;
  readonly text: string;
}

describe('OTel HTTP metrics from the door', () => {
  let receiver: OtlpReceiver;
  const folder = mkdtempSync(join(tmpdir(), 'intelia-otel-'));
  before(() => symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules')));
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => void (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  async function run(kind: keyof typeof IMPORTS, env: Record<string, string>): Promise<Said> {
    const script = join(folder, kind === 'CommonJS' ? 'app.cjs' : 'app.mjs');
    writeFileSync(script, IMPORTS[kind] + APP);
    const { code, stdout, stderr } = await runProcess({
      nodeArgs: ['--require', join(root, 'dist/register.cjs')],
      script,
      env: { PACKAGE: join(root, 'dist/index.cjs'), OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
    });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Said;
  }

  for (const kind of Object.keys(IMPORTS) as (keyof typeof IMPORTS)[]) {
    it(`count each request of ${kind} once, with its route`, async () => {
      const { port, refusing, text } = await run(kind, {
        INTELIA_SEMCONV_METRICS: 'http',
        INTELIA_HTTP_IGNORE: '/health',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      });
      const version = { 'network.protocol.version': '1.1' };
      const served = { 'url.scheme': 'http', ...version };
      const asked = { 'server.address': '127.0.0.1', 'server.port': port, ...version };
      const answered = (method: string, code: number, more: object = {}): object => ({
        'http.request.method': method,
        'http.response.status_code': code,
        ...more,
      });
      const expected: [name: string, attributes: object, count: number][] = [
        ['server', { ...served, ...answered('GET', 200, { 'http.route': '/users/:id' }) }, 2],
        ['server', { ...served, ...answered('GET', 503, { 'http.route': '/broken', 'error.type': '503' }) }, 1],
        ['server', { ...served, ...answered('POST', 404) }, 1],
        ['server', { ...served, ...answered('HEAD', 200, { 'http.route': '/users/:id' }) }, 1],
        ['server', { ...served, ...answered('GET', 200, { 'http.route': '/cut' }) }, 1],
        ['server', { ...served, ...answered('GET', 200, { 'http.route': '/left' }) }, 1],
        // Cut off or left, to OTel an answer that began has the status it began with.
        ['client', { ...asked, ...answered('GET', 200) }, 5],
        ['client', { ...asked, ...answered('HEAD', 200) }, 1],
        ['client', { ...asked, ...answered('GET', 503, { 'error.type': '503' }) }, 1],
        ['client', { ...asked, ...answered('POST', 404, { 'error.type': '404' }) }, 1],
        [
          'client',
          { 'http.request.method': 'GET', 'server.address': '127.0.0.1', 'server.port': refusing, 'error.type': 'Error' },
          1,
        ],
      ]; // prettier-ignore
      const pulled = seriesOf(parsePromText(text));
      const counts = Object.entries(pulled).filter(([key]) => /^http_.*_count\{/.test(key));
      const wanted = expected.map(([name, attributes, count]) => [
        `http_${name}_request_duration_seconds_count{${labelsOf(attributes)}}`,
        count,
      ]);
      assert.deepEqual(Object.fromEntries(counts), Object.fromEntries(wanted));
      const pushed = Object.values(receiver.totals()).filter(({ name }) => name.startsWith('http.'));
      assert.deepEqual(
        Object.fromEntries(pushed.map(({ name, labels, value }) => [`${name}{${labelsOf(labels)}}`, value])),
        Object.fromEntries(
          expected.map(([name, attributes, count]) => [
            `http.${name}.request.duration{${labelsOf(attributes)}}`,
            count,
          ]),
        ),
      );
      assert.ok(!text.includes('secret'));
    });
  }

  it('are not there, and nothing is loaded for them, unless asked for', async () => {
    const { text } = await run('CommonJS', {});
    assert.ok(
      text.includes('intelia_http_requests_total{method="GET",endpoint="/users/:id",status="200"} 2\n'),
    );
    assert.ok(!/^http_/m.test(text));
  });
});

/** As in Prometheus: by name. */
function labelsOf(attributes: object): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name.replaceAll('.', '_')}=${JSON.stringify(String(value))}`)
    .sort()
    .join(',');
}
