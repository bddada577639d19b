/**
 * What of calls stays behind in a process: no word of a prompt or an answer, no key, no secret of a header, neither in
 * the heap nor in anything that leaves.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatAnswer, chatEvents, USAGE } from '../support/llm-server.js';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');

/** In no source text of the child: it is told them over HTTP, and drops them. */
const SECRETS = {
  prompt: 'Zq7-prompt-of-a-user',
  answer: 'Zq7-answer-of-a-model',
  key: 'sk-Zq7-api-key',
  header: 'Zq7-secret-of-a-header',
  refusal: 'Zq7-words-of-a-refusal',
};
const MARKER = 'Zq7-';
/** What the application itself keeps is found: the search is no blind one. */
const KEPT = 'Kq9-kept-by-the-application';

/** Calls on every road, in every way they end; then the heap is written. */
const APP = `
  const http = require('node:http');
  const { flush, shutdown } = require('./dist/index.cjs');
  const { BASE, SNAPSHOT, METRICS } = process.env;
  const headersOf = (told) => ({ authorization: 'Bearer ' + told.key, 'x-org': told.header, 'content-type': 'application/json' });
  const bodyOf = (told, stream) => JSON.stringify({ model: 'gpt-4o', stream, messages: [{ role: 'user', content: told.prompt }] });
  const overFetch = (url, init) => fetch(url, { method: 'POST', ...init }).then((r) => r.text()).catch(() => '');
  const overRequest = (url, init) => overFetch(new Request(url, { method: 'POST', ...init }), {});
  const overHttp = (url, { headers, body }) => new Promise((done) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.on('data', () => {}).on('end', done).on('error', done);
    });
    request.on('error', done).end(body);
  });
  async function calls() {
    const told = await (await fetch(BASE + '/told')).json();
    globalThis.kept = { kept: told.kept };
    for (const send of [overFetch, overRequest, overHttp]) {
      for (const stream of [false, true]) {
        for (const end of ['ok', 'refused', 'limited', 'odd', 'broken'])
          await send(BASE + '/' + end + '/v1/chat/completions', { headers: headersOf(told), body: bodyOf(told, stream) });
      }
    }
    await overFetch(BASE + '/odd/v1/embeddings', { headers: headersOf(told), body: JSON.stringify({ model: told.prompt.repeat(20), input: told.prompt }) });
    await fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST', headers: headersOf(told), body: bodyOf(told, true) }).catch(() => {});
    const left = await fetch(BASE + '/ok/v1/chat/completions', { method: 'POST', headers: headersOf(told), body: bodyOf(told, true) });
    for await (const piece of left.body) break;
  }
  (async () => {
    await calls();
    const text = await (await fetch(METRICS + '/metrics')).text() + await (await fetch(METRICS + '/metrics')).text();
    await flush();
    // Node's own connections and their last requests go with their sockets.
    for (let i = 0; i < 20; i++) { gc(); await new Promise((done) => setTimeout(done, 10)); }
    require('node:v8').writeHeapSnapshot(SNAPSHOT);
    process.stdout.write(text);
    await shutdown();
    process.exit();
  })();`;

describe('after calls of every kind', () => {
  const pushed: Buffer[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'intelia-otel-'));
  let ended: Awaited<ReturnType<typeof runProcess>>;
  let heap = '';

  before(async function () {
    this.timeout(30_000);
    const server = createServer((request, response) => void answer(request, response, pushed));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const port = await freePort();
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const snapshot = join(folder, 'app.heapsnapshot');
    ended = await runProcess({
      nodeArgs: ['--expose-gc', '--require', './dist/register.cjs'],
      code: APP,
      cwd: root,
      timeoutMs: 25_000,
      env: {
        BASE: base,
        SNAPSHOT: snapshot,
        METRICS: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
        OTEL_EXPORTER_OTLP_ENDPOINT: base,
        INTELIA_LLM_STREAM_USAGE: '127.0.0.1',
      },
    });
    server.close();
    server.closeAllConnections();
    assert.equal(ended.code, 0, ended.stderr);
    heap = readFileSync(snapshot, 'latin1');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('each was counted', () => {
    const counts = /^intelia_llm_requests_total\{model="gpt-4o(?:-mini)?",status="(\w+)"\} ([1-9]\d*)$/gm;
    const seen: Record<string, number> = {};
    for (const [, status = '', count] of ended.stdout.matchAll(counts))
      seen[status] = (seen[status] ?? 0) + Number(count);
    assert.deepEqual(seen, {
      success: 10,
      client_error: 6,
      rate_limited: 6,
      server_error: 3,
      network_error: 7,
    });
  });

  it('no secret is in the heap', () => {
    assert.ok(heap.includes('intelia_llm_requests_total') && heap.includes(KEPT));
    for (const [name, secret] of Object.entries(SECRETS)) assert.ok(!heap.includes(secret), name);
    assert.ok(!heap.includes(MARKER));
  });

  it('none is in what leaves: metrics, pushes, what is printed', () => {
    assert.ok(pushed.length > 0);
    const said = {
      text: ended.stdout,
      lines: ended.stderr,
      pushes: Buffer.concat(pushed).toString('latin1'),
    };
    for (const [name, text] of Object.entries(said)) assert.ok(!text.includes(MARKER), name);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answer(request: IncomingMessage, response: ServerResponse, pushed: Buffer[]): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const url = request.url ?? '';
  if (url === '/v1/metrics') return void (pushed.push(...parts), response.end());
  if (url === '/told') return void response.end(JSON.stringify({ ...SECRETS, kept: KEPT }));
  const isStream = Buffer.concat(parts).includes('"stream":true');
  const [, end] = url.split('/');
  // Of a connection that is closed anyway fetch takes a reset for the end.
  if (end !== 'broken') response.setHeader('connection', 'close');
  const words = [SECRETS.answer, ' ', SECRETS.prompt];
  const choices = [{ index: 0, message: { role: 'assistant', content: words.join('') } }];
  const type = isStream ? 'text/event-stream' : 'application/json';
  const text = isStream
    ? chatEvents({ words, usage: USAGE }).join('')
    : JSON.stringify(chatAnswer({ choices }));
  const error = JSON.stringify({
    error: { message: Object.values(SECRETS).join(), type: 'x', code: SECRETS.refusal },
  });
  if (end === 'refused')
    return void response.writeHead(401, { 'content-type': 'application/json' }).end(error);
  if (end === 'limited')
    return void response.writeHead(429, { 'content-type': 'application/json' }).end(error);
  response.writeHead(200, { 'content-type': type });
  if (end === 'ok') return void response.end(text);
  if (end === 'odd') return void response.end(isStream ? `data: ${error}\n\n` : error.slice(0, -3));
  response.write(text.slice(0, 400), () => response.socket?.resetAndDestroy());
}
