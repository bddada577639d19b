/** What can only be seen of the taps in a process of its own: memory, collection, what is loaded. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');

/** Runs the body of an async function with the taps and the server at hand; gives what it returns. */
async function inProcess(body: string): Promise<unknown> {
  const code = `
    const { testTap } = require('./test/support/llm-tap.ts');
    const { tapGlobalFetch } = require('./src/llm/taps/fetch.ts');
    const servers = require('./test/support/llm-server.ts');
    const collect = async (until) => { while (!until()) { gc(); await new Promise(setImmediate); } };
    const send = (url, body) => ({ url: url + '/chat/completions', init: { method: 'POST', body: JSON.stringify(body) } });
    (async () => { ${body} })().then((result) => { console.log(JSON.stringify(result)); process.exit(0); });`;
  const nodeArgs = ['--require', 'tsx/cjs', '--expose-gc'];
  const { code: exit, stdout, stderr } = await startProcess({ nodeArgs, code, cwd: root }).ended;
  assert.equal(exit, 0, stderr);
  return JSON.parse(stdout);
}

describe('LLM taps in a process', () => {
  it('counts a body that nobody reads once it is collected: an answer as a success, a stream as left', async () => {
    const result = await inProcess(`
      const server = await servers.startLlmServer();
      const tap = testTap();
      const ends = {};
      for (const [name, answer, use] of [
        ['answer unread', servers.json(servers.chatAnswer())],
        ['refusal unread', servers.json('{}', 429)],
        ['stream unread', (r) => r.writeHead(200, { 'content-type': 'text/event-stream' }).write(servers.chatEvents()[0])],
        ['stream read in part, process ends', (r) => r.writeHead(200, { 'content-type': 'text/event-stream' }).write(servers.chatEvents()[0]), (r) => r.body.getReader().read()],
      ]) {
        server.answer = answer;
        tap.events.length = 0;
        await (async () => { const r = await tap.fetch(server.url + '/chat/completions', { method: 'POST', body: '{"model":"m"}' }); await use?.(r); })();
        // Node keeps a stream that was begun while its connection is open.
        if (use === undefined) await collect(() => tap.events.length > 0);
        tap.calls.flushOpenCalls();
        await collect(() => true);
        ends[name] = tap.events.map((event) => event.status);
      }
      return ends;`);
    assert.deepEqual(result, {
      'answer unread': ['success'],
      'refusal unread': ['rate_limited'],
      'stream unread': ['cancelled'],
      'stream read in part, process ends': ['cancelled'],
    });
  });

  it('keeps memory flat under a long stream, read slowly and stripped, and still sees its usage', async function () {
    this.timeout(30_000);
    const { grown, usage, bytes } = (await inProcess(`
      const event = servers.chatEvents({ words: ['w'.repeat(30_000)], usage: servers.USAGE })[1];
      const tail = servers.chatEvents({ words: [], usage: servers.USAGE }).join('');
      const server = await servers.startLlmServer(async (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let i = 0; i < 1700; i++) if (!response.write(event)) await new Promise((done) => response.once('drain', done));
        response.end(tail);
      });
      const tap = testTap({ ask: ['127.0.0.1'] });
      const response = await tap.fetch(server.url + '/chat/completions', { method: 'POST', body: '{"model":"m","stream":true}' });
      let bytes = 0, most = 0, first;
      for await (const chunk of response.body) {
        bytes += chunk.length;
        if (bytes > 5e6) { first ??= (gc(), process.memoryUsage().rss); most = Math.max(most, process.memoryUsage().rss); }
        await new Promise(setImmediate);
      }
      return { grown: most - first, usage: tap.only().usage, bytes };`)) as {
      grown: number;
      usage: unknown;
      bytes: number;
    };
    assert.ok(bytes > 51e6, `${bytes} bytes`);
    assert.ok(grown < 60e6, `${Math.round(grown / 1e6)} MB more`);
    assert.deepEqual(usage, { promptTokens: 11, completionTokens: 7 });
  });

  it('keeps memory flat where 200 MB are offered, read slowly, left half-way and never read to their end', async function () {
    this.timeout(30_000);
    const { grown, kept, sent, ends } = (await inProcess(`
      const event = Buffer.from(servers.chatEvents({ words: ['w'.repeat(30_000)] })[1]);
      let sent = 0;
      const server = await servers.startLlmServer(async (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (; sent < 200e6; sent += event.length)
          if (!response.write(event)) await new Promise((done) => response.once('drain', done));
        response.end();
      });
      const tap = testTap({ ask: ['127.0.0.1'] });
      // Buffers are freed beside the collection that finds them: a second one waits for the first.
      const sample = async () => {
        for (let i = 0; i < 3; i++) gc(), await new Promise(setImmediate);
        return process.memoryUsage();
      };
      const response = await tap.fetch(server.url + '/chat/completions', { method: 'POST', body: '{"model":"m","stream":true}' });
      const reader = response.body.getReader();
      let bytes = 0, first, most = 0;
      while (bytes < 60e6) {
        bytes += (await reader.read()).value.length;
        if (bytes > 5e6) { first ??= await sample(); most = Math.max(most, process.memoryUsage().rss); }
        await new Promise(setImmediate);
      }
      // Nobody reads on. What the provider may still send stays where it is.
      for (let i = 0; i < 200; i++) await new Promise(setImmediate);
      const last = await sample();
      tap.calls.flushOpenCalls();
      tap.calls.flushOpenCalls();
      const kept = last.heapUsed + last.arrayBuffers - first.heapUsed - first.arrayBuffers;
      return { grown: Math.max(most, last.rss) - first.rss, kept, sent, ends: tap.events.map((e) => e.status) };`)) as {
      grown: number;
      kept: number;
      sent: number;
      ends: string[];
    };
    assert.ok(sent > 60e6 && sent < 80e6, `${sent} bytes sent: what is not read is not fetched`);
    assert.ok(grown < 60e6, `${Math.round(grown / 1e6)} MB more`);
    // 55 MB were read in between; what lies in a socket's buffers at either moment is a few.
    assert.ok(kept < 15e6, `${Math.round(kept / 1e6)} MB kept`);
    assert.deepEqual(ends, ['cancelled']);
  });

  it('does not load what Node loads lazily', async () => {
    const loaded = await inProcess(`
      const isLoaded = (name) => process.moduleLoadList.some((each) => each.endsWith(name));
      const before = isLoaded('undici/undici');
      tapGlobalFetch(testTap().options);
      return [before, isLoaded('undici/undici'), fetch.name, fetch.length];`);
    assert.deepEqual(loaded, [false, false, 'fetch', 1]);
  });
});
