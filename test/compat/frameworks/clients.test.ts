/** What an application may send its requests with, instead of Node's own fetch. */
import assert from 'node:assert/strict';
import { GPT, RESPONSE, tap, tapCase } from './all-taps.js';
import axios from 'axios';
import OpenAI from 'openai';
import * as undici from 'undici';
import { withLlmFeature } from '../../../src/llm/feature.js';
import { chatEvents, json, USAGE } from '../../support/llm-server.js';

const messages = [{ role: 'user' as const, content: 'Hé' }];
const ASKED = { model: 'gpt-4o-mini', messages };
const STREAM = { ...ASKED, stream: true };
/** What a caller gets who asked for no usage: nothing that has to do with ours. */
const EVENTS = chatEvents().join('');
const CANCELLED = 'gpt-4o-mini-2024-07-18 cancelled';

const wordsThenSilence = (response: import('node:http').ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chatEvents().slice(0, 2).join(''));
};

async function textOf(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts).toString();
}

describe("undici's fetch", () => {
  it('keeps its looks', () => {
    assert.deepEqual([undici.fetch.name, undici.fetch.length], ['fetch', 1]);
    assert.equal((require('undici') as typeof undici).fetch, undici.fetch);
  });

  tapCase('given to an SDK, with an agent of its own', async (given) => {
    const dispatcher = new undici.Agent({ connections: 2 });
    const openai = new OpenAI({
      apiKey: 'test', baseURL: given.server.url, maxRetries: 0, fetch: undici.fetch as never,
      fetchOptions: { dispatcher } as never,
    });
    assert.equal((await openai.chat.completions.create(ASKED)).usage?.prompt_tokens, USAGE.prompt_tokens);
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ ...ASKED, stream: true })) {
      assert.ok(!('usage' in chunk));
      text += chunk.choices[0]?.delta.content ?? '';
    }
    assert.equal(text, 'Hé du 🌍');
    await openai.responses.create({ model: 'gpt-4o-mini', input: 'Hé' });
    assert.deepEqual(await given.recorded(3), [GPT, GPT, RESPONSE]);
    await dispatcher.destroy();
  });

  tapCase('alone: whole, streamed, as a Request of its own, with a feature in its Headers', async ({ server, recorded }) => {
    const url = `${server.url}/chat/completions`;
    const post = (body: object) => ({ method: 'POST', headers: new undici.Headers({ 'x-intelia-feature': 'summary', 'content-type': 'application/json' }), body: JSON.stringify(body) });
    await (await undici.fetch(url, post(ASKED))).json();
    assert.equal(await (await undici.fetch(url, post(STREAM))).text(), EVENTS);
    await (await undici.fetch(new undici.Request(url, post(ASKED)))).json();
    assert.deepEqual(await recorded(3), [GPT, GPT, GPT]);
    assert.deepEqual(tap.events.map(({ feature }) => feature), ['summary', 'summary', 'summary']);
    assert.ok(server.received.every(({ headers }) => headers['x-intelia-feature'] === undefined));
  });

  tapCase('a failure, an abort, a break, a refused connection', async ({ server, recorded }) => {
    const url = `${server.url}/chat/completions`;
    const post = (body: object, more: object = {}) => ({ method: 'POST', body: JSON.stringify(body), ...more });
    server.answer = json({ error: { message: 'no' } }, 429);
    assert.equal((await undici.fetch(url, post(ASKED))).status, 429);
    const before = new AbortController();
    server.answer = () => before.abort();
    await assert.rejects(undici.fetch(url, post(ASKED, { signal: before.signal })), { name: 'AbortError' });
    server.answer = wordsThenSilence;
    for await (const _ of (await undici.fetch(url, post(STREAM))).body ?? []) break;
    await assert.rejects(undici.fetch('http://127.0.0.1:1/v1/chat/completions', post(ASKED)), TypeError);
    assert.deepEqual(await recorded(4), ['gpt-4o-mini rate_limited', 'gpt-4o-mini cancelled', CANCELLED, 'gpt-4o-mini network_error']);
  });

  tapCase('other requests of undici are its own', async ({ server }) => {
    server.answer = json({});
    await undici.fetch(`${server.url}/chat/completions`);
    await undici.fetch(`${server.url}/files`, { method: 'POST', body: '{}' });
    assert.deepEqual(tap.events, []);
  });
}); // prettier-ignore

