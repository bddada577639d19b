/** What an application may send its requests with, instead of Node's own fetch. */
import assert from 'node:assert/strict';
import { everyProvider, GPT, RESPONSE, tap, tapCase } from './all-taps.js';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { AwsClient, AwsV4Signer } from 'aws4fetch';
import axios from 'axios';
import OpenAI from 'openai';
import * as undici from 'undici';
import { withLlmFeature } from '../../../src/llm/feature.js';
import { chatAnswer, chatEvents, json, USAGE, type Received } from '../../support/llm-server.js';

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

  tapCase('as a Request whose stream nobody asked the usage of', async ({ server, recorded }) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(STREAM) };
    assert.equal(await (await undici.fetch(new undici.Request(`${server.url}/chat/completions`, init))).text(), EVENTS);
    assert.deepEqual(await recorded(1), [GPT]);
  });

  tapCase('other requests of undici are its own', async ({ server }) => {
    server.answer = json({});
    await undici.fetch(`${server.url}/chat/completions`);
    await undici.fetch(`${server.url}/files`, { method: 'POST', body: '{}' });
    await (await undici.request(`${server.url}/files`, { method: 'POST', body: '{}' })).body.dump();
    await (await undici.request(`${server.url}/chat/completions`)).body.dump();
    assert.deepEqual(tap.events, []);
  });
}); // prettier-ignore

