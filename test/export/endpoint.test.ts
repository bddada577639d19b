import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import express from 'express';
import { readConfig } from '../../src/config.js';
import { createAuth } from '../../src/export/auth.js';
import { startEndpoint, type Endpoint, type EndpointOptions } from '../../src/export/endpoint.js';
import { createReader } from '../../src/export/reader.js';
import { testContext, type TestContext } from '../support/context.js';
import { counted, measured, until } from '../support/http.js';
import { parsePromText, seriesOf } from '../support/prom-text.js';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function ask(url: string, options: RequestOptions = {}): Promise<Answer> {
  const req = request(url, { agent: false, ...options }).end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const body: Buffer[] = [];
  for await (const piece of res) body.push(piece as Buffer);
  return { status: res.statusCode, headers: res.headers, body: Buffer.concat(body) };
}

const TOKEN = 'a-token-of-the-metrics';
const OPENMETRICS = { accept: 'application/openmetrics-text' };
const QUESTIONS = 'intelia_questions_total{language="fr",source="web"}';
const FAILURES = 'intelia_otel_export_failures_total{reason="scrape"}';
const open: { close(): unknown }[] = [];

interface Started {
  readonly test: TestContext;
  readonly endpoint: Endpoint;
  readonly url: string;
}

function begin(test: TestContext, env: Record<string, string>, options: Partial<EndpointOptions>): Endpoint {
  const config = readConfig(() => {}, { OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env });
  const { log, guard } = test.context;
  const auth = createAuth(config, log);
  const resource = { 'service.name': 'shop' };
  const endpoint = startEndpoint({ config, registry: test.registry, auth, log, guard, resource, ...options });
  open.push(endpoint);
  return endpoint;
}

async function started(
  env: Record<string, string> = {},
  options: Partial<EndpointOptions> = {},
): Promise<Started> {
  const test = testContext();
  const endpoint = begin(test, env, options);
  await endpoint.ready;
  const url = endpoint.url();
  assert.ok(url);
  return { test, endpoint, url };
}

const series = ({ body }: Answer): Record<string, number> => seriesOf(parsePromText(body.toString()));
const askQuestion = ({ registry }: TestContext, times = 1): void =>
  registry.emit('intelia_questions_total', times, { source: 'web', language: 'fr' });

