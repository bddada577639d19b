/** Every source of `intelia_errors_total`, each in a process of its own: this type and severity, so often, and nothing else. */
import { join } from 'node:path';
import { assertErrors } from '../support/error-totals.js';
import { startLlmServer, type LlmServer } from '../support/llm-server.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const root = join(__dirname, '../..');
const INDEX = JSON.stringify(join(root, 'dist/index.cjs'));

interface Source {
  readonly name: string;
  readonly nodeArgs?: readonly string[];
  readonly app: string;
  readonly counted: Record<string, number>;
}

const run = ({ app, nodeArgs = [] }: Source, env: Record<string, string> = {}) => ({
  code: app,
  nodeArgs,
  env,
  cwd: root,
});

const ENDS: readonly Source[] = [
  { name: 'an uncaught exception', app: `throw new Error('boom');`, counted: { 'uncaught_exception critical': 1 } },
  {
    name: 'an exception that a handler of the application survives',
    app: `process.on('uncaughtException', () => {}); setTimeout(() => { throw new Error('boom') }, 1);`,
    counted: { 'uncaught_exception critical': 1 },
  },
  { name: 'an unhandled rejection', app: `Promise.reject(new Error('boom'));`, counted: { 'unhandled_rejection critical': 1 } },
  {
    name: 'an unhandled rejection that only warns',
    nodeArgs: ['--unhandled-rejections=warn'],
    app: `Promise.reject(new Error('boom'));`,
    counted: { 'unhandled_rejection error': 1 },
  },
]; // prettier-ignore

const TRACKED: readonly Source[] = [
  {
    name: 'trackError, of each severity',
    app: `const { trackError } = require(${INDEX});
      for (const severity of ['warning', 'error', 'critical']) trackError({ type: 'payment_declined', severity });
      trackError({ type: 'payment_declined', severity: 'error' });`,
    counted: { 'payment_declined warning': 1, 'payment_declined error': 2, 'payment_declined critical': 1 },
  },
  {
    name: 'trackHttpRequest with a 5xx',
    app: `const { trackHttpRequest } = require(${INDEX});
      for (const status of [200, 404, 499, 500, 503]) trackHttpRequest({ method: 'GET', endpoint: '/', status, duration: 1 });`,
    counted: { 'http_5xx error': 2 },
  },
  {
    name: 'trackDbQuery that failed',
    app: `const { trackDbQuery } = require(${INDEX});
      for (const status of ['success', 'error']) trackDbQuery({ operation: 'SELECT', table: 'users', status, duration: 1 });`,
    counted: { 'db_error error': 1 },
  },
  {
    name: 'trackLlmCall of each status',
    app: `const { trackLlmCall } = require(${INDEX});
      for (const status of ['success', 'rate_limited', 'timeout', 'cancelled', 'client_error', 'server_error', 'network_error'])
        trackLlmCall({ model: 'gpt-4o', feature: 'chat', status, duration: 1, promptTokens: 1, completionTokens: 1 });`,
    counted: {
      'llm_rate_limited warning': 1, 'llm_timeout error': 1, 'llm_client_error error': 1, 'llm_server_error error': 1,
      'llm_network_error error': 1,
    },
  },
]; // prettier-ignore

/** Serves on a free port, asks for each of \`paths\`, and is closed. */
const served = (listener: string, paths: readonly string[]): string => `
  const http = require('node:http');
  const server = http.createServer(${listener}).listen(0, '127.0.0.1', async () => {
    for (const path of ${JSON.stringify(paths)}) {
      const answer = await fetch('http://127.0.0.1:' + server.address().port + path).catch(() => undefined);
      await answer?.text().catch(() => undefined);
    }
    server.close();
    server.closeAllConnections();
  });`;

const EXPRESS = `(() => {
  const app = require('express')();
  app.set('env', 'test');
  app.get('/ok', (req, res) => res.send('ok'));
  app.get('/throws', () => { throw new Error('boom') });
  app.get('/rejects', async () => { throw new Error('boom') });
  app.get('/says', (req, res) => res.status(502).end());
  app.get('/cut', (req, res) => { res.write('half'); setImmediate(() => res.destroy()); });
  return app;
})()`;

