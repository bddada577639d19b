/** A Request given to fetch is asked for the usage of its stream too, and nobody can tell: each case beside Node's own fetch. */
import assert from 'node:assert/strict';
import {
  chatEvents,
  gate,
  json,
  openaiChat,
  startLlmServer,
  USAGE,
  type LlmServer,
} from '../../support/llm-server.js';
import { testTap, type TestTap } from '../../support/llm-tap.js';

const STREAM =
  '{ "model":"gpt-4o-mini", "stream" : true, "seed": 12345678901234567890, "messages": ["Hé 🌍"] }';
const ASKED = `{"stream_options":{"include_usage":true},${STREAM.slice(1)}`;
const USED = { promptTokens: 11, completionTokens: 7 };
const bytes = new TextEncoder().encode(STREAM);

/** What a Request can be given for a body; a stream's pieces come a turn apart. */
const BODIES: Record<string, () => RequestInit> = {
  text: () => ({ body: STREAM }),
  bytes: () => ({ body: bytes }),
  'a buffer': () => ({ body: bytes.slice().buffer }),
  'a stream': () => ({ body: inPieces(), duplex: 'half' }) as RequestInit,
};

function inPieces(): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise(setImmediate);
      controller.enqueue(bytes.subarray(at, (at += 20)));
      if (at >= bytes.length) controller.close();
    },
  });
}

const stateOf = ({ bodyUsed, body }: Request): unknown[] => [bodyUsed, body?.locked];