describe('undici below its fetch', () => {
  const ASKS = { ...STREAM, stream_options: { include_usage: true } };
  const WITH_USAGE = chatEvents({ usage: USAGE }).join('');
  // Where Node's own fetch was used first, its older undici sends for this one too, and shows nothing of bodies.
  const others = undici.getGlobalDispatcher();
  before(() => undici.setGlobalDispatcher(new undici.Agent()));
  after(async () => {
    await undici.getGlobalDispatcher().destroy();
    undici.setGlobalDispatcher(others);
  });
  const post = (body: object, more: object = {}) => ({
    method: 'POST' as const, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...more,
  });

  tapCase('request, stream, pipeline and a Dispatcher: whole, streamed, compressed', async ({ server, origin, recorded }) => {
    const url = `${server.url}/chat/completions`;
    const { body } = await withLlmFeature('summary', () => undici.request(url, post(ASKED)));
    assert.deepEqual((await body.json() as { usage: object }).usage, USAGE);
    assert.equal(await (await undici.request(url, post(ASKS))).body.text(), WITH_USAGE);
    const parts: Buffer[] = [];
    await undici.stream(url, post(ASKS), () => new Writable({ write: (part, _, done) => done(void parts.push(part)) }));
    assert.equal(Buffer.concat(parts).toString(), WITH_USAGE);
    const { body: _, ...empty } = post(ASKS);
    const piped = undici.pipeline(url, empty, ({ body: answer }) => answer).end(JSON.stringify(ASKS));
    assert.equal(await textOf(piped), WITH_USAGE);
    const client = new undici.Client(origin);
    assert.equal(await (await client.request({ path: '/v1/chat/completions', ...post(ASKS) })).body.text(), WITH_USAGE);
    await client.close();
    server.answer = (response) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(gzipSync(JSON.stringify(chatAnswer())));
    await (await undici.request(url, post(ASKED))).body.dump();
    assert.deepEqual(await recorded(6), Array(6).fill(GPT));
    assert.deepEqual(tap.events.map(({ feature }) => feature), ['summary', ...Array<string>(5).fill('chat')]);
  });

  tapCase('sent by an older one of Node’s is counted, without what it used', async ({ server, recorded }) => {
    if (others instanceof undici.Agent || Number(process.versions['undici']?.split('.')[0]) >= 7) return;
    await (await undici.request(`${server.url}/chat/completions`, post(ASKED, { dispatcher: others }))).body.dump();
    assert.deepEqual(await recorded(1), ['gpt-4o-mini success']);
  });

  tapCase('the request is the caller’s own but for our header; what was not asked for has no usage', async ({ server, recorded }) => {
    const headers = { 'X-Intelia-Feature': 'own', 'x-own': '1' };
    assert.equal(await (await undici.request(`${server.url}/chat/completions`, post(STREAM, { headers }))).body.text(), EVENTS);
    assert.equal(server.received[0]?.text, JSON.stringify(STREAM));
    assert.deepEqual([server.received[0]?.headers['x-own'], server.received[0]?.headers['x-intelia-feature']], ['1', undefined]);
    assert.deepEqual(await recorded(1), ['gpt-4o-mini-2024-07-18 success']);
    assert.equal(tap.events[0]?.feature, 'own');
  });

  tapCase('failures, an abort before and within, a break, a time that ran out, a reset', async ({ server, recorded }) => {
    const url = `${server.url}/chat/completions`;
    for (const status of [429, 400, 503]) {
      server.answer = json({ error: { message: 'no' } }, status);
      await (await undici.request(url, post(ASKED))).body.dump();
    }
    assert.deepEqual(await recorded(3), ['rate_limited', 'client_error', 'server_error'].map((each) => `gpt-4o-mini ${each}`));
    tap.events.length = 0;
    const before = new AbortController();
    server.answer = () => before.abort();
    await assert.rejects(undici.request(url, post(ASKED, { signal: before.signal })), { name: 'AbortError' });
    server.answer = wordsThenSilence;
    const within = new AbortController();
    const left = await undici.request(url, post(STREAM, { signal: within.signal }));
    await assert.rejects(async () => { for await (const _ of left.body) within.abort(); }, { name: 'AbortError' });
    for await (const _ of (await undici.request(url, post(STREAM))).body) break;
    server.answer = () => undefined;
    await assert.rejects(undici.request(url, post(ASKED, { headersTimeout: 1, dispatcher: new undici.Agent({ headersTimeout: 1 }) })), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    server.answer = (response) => void response.socket?.resetAndDestroy();
    await assert.rejects(undici.request(url, post(ASKED)));
    assert.deepEqual(await recorded(5), ['gpt-4o-mini cancelled', CANCELLED, CANCELLED, 'gpt-4o-mini timeout', 'gpt-4o-mini network_error']);
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
    assert.deepEqual(await recorded(4), [GPT, GPT, GPT, GPT]);
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

describe('ky', () => {
  const load = async () => (await import('ky')).default.extend({ retry: 0 });

  tapCase('whole, streamed, and with a hook that makes the Request anew', async ({ server, recorded }) => {
    const ky = await load();
    const url = `${server.url}/chat/completions`;
    assert.deepEqual((await ky.post(url, { json: ASKED }).json<{ usage: object }>()).usage, USAGE);
    assert.equal(await ky.post(url, { json: STREAM, headers: { 'x-intelia-feature': 'own' } }).text(), EVENTS);
    const anew = ky.extend({ hooks: { beforeRequest: [(request) => new Request(request, { headers: { 'content-type': 'application/json', 'x-own': '1' } })] } });
    assert.equal(await anew.post(url, { json: STREAM }).text(), EVENTS);
    assert.equal(server.received[2]?.headers['x-own'], '1');
    assert.deepEqual(await recorded(3), [GPT, GPT, GPT]);
    assert.deepEqual(tap.events.map(({ feature }) => feature), ['chat', 'own', 'chat']);
  });

  tapCase('a failure, an abort, a time that ran out, a break, and a try again', async ({ server, recorded }) => {
    const ky = await load();
    const url = `${server.url}/chat/completions`;
    server.answer = json({ error: { message: 'no' } }, 400);
    await assert.rejects(ky.post(url, { json: STREAM }), { name: 'HTTPError' });
    const before = new AbortController();
    server.answer = () => before.abort();
    await assert.rejects(ky.post(url, { json: STREAM, signal: before.signal }), { name: 'AbortError' });
    server.answer = () => undefined;
    await assert.rejects(ky.post(url, { json: STREAM, timeout: 30 }), { name: 'TimeoutError' });
    server.answer = wordsThenSilence;
    const { body } = await ky.post(url, { json: STREAM });
    for await (const _ of body ?? []) break;
    // A time of ky's own ends the request by an abort, which tells nothing of a time.
    assert.deepEqual(await recorded(4), ['gpt-4o-mini client_error', 'gpt-4o-mini cancelled', 'gpt-4o-mini cancelled', CANCELLED]);
    tap.events.length = 0;
    const answers = [json({}, 503), everyProvider];
    server.answer = (response, request) => answers.shift()?.(response, request);
    assert.equal(await ky.extend({ retry: { limit: 1, methods: ['post'], backoffLimit: 1 } }).post(url, { json: STREAM }).text(), EVENTS);
    assert.deepEqual(await recorded(2), ['gpt-4o-mini server_error', GPT]);
  });
}); // prettier-ignore

describe('ofetch', () => {
  tapCase('whole and streamed; a failure, an abort, a break', async ({ server, recorded }) => {
    const { ofetch } = await import('ofetch');
    const url = `${server.url}/chat/completions`;
    const post = (body: object, more: object = {}) => ({ method: 'POST', body, retry: 0 as const, ...more });
    assert.deepEqual((await ofetch<{ usage: object }>(url, post(ASKED))).usage, USAGE);
    const stream = await ofetch(url, { ...post(STREAM), responseType: 'stream' as const });
    assert.equal(await textOf(stream as unknown as AsyncIterable<Uint8Array>), EVENTS);
    server.answer = json({ error: { message: 'no' } }, 429);
    await assert.rejects(ofetch(url, post(STREAM)), { statusCode: 429 });
    const before = new AbortController();
    server.answer = () => before.abort();
    await assert.rejects(ofetch(url, post(STREAM, { signal: before.signal })));
    server.answer = wordsThenSilence;
    const left = await ofetch(url, { ...post(STREAM), responseType: 'stream' as const });
    for await (const _ of left as unknown as AsyncIterable<Uint8Array>) break;
    assert.deepEqual(await recorded(5), [GPT, GPT, 'gpt-4o-mini rate_limited', 'gpt-4o-mini cancelled', CANCELLED]);
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

describe('requests that carry a signature', () => {
  const keys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret', service: 'bedrock', region: 'eu-west-3' };

  /** What AWS does with a request: signs what came once more, the headers that were signed and the body. */
  async function isAccepted({ method, path, headers, text }: Received, origin: string): Promise<boolean> {
    const given = String(headers['authorization']);
    const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? [];
    const signed = names.filter((name) => name !== 'host' && !name.startsWith('x-amz-'));
    const again = new AwsV4Signer({
      ...keys, method, url: origin + path, body: text, datetime: String(headers['x-amz-date']), allHeaders: true,
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    });
    return (await again.authHeader()) === given;
  }

  tapCase('are accepted as they were: no byte of them changes, and the feature is read', async ({ server, origin, recorded }) => {
    const aws = new AwsClient({ ...keys, retries: 0 });
    const url = `${origin}/openai/v1/chat/completions`;
    for (const more of [{}, { 'x-intelia-feature': 'signed' }]) {
      await (await aws.fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...more }, body: JSON.stringify(STREAM) })).text();
    }
    const { url: target, headers } = await aws.sign(url, { method: 'POST', headers: { 'x-intelia-feature': 'signed' }, body: JSON.stringify(STREAM) });
    await axios.post(String(target), JSON.stringify(STREAM), { adapter: 'http', headers: { ...Object.fromEntries(headers), 'content-type': 'application/json' } });
    await undici.request(target, { method: 'POST', headers: Object.fromEntries(headers), body: JSON.stringify(STREAM) }).then(({ body }) => body.dump());
    assert.deepEqual(server.received.map(({ text }) => text), Array(4).fill(JSON.stringify(STREAM)));
    assert.deepEqual(await Promise.all(server.received.map((each) => isAccepted(each, origin))), [true, true, true, true]);
    await recorded(4);
    assert.deepEqual(tap.events.map(({ feature, status }) => [feature, status]), [['chat', 'success'], ...Array<unknown>(3).fill(['signed', 'success'])]);
  });

  tapCase('lose the name of the feature where that was not signed', async ({ server, origin, recorded }) => {
    const { url, headers } = await new AwsV4Signer({ ...keys, url: `${origin}/openai/v1/chat/completions`, body: JSON.stringify(STREAM) }).sign();
    const named = { ...Object.fromEntries(headers), 'x-intelia-feature': 'beside' };
    await (await fetch(url, { method: 'POST', headers: named, body: JSON.stringify(STREAM) })).text();
    assert.equal(server.received[0]?.headers['x-intelia-feature'], undefined);
    assert.equal(await isAccepted(server.received[0] as Received, origin), true);
    await recorded(1);
    assert.equal(tap.events[0]?.feature, 'beside');
  });
}); // prettier-ignore