describe('axios', () => {
  tapCase('over http and over fetch: whole and streamed', async ({ server, recorded }) => {
    const url = `${server.url}/chat/completions`;
    for (const adapter of ['http', 'fetch'] as const) {
      const { data } = await withLlmFeature('summary', () => axios.post<{ usage: object }>(url, ASKED, { adapter }));
      assert.deepEqual(data.usage, USAGE);
      const stream = await axios.post<AsyncIterable<Uint8Array>>(url, STREAM, { adapter, responseType: 'stream' });
      assert.equal(await textOf(stream.data), EVENTS);
    }
    // Over fetch axios sends a Request: its body cannot be changed, so usage is not asked for.
    assert.deepEqual(await recorded(4), [GPT, GPT, GPT, 'gpt-4o-mini-2024-07-18 success']);
    assert.deepEqual(tap.events.map(({ feature }) => feature), ['summary', 'chat', 'summary', 'chat']);
  });

  tapCase('failures, an abort, a time that ran out, a break', async ({ server, recorded }) => {
    const url = `${server.url}/chat/completions`;
    for (const adapter of ['http', 'fetch'] as const) {
      tap.events.length = 0;
      server.answer = json({ error: { message: 'no' } }, 503);
      await assert.rejects(axios.post(url, ASKED, { adapter }), { status: 503 });
      const before = new AbortController();
      server.answer = () => before.abort();
      await assert.rejects(axios.post(url, ASKED, { adapter, signal: before.signal }), { code: 'ERR_CANCELED' });
      server.answer = wordsThenSilence;
      const { data } = await axios.post<AsyncIterable<Uint8Array>>(url, STREAM, { adapter, responseType: 'stream' });
      for await (const _ of data) break;
      assert.deepEqual(await recorded(3), ['gpt-4o-mini server_error', 'gpt-4o-mini cancelled', CANCELLED], adapter);
    }
  });
}); // prettier-ignore

describe('got', () => {
  const load = async () => (await import('got')).got.extend({ retry: { limit: 0 } });

  tapCase('whole and streamed', async ({ server, recorded }) => {
    const got = await load();
    const url = `${server.url}/chat/completions`;
    assert.deepEqual((await got.post(url, { json: ASKED }).json<{ usage: object }>()).usage, USAGE);
    assert.equal(await textOf(got.stream.post(url, { json: STREAM })), EVENTS);
    assert.deepEqual(await recorded(2), [GPT, GPT]);
  });

  tapCase('a failure, an abort, a time that ran out, a break, and a try again', async ({ server, recorded }) => {
    const got = await load();
    const url = `${server.url}/chat/completions`;
    server.answer = json({ error: { message: 'no' } }, 400);
    await assert.rejects(got.post(url, { json: ASKED }), { code: 'ERR_NON_2XX_3XX_RESPONSE' });
    const before = new AbortController();
    server.answer = () => before.abort();
    await assert.rejects(got.post(url, { json: ASKED, signal: before.signal }), { code: 'ERR_ABORTED' });
    server.answer = () => undefined;
    await assert.rejects(got.post(url, { json: ASKED, timeout: { response: 30 } }), { code: 'ETIMEDOUT' });
    server.answer = wordsThenSilence;
    for await (const _ of got.stream.post(url, { json: STREAM })) break;
    assert.deepEqual(await recorded(4), ['gpt-4o-mini client_error', 'gpt-4o-mini cancelled', 'gpt-4o-mini timeout', CANCELLED]);
  });
}); // prettier-ignore