describe('a Request given to fetch', () => {
  let server: LlmServer;
  let chat: string;
  before(async () => {
    server = await startLlmServer();
    chat = `${server.url}/chat/completions`;
  });
  after(() => server.close());
  beforeEach(() => (server.answer = openaiChat));

  const asking = (): TestTap => testTap({ ask: ['127.0.0.1'] });
  const make = (more: RequestInit = BODIES['text']!(), url = chat): Request =>
    new Request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Own': '1' },
      referrer: `${server.url}/page`,
      ...more,
    });

  /** All that a caller can see, and all that the server gets. */
  async function seen(send: typeof fetch, request: Request, init?: RequestInit): Promise<unknown> {
    const sent = send(request, init);
    const states = [stateOf(request)];
    const response = await sent;
    states.push(stateOf(request));
    const { url, status, redirected, type } = response;
    const text = await response.text();
    states.push(stateOf(request));
    const { headers, method, path } = server.received.at(-1)!;
    return { states, url, status, redirected, type, text, method, path, headers: { ...headers } };
  }

  const lengthless = (all: unknown): object => {
    const { headers, ...rest } = all as { headers: Record<string, string> };
    const { 'content-length': _, ...others } = headers;
    return { ...rest, headers: others };
  };

  for (const [name, body] of Object.entries(BODIES)) {
    it(`with ${name} for a body is left, sent and answered as by fetch itself`, async () => {
      const tap = asking();
      const isStream = name === 'a stream';
      // A stream is not waited for: what it does not ask itself is not asked.
      assert.deepEqual(
        lengthless(await seen(tap.fetch, make(body()))),
        lengthless(await seen(fetch, make(body()))),
      );
      const [ours, native] = server.received.slice(-2);
      assert.equal(ours?.text, isStream ? STREAM : ASKED);
      assert.equal(native?.text, STREAM);
      assert.equal(ours?.headers['content-length'], isStream ? undefined : String(Buffer.byteLength(ASKED)));
      const { usage, model, requestModel } = tap.only();
      assert.deepEqual(
        [usage, model, requestModel],
        [isStream ? undefined : USED, 'gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
      );
    });
  }

  it('is sent untouched where there is nothing to ask for', async () => {
    const bodies = ['{"model":"m"}', 'no json', '{"stream":true,"stream_options":{"include_usage":true}}', ''];
    for (const body of bodies) {
      server.answer = json('{}');
      assert.deepEqual(
        await seen(asking().fetch, make({ body })),
        await seen(fetch, make({ body })),
      );
      assert.equal(server.received.at(-2)?.text, body);
    }
  });

  it('may say its own content-length, and have more said in the init beside it', async () => {
    const tap = asking();
    const headers = { 'content-type': 'application/json', 'content-length': String(bytes.length) };
    const named = { ...headers, 'x-intelia-feature': 'own' };
    type Init = (headers: Record<string, string>) => RequestInit | undefined;
    const inits: Init[] = [
      () => undefined,
      () => ({}),
      (given) => ({ headers: given }),
      (given) => ({ referrer: '', headers: { ...given, 'x-more': '2' } }),
    ];
    for (const init of inits) {
      const got = await seen(tap.fetch, make({ body: STREAM, headers: named }), init(named));
      assert.equal(server.received.at(-1)?.text, ASKED);
      assert.equal(server.received.at(-1)?.headers['content-length'], String(Buffer.byteLength(ASKED)));
      const native = await seen(fetch, make({ body: STREAM, headers }), init(headers));
      assert.deepEqual(lengthless(got), lengthless(native));
    }
    const told = tap.events.map(({ feature, usage }) => [feature, usage]);
    assert.deepEqual(told, Array(inits.length).fill(['own', USED]));
  });

  it('is used up by one fetch; a clone of it is another', async () => {
    const tap = asking();
    const request = make();
    const clone = request.clone();
    const first = tap.fetch(request);
    await assert.rejects(tap.fetch(request), TypeError);
    assert.equal(await (await first).text(), chatEvents().join(''));
    assert.equal(await (await tap.fetch(clone)).text(), chatEvents().join(''));
    await assert.rejects(tap.fetch(request), TypeError);
    assert.deepEqual(
      tap.events.map(({ status, usage }) => [status, usage]).sort(),
      [['network_error', undefined], ['network_error', undefined], ['success', USED], ['success', USED]],
    );
  });

  it('obeys its own signal, and that of the init before it', async () => {
    const both = (): AbortController[] => [new AbortController(), new AbortController()];
    type End = (own: AbortController, other: AbortController) => [RequestInit | undefined, AbortController];
    const ends: End[] = [(own) => [undefined, own], (_, other) => [{ signal: other.signal }, other]];
    for (const end of ends) {
      for (const when of ['before', 'while it waits', 'within the answer'] as const) {
        const tap = asking();
        const [own, other] = both() as [AbortController, AbortController];
        const [init, controller] = end(own, other);
        const reason = new Error('enough');
        const reached = gate();
        server.answer = (response) => {
          if (when === 'within the answer')
            response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents()[0]);
          reached.open();
        };
        if (when === 'before') controller.abort(reason);
        const reading = tap.fetch(make({ body: STREAM, signal: own.signal }), init).then((r) => r.text());
        if (when !== 'before') await reached.opened;
        controller.abort(reason);
        await assert.rejects(reading, (error) => error === reason);
        assert.equal(tap.only().status, 'cancelled');
      }
    }
  });

  it('is still ended by its signal after all that stands between was collected', async function () {
    const { gc } = globalThis as { gc?: () => void };
    const collect = gc ?? exposeGc();
    const tap = asking();
    const controller = new AbortController();
    const reached = gate();
    server.answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents()[0]);
      reached.open();
    };
    // Where nobody holds it, fetch itself loses its signal with it.
    const request = make({ body: STREAM, signal: controller.signal });
    const reading = tap
      .fetch(request)
      .then((response) => response.text());
    await reached.opened;
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise(setImmediate);
    }
    controller.abort();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.deepEqual([tap.only().status, request.bodyUsed], ['cancelled', true]);
  });

  it('of a class of its own, or of another make, is left to fetch', async () => {
    class Own extends Request {}
    const tap = asking();
    await (await tap.fetch(new Own(chat, { method: 'POST', body: STREAM, headers: { 'content-type': 'application/json' } }))).text();
    assert.equal(server.received.at(-1)?.text, STREAM);
    assert.equal(tap.only().requestModel, 'gpt-4o-mini');
  });

  it('keeps the usage event of a caller who asked for it', async () => {
    const tap = asking();
    const body = JSON.stringify({ model: 'm', stream: true, stream_options: { include_usage: true } });
    assert.equal(await (await tap.fetch(make({ body }))).text(), chatEvents({ usage: USAGE }).join(''));
    assert.deepEqual(tap.only().usage, USED);
  });
}); // prettier-ignore

function exposeGc(): () => void {
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8');
  const { runInNewContext } = require('node:vm') as typeof import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