describe('pull endpoint', () => {
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  it('listens on loopback and answers in Prometheus text', async () => {
    const { test, url } = await started();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    test.registry.emit('intelia_active_users', 3, {});
    const answer = await ask(`${url}?target=1`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(answer.headers['content-length'], String(answer.body.length));
    assert.equal(answer.headers['content-encoding'], undefined);
    assert.deepEqual(series(answer), { 'target_info{service_name="shop"}': 1, 'intelia_active_users{}': 3 });
  });

  it('answers in OpenMetrics, and compressed, to who asks for it', async () => {
    const { test, url } = await started();
    test.registry.emit('intelia_active_users', 3, {});
    const plain = await ask(url, { headers: OPENMETRICS });
    assert.equal(plain.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    assert.equal(parsePromText(plain.body.toString(), 'openmetrics').get('target')?.type, 'info');
    const zipped = await ask(url, { headers: { ...OPENMETRICS, 'accept-encoding': 'gzip' } });
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    assert.equal(zipped.headers['content-length'], String(zipped.body.length));
    assert.deepEqual(gunzipSync(zipped.body), plain.body);
  });

  it('answers HEAD without a body, and without taking the zero of a new series', async () => {
    const { test, url } = await started();
    askQuestion(test, 5);
    const head = await ask(url, { method: 'HEAD', headers: OPENMETRICS });
    assert.equal(head.status, 200);
    assert.equal(head.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    assert.equal(head.body.length, 0);
    assert.equal(series(await ask(url))[QUESTIONS], 0);
    assert.equal(series(await ask(url))[QUESTIONS], 5);
  });

  it('leaves the zero of a new series where it is to who only looks', async () => {
    const { test, url } = await started();
    askQuestion(test, 5);
    for (let looks = 0; looks < 2; looks++) {
      const look = await ask(url, { headers: { 'x-intelia-peek': '1' } });
      assert.equal(series(look)[QUESTIONS], 5);
    }
    assert.equal(series(await ask(url))[QUESTIONS], 0);
    assert.equal(series(await ask(url))[QUESTIONS], 5);
  });

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
    it(`refuses ${method}`, async () => {
      const { url } = await started();
      const answer = await ask(url, { method });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.allow, 'GET, HEAD');
    });
  }

  for (const path of ['/', '/metrics/', '/metricsx', '//', '/favicon.ico']) {
    it(`has nothing at ${path}`, async () => {
      const { url } = await started();
      assert.equal((await ask(new URL(url).origin, { path })).status, 404);
    });
  }

  it('asks for the token, and gives no hint of why it refuses', async () => {
    const { url } = await started({ INTELIA_METRICS_TOKEN: TOKEN });
    const answers = [await ask(url)];
    for (const authorization of ['Bearer wrong', `Basic ${TOKEN}`, 'Bearer a.b.c']) {
      answers.push(await ask(url, { headers: { authorization } }));
    }
    for (const { status, headers, body } of answers) {
      assert.equal(status, 401);
      assert.equal(headers['www-authenticate'], 'Bearer');
      assert.equal(body.toString(), 'Unauthorized\n');
    }
    assert.equal((await ask(url, { headers: { authorization: `Bearer ${TOKEN}` } })).status, 200);
  });

  it('renders once for scrapes that come together, each format for itself', async () => {
    let collections = 0;
    let release = (): void => {};
    const gate = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    const collectForeign = (): Promise<undefined> => (collections++, gate);
    const { test, url } = await started({}, { collectForeign });
    askQuestion(test, 5);
    let arrived = 0;
    const auth = (): boolean => (arrived++, true);
    const busy = begin(test, {}, { collectForeign, auth });
    await busy.ready;
    const scrapes = Array.from({ length: 8 }, (_, i) =>
      ask(busy.url() as string, {
        headers: i % 2 === 0 ? {} : { ...OPENMETRICS, 'accept-encoding': 'gzip' },
      }),
    );
    await until(() => arrived === 8);
    release();
    const answers = await Promise.all(scrapes);
    assert.equal(collections, 2);
    for (const { body } of answers)
      assert.deepEqual(body, answers[answers.findIndex((a) => a.body.equals(body))]?.body);
    assert.equal(new Set(answers.map(({ body }) => body.toString('base64'))).size, 2);
    assert.equal(series(answers[0] as Answer)[QUESTIONS], 0);
    assert.equal(series(await ask(url))[QUESTIONS], 5);
  });

  it('shows what the application records with other meters', async () => {
    const test = testContext();
    const reader = createReader({ registry: test.registry, attributes: {}, nowMs: Date.now });
    const endpoint = begin(test, {}, { collectForeign: reader.collectForeign });
    await endpoint.ready;
    assert.ok(!('jobs_total{}' in series(await ask(endpoint.url() as string))));
    reader.foreignProvider().getMeter('app').createCounter('jobs').add(2);
    reader.foreignProvider().getMeter('app').createCounter('intelia.errors').add(2);
    assert.equal(series(await ask(endpoint.url() as string))['jobs_total{}'], 2);
    assert.deepEqual(test.warnings, [
      '[intelia-otel] intelia_errors_total of another meter is not shown on the pull endpoint: the name is one of this package',
    ]);
  });

  it('answers 500 when it fails, never an empty 200, counts that, and goes on', async () => {
    let broken = true;
    const collectForeign = async (): Promise<ResourceMetrics | undefined> => {
      if (broken) throw new TypeError('with a secret in it');
      return undefined;
    };
    const { test, url } = await started({}, { collectForeign });
    askQuestion(test, 5);
    const failed = await ask(url);
    assert.equal(failed.status, 500);
    assert.equal(failed.body.toString(), 'Internal Server Error\n');
    assert.deepEqual(test.errors.splice(0), ['scrape']);
    assert.match(test.warnings.join(), /^\[intelia-otel\] scrape failed and was skipped: TypeError at /);
    broken = false;
    assert.equal(series(await ask(url))[QUESTIONS], 0, 'the zero was not taken by the failed scrape');
    const after = series(await ask(url));
    assert.equal(after[QUESTIONS], 5);
    assert.equal(after[FAILURES], 1);
  });

  it('does not take the zero for a scraper that went away', async () => {
    let release = (): void => {};
    let waiting = false;
    const collectForeign = (): Promise<undefined> =>
      new Promise((resolve) => ((waiting = true), (release = () => resolve(undefined))));
    const { test, endpoint, url } = await started({}, { collectForeign });
    askQuestion(test, 5);
    let gone = false;
    const app = createServer((req, res) => {
      res.once('close', () => (gone = true));
      void endpoint.handler(req, res);
    });
    open.push({ close: () => app.close() });
    await once(app.listen(0, '127.0.0.1'), 'listening');
    const req = request({ port: (app.address() as AddressInfo).port, agent: false });
    req.on('error', () => {}).end();
    await until(() => waiting);
    req.destroy();
    await until(() => gone);
    release();
    waiting = false;
    const next = ask(url);
    await until(() => waiting);
    release();
    assert.equal(series(await next)[QUESTIONS], 0);
    assert.deepEqual(test.errors, []);
  });

  it('says that its address is in use, tries again later each time, and listens when it is free', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const waits: number[] = [];
    let retry = (): void => {};
    const after = (ms: number, work: () => void): void => (waits.push(ms), void (retry = work));
    const test = testContext();
    const endpoint = begin(test, { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) }, { after });
    await endpoint.ready;
    assert.equal(endpoint.url(), undefined);
    for (let i = 1; i < 7; i++) {
      retry();
      await until(() => waits.length === i + 1);
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    blocker.close();
    await once(blocker, 'close');
    retry();
    await until(() => endpoint.url() !== undefined);
    assert.equal((await ask(endpoint.url() as string)).status, 200);
    const address = `127.0.0.1:${port}`;
    assert.deepEqual(test.warnings, [
      `[intelia-otel] the pull endpoint cannot listen on ${address}: the address is in use; tried again until it is free (OTEL_EXPORTER_PROMETHEUS_PORT sets another)`,
      `[intelia-otel] the pull endpoint now listens at http://${address}/metrics`,
    ]);
  });

  it('says that it cannot have its address at all, or that everybody can read it, and goes on without', async () => {
    const test = testContext();
    let retries = 0;
    // TEST-NET-1 (RFC 5737): no machine has this address.
    const env = { OTEL_EXPORTER_PROMETHEUS_HOST: '192.0.2.1' };
    const endpoint = begin(test, env, { after: () => void retries++ });
    await endpoint.ready;
    assert.equal(endpoint.url(), undefined);
    assert.equal(retries, 0);
    assert.deepEqual(test.warnings, [
      '[intelia-otel] the pull endpoint on 192.0.2.1 can be read by whoever reaches it; INTELIA_METRICS_TOKEN closes it',
      '[intelia-otel] the pull endpoint cannot listen on 192.0.2.1:0 (EADDRNOTAVAIL); metrics are not served',
    ]);
    await endpoint.close();
  });

  it('closes at once, whoever is connected, and does not try again', async () => {
    const { endpoint, url } = await started();
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    await once(idle, 'connect');
    const agent = new Agent({ keepAlive: true });
    await ask(url, { agent });
    await Promise.all([endpoint.close(), once(idle.resume(), 'close')]);
    assert.equal(endpoint.url(), undefined);
    await endpoint.close();
    agent.destroy();
  });

  it('does not hold the process, not even by an open connection', async () => {
    const script = join(__dirname, '../fixtures/export/endpoint-alone.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', script]);
    assert.equal(stdout, 'connected\n');
  });

  it("is not counted among the application's requests", async () => {
    const test = measured();
    const endpoint = begin(test, {}, {});
    await endpoint.ready;
    const app = createServer((req, res) =>
      req.url === '/m' ? void endpoint.handler(req, res) : res.end('x'),
    );
    open.push({ close: () => app.close() });
    await once(app.listen(0, '127.0.0.1'), 'listening');
    const origin = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    await ask(endpoint.url() as string);
    await ask(`${origin}/m`);
    await ask(`${origin}/other`);
    await until(() => counted(test) > 0);
    assert.equal(counted(test), 1);
  });
});

describe("metrics on the application's own server", () => {
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function mounted(env: Record<string, string> = {}): Promise<Started> {
    const { test, endpoint } = await started(env);
    const app = express().get('/api/metrics', endpoint.handler);
    const server = app.listen(0, '127.0.0.1');
    open.push({ close: () => server.close() });
    await once(server, 'listening');
    return { test, endpoint, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/metrics` };
  }

  it('are those of the endpoint, in Express', async () => {
    const { test, url } = await mounted();
    askQuestion(test, 5);
    assert.equal((await ask(url, { method: 'HEAD' })).status, 200);
    assert.equal(series(await ask(url))[QUESTIONS], 0);
    assert.equal(series(await ask(url))[QUESTIONS], 5);
  });

  it('ask for the same token', async () => {
    const { url } = await mounted({ INTELIA_METRICS_TOKEN: TOKEN });
    assert.equal((await ask(url)).status, 401);
    assert.equal((await ask(url, { headers: { authorization: `Bearer ${TOKEN}` } })).status, 200);
  });
});