const HTTP: readonly Source[] = [
  { name: 'a handler that throws', app: served(EXPRESS, ['/throws', '/ok']), counted: { 'http_5xx error': 1 } },
  { name: 'a handler that rejects', app: served(EXPRESS, ['/rejects', '/ok']), counted: { 'http_5xx error': 1 } },
  { name: 'an answer of 502', app: served(EXPRESS, ['/says', '/ok']), counted: { 'http_5xx error': 1 } },
  { name: 'an answer that the server cuts off', app: served(EXPRESS, ['/cut', '/ok']), counted: { 'http_5xx error': 1 } },
  { name: 'what is not found, which is none', app: served(EXPRESS, ['/nowhere', '/ok']), counted: {} },
  {
    // Two errors, one each: the process ends of the one, the client sees the other.
    name: 'a raw listener that throws',
    app: served(`(req, res) => { process.once('uncaughtException', () => res.writeHead(500).end()); throw new Error('boom'); }`, ['/']),
    counted: { 'http_5xx error': 1, 'uncaught_exception critical': 1 },
  },
]; // prettier-ignore

/** One call, whose failure the application handles. */
const chat = (init = ''): string => `
  const url = process.env.LLM + '/chat/completions';
  fetch(url, { method: 'POST', body: JSON.stringify({ model: 'gpt-4o', messages: [] }), ${init} })
    .then((answer) => answer.text()).catch(() => {});`;

const SDK = `
  const { OpenAI } = require('openai');
  new OpenAI({ apiKey: 'k', baseURL: process.env.LLM, maxRetries: 2 })
    .chat.completions.create({ model: 'gpt-4o', messages: [] }).catch(() => {});`;

interface LlmSource extends Source {
  readonly answer: Parameters<typeof startLlmServer>[0];
}

const status =
  (code: number): LlmSource['answer'] =>
  (response) =>
    response.writeHead(code).end('{}');

const LLM: readonly LlmSource[] = [
  { name: '429', answer: status(429), app: chat(), counted: { 'llm_rate_limited warning': 1 } },
  { name: '400', answer: status(400), app: chat(), counted: { 'llm_client_error error': 1 } },
  { name: '401', answer: status(401), app: chat(), counted: { 'llm_client_error error': 1 } },
  { name: '500', answer: status(500), app: chat(), counted: { 'llm_server_error error': 1 } },
  { name: '529', answer: status(529), app: chat(), counted: { 'llm_server_error error': 1 } },
  {
    name: 'a connection that breaks',
    answer: (response) => response.destroy(),
    app: chat(),
    counted: { 'llm_network_error error': 1 },
  },
  {
    name: 'a time that ran out',
    answer: () => undefined,
    app: chat('signal: AbortSignal.timeout(50)'),
    counted: { 'llm_timeout error': 1 },
  },
  {
    name: 'a call that the caller gave up, which is none',
    answer: () => undefined,
    app: `const given = new AbortController(); setTimeout(() => given.abort(), 50); ${chat('signal: given.signal')}`,
    counted: {},
  },
  // Each attempt is a request, and so each failed one an error.
  { name: 'three attempts of an SDK', answer: status(500), app: SDK, counted: { 'llm_server_error error': 3 } },
]; // prettier-ignore

const pg = (statement: string): string => `
  const { Client } = require('pg');
  const client = new Client({ connectionString: process.env.POSTGRES });
  (async () => {
    await client.connect();
    await client.query('SELECT 1');
    await client.query(${JSON.stringify(statement)}).catch(() => {});
    await client.end();
  })();`;

describe('intelia_errors_total, by source', () => {
  for (const source of [...ENDS, ...TRACKED])
    it(source.name, () => assertErrors(run(source), source.counted));

  describe('HTTP', () => {
    for (const source of HTTP) it(source.name, () => assertErrors(run(source), source.counted));
  });

  describe('LLM', () => {
    let llm: LlmServer;
    afterEach(() => llm.close());
    for (const source of LLM) {
      it(source.name, async () => {
        llm = await startLlmServer(source.answer);
        await assertErrors(run(source, { LLM: llm.url }), source.counted);
      });
    }
  });

  describe('database, by pg', () => {
    let postgres: TestPostgres;
    before(async () => void (postgres = await startPostgres()));
    after(() => postgres.stop());
    for (const [name, statement] of [
      ['a table that is not there', 'SELECT * FROM nowhere'],
      ['no SQL at all', 'boom'],
      ['a division by zero', 'SELECT 1 / 0'],
    ] as const) {
      const source = { name, app: pg(statement), counted: { 'db_error error': 1 } };
      it(name, () => assertErrors(run(source, { POSTGRES: postgres.url }), source.counted));
    }
    it('a query that succeeds, which is none', () =>
      assertErrors(run({ name: '', app: pg('SELECT 2'), counted: {} }, { POSTGRES: postgres.url }), {}));
  });
});
