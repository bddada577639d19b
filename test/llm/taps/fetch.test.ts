import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { withLlmFeature } from '../../../src/llm/feature.js';
import type { LlmStatus } from '../../../src/llm/types.js';
import {
  chatAnswer,
  chatEvents,
  gate,
  json,
  openaiChat,
  startLlmServer,
  type LlmServer,
} from '../../support/llm-server.js';
import { testTap, type TestTap } from '../../support/llm-tap.js';

const PROMPT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hé' }] };
const STREAM = { ...PROMPT, stream: true };
const USED = { promptTokens: 11, completionTokens: 7 };

const post = (body: unknown, more: RequestInit = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...more,
});

async function viaReader(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  return Buffer.concat(parts).toString();
}

/** A view of 16 bytes: smaller than any event, so that what is held back must come in many reads. */
async function viaByob(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader({ mode: 'byob' });
  const parts: Buffer[] = [];
  for (let view = new Uint8Array(16); ;) {
    const { done, value } = await reader.read(view);
    if (done) return Buffer.concat(parts).toString();
    parts.push(Buffer.from(value));
    view = new Uint8Array(value.buffer, 0, 16);
  }
}

async function viaIterator(body: ReadableStream<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function viaPipeTo(body: ReadableStream<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  await body.pipeTo(new WritableStream({ write: (part) => void parts.push(part) }));
  return Buffer.concat(parts).toString();
}

/** Asks for the next piece before the last has come, as a reader may. */
async function viaManyReadsAtOnce(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  for (let done = false; !done;) {
    for (const next of await Promise.all([reader.read(), reader.read(), reader.read()])) {
      if (next.value) parts.push(next.value);
      done = next.done;
    }
  }
  return Buffer.concat(parts).toString();
}

const WAYS: Record<string, (response: Response & { body: ReadableStream<Uint8Array> }) => Promise<string>> = {
  'text()': (r) => r.text(),
  'json()': async (r) =>
    r.headers.get('content-type')?.includes('json') ? JSON.stringify(await r.json()) : r.text(),
  'arrayBuffer()': async (r) => Buffer.from(await r.arrayBuffer()).toString(),
  'blob()': async (r) => (await r.blob()).text(),
  'clone(), both read': async (r) => (await Promise.all([r.clone().text(), r.text()]))[0],
  'clone(), only the copy read': (r) => r.clone().text(),
  'a new Response': (r) => new Response(r.body).text(),
  'for await': (r) => viaIterator(r.body),
  'a reader': (r) => viaReader(r.body),
  'many reads at once': (r) => viaManyReadsAtOnce(r.body),
  'a BYOB reader': (r) => viaByob(r.body),
  'tee()': async (r) => (await Promise.all(r.body.tee().map((branch) => viaReader(branch))))[1] as string,
  'pipeTo()': (r) => viaPipeTo(r.body),
  'pipeThrough()': (r) => viaReader(r.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>())),
};

describe('fetch tap', () => {
  let server: LlmServer;
  let chat: string;
  before(async () => {
    server = await startLlmServer();
    chat = `${server.url}/chat/completions`;
  });
  after(() => server.close());
  beforeEach(() => (server.answer = openaiChat));

  for (const [name, read] of Object.entries(WAYS)) {
    it(`measures an answer read by ${name} and leaves it as it is`, async () => {
      for (const [body, ask] of [[PROMPT, []], [STREAM, []], [STREAM, ['127.0.0.1']]] as const) {
        const tap = testTap({ ask });
        const got = await read((await tap.fetch(chat, post(body))) as never);
        assert.equal(got, await (await fetch(chat, post(body))).text());
        const { usage, status, model, feature, timeToFirstToken } = tap.only();
        const isMeasured = body === PROMPT || ask.length > 0;
        assert.deepEqual(
          { usage, status, model, feature, hasFirstToken: timeToFirstToken !== undefined },
          {
            usage: isMeasured ? USED : undefined,
            status: 'success',
            model: 'gpt-4o-mini-2024-07-18',
            feature: 'chat',
            hasFirstToken: body === STREAM,
          },
        );
      }
    }); // prettier-ignore
  }

  it('lets no read overtake one that was asked for before it', async () => {
    const events = chatEvents({ usage: { prompt_tokens: 1 } }).map((event) =>
      new TextEncoder().encode(event),
    );
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const next = events.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
        if (next === undefined) (controller as ReadableByteStreamController).byobRequest?.respond(0);
      },
    });
    const original = async (): Promise<Response> =>
      new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    const tap = testTap({ ask: [server.host], original });
    const reader = (await tap.fetch(chat, post(STREAM))).body!.getReader();
    const order: string[] = [];
    const take = async (name: string): Promise<void> => {
      const { value } = await reader.read();
      order.push(`${name} ${value === undefined ? 'end' : 'piece'}`);
    };
    const first = take('first');
    const third = first.then(() => take('third'));
    await Promise.all([take('second'), third]);
    for (let i = 0; i < 4; i++) await take('later');
    const want = [
      'first piece',
      'second piece',
      'third piece',
      'later piece',
      'later piece',
      'later piece',
      'later end',
    ];
    assert.deepEqual(order, want);
  });

  describe('the request', () => {
    const send = async (
      tap: TestTap,
      ...args: Parameters<typeof fetch>
    ): Promise<(typeof server.received)[number]> => {
      await (await tap.fetch(...args)).text();
      return server.received.at(-1)!;
    };
    const plain = async (...args: Parameters<typeof fetch>): Promise<(typeof server.received)[number]> => {
      await (await fetch(...args)).text();
      return server.received.at(-1)!;
    };

    it('is the same to the byte when nothing is asked for', async () => {
      server.answer = json(chatAnswer());
      const odd = '{ "model":"gpt-4o", "stream" : true, "n": 1.0, "seed": 12345678901234567890 }';
      for (const body of [
        odd,
        Buffer.from(odd),
        new Blob([odd]),
        'no json',
        new URLSearchParams({ a: 'b' }),
      ]) {
        const init = {
          method: 'POST',
          body,
          headers: [['X-Own', 'é'.normalize('NFC')]] as [string, string][],
        };
        assert.deepEqual(await send(testTap(), chat, init), await plain(chat, init));
      }
    });

    it('gains nothing but include_usage, its content-length mended', async () => {
      const odd = '{ "model":"gpt-4o", "stream" : true, "n": 1.0, "seed": 12345678901234567890 }';
      const want = `{"stream_options":{"include_usage":true},${odd.slice(1)}`;
      const headers = { 'Content-Length': String(odd.length), 'x-own': '1' };
      for (const form of [headers, new Headers(headers), Object.entries(headers)]) {
        for (const body of [odd, new TextEncoder().encode(odd), new TextEncoder().encode(odd).buffer]) {
          const tap = testTap({ ask: [server.host] });
          const got = await send(tap, chat, {
            method: 'POST',
            body,
            headers: form as [string, string][],
          });
          assert.equal(got.text, want);
          assert.equal(got.headers['content-length'], String(want.length));
          assert.equal(got.headers['x-own'], '1');
          assert.deepEqual(tap.only().usage, USED);
        }
      }
    });

    it('is never asked for usage where the caller did, where it is no chat, or by a host not on the list', async () => {
      const asked = { ...STREAM, stream_options: { include_usage: true } };
      const tap = testTap({ ask: ['127.0.0.1'] });
      assert.equal((await send(tap, chat, post(asked))).text, JSON.stringify(asked));
      assert.equal((await send(tap, chat, post(PROMPT))).text, JSON.stringify(PROMPT));
      assert.equal((await send(tap, `${server.url}/responses`, post(STREAM))).text, JSON.stringify(STREAM));
      assert.equal((await send(testTap(), chat, post(STREAM))).text, JSON.stringify(STREAM));
      assert.equal(
        (await send(testTap({ ask: ['127.0.0.1', 'off'] }), chat, post(STREAM))).text,
        JSON.stringify(STREAM),
      );
    });

    it('keeps the usage event of a caller who asked for it', async () => {
      const tap = testTap({ ask: ['127.0.0.1'] });
      const response = await tap.fetch(chat, post({ ...STREAM, stream_options: { include_usage: true } }));
      assert.match(await response.text(), /"choices":\[\],"usage":\{"prompt_tokens":11/);
      assert.deepEqual(tap.only().usage, USED);
    });

    it('loses the feature header in each of its forms, and names the feature by it', async () => {
      const named = { 'X-Intelia-Feature': 'summary', 'x-own': '1' };
      const init = (headers: Record<string, string> | Headers | [string, string][]): RequestInit =>
        post(PROMPT, { headers });
      const calls: Parameters<typeof fetch>[] = [
        [chat, init(named)],
        [new URL(chat), init(new Headers(named))],
        [chat, init(Object.entries(named) as [string, string][])],
        [new Request(chat, init(named))],
        [new Request(chat, init({})), { headers: named }],
      ];
      for (const args of calls) {
        const tap = testTap();
        const { headers, text } = await send(tap, ...args);
        assert.deepEqual([headers['x-intelia-feature'], headers['x-own']], [undefined, '1']);
        assert.equal(text, JSON.stringify(PROMPT));
        assert.equal(tap.only().feature, 'summary');
      }
      assert.deepEqual(named, { 'X-Intelia-Feature': 'summary', 'x-own': '1' });
    });

    it('is of the innermost feature of withLlmFeature, before the header', async () => {
      const tap = testTap();
      const call = async (): Promise<string> => {
        await send(tap, chat, post(PROMPT, { headers: { 'x-intelia-feature': 'header' } }));
        return tap.events.at(-1)!.feature;
      };
      const seen = await withLlmFeature('outer', async () => [
        await call(),
        await withLlmFeature('inner', call),
        await call(),
      ]);
      assert.deepEqual([...seen, await call()], ['outer', 'inner', 'outer', 'header']);
      assert.equal(
        withLlmFeature('x', () => 7),
        7,
      );
      assert.throws(() => withLlmFeature('x', () => { throw new RangeError('own'); }), RangeError); // prettier-ignore
    });

    it('tells its model by form fields and bytes too', async () => {
      const form = new FormData();
      form.set('model', 'whisper-1');
      form.set('file', new Blob(['sound']), 'a.mp3');
      server.answer = json({ error: { message: 'no' } }, 400);
      for (const body of [form, Buffer.from('{"model":"whisper-1"}')]) {
        const tap = testTap();
        await send(tap, `${server.url}/audio/transcriptions`, { method: 'POST', body });
        assert.deepEqual([tap.only().model, tap.only().status], ['whisper-1', 'client_error']);
      }
    });

    it('given as a Request is as it was, and tells its model also when it fails', async () => {
      const tap = testTap();
      server.answer = json({ error: { message: 'no' } }, 429);
      const request = new Request(chat, post(PROMPT));
      await send(tap, request);
      assert.deepEqual([tap.only().model, tap.only().status], ['gpt-4o-mini', 'rate_limited']);
      assert.deepEqual([request.bodyUsed, server.received.at(-1)?.text], [true, JSON.stringify(PROMPT)]);
      assert.equal(
        server.received.at(-1)?.headers['content-length'],
        String(JSON.stringify(PROMPT).length + 1),
      );
    });

    it('sent again by an SDK is a retry', async () => {
      const tap = testTap();
      for (const count of ['0', '1']) {
        await send(tap, chat, post(PROMPT, { headers: { 'x-stainless-retry-count': count } }));
      }
      assert.deepEqual(tap.events.map(({ isRetry }) => isRetry), [false, true]); // prettier-ignore
    });
  });

  describe('a fetch that is no call', () => {
    it('gives the very promise of fetch, with this and arguments untouched', () => {
      const promise = Promise.resolve(new Response());
      let seen: unknown[] = [];
      const original = function (this: unknown, ...args: unknown[]): Promise<Response> {
        seen = [this, ...args];
        return promise;
      };
      const tap = testTap({ original: original as typeof fetch });
      const self = { fetch: tap.fetch };
      for (const args of [
        [],
        ['x'],
        [undefined],
        [chat],
        [chat, { method: 'GET' }],
        [server.url, post(PROMPT)],
        ['/a', post('')],
      ]) {
        assert.equal((self.fetch as (...args: unknown[]) => unknown)(...args), promise);
        assert.deepEqual(seen, [self, ...args]);
      }
      assert.deepEqual(tap.events, []);
    });

    it('fails just as without us', async () => {
      const tap = testTap();
      const throwing = { get method(): string { throw new RangeError('own'); } }; // prettier-ignore
      for (const args of [
        [],
        ['no url', { method: 'POST' }],
        [chat, throwing],
        [chat, { method: 'POST', headers: 7 }],
      ]) {
        const call = (f: typeof fetch): Promise<unknown> =>
          (f as (...args: unknown[]) => Promise<unknown>)(...args).then(
            () => assert.fail(),
            (error: Error) => [error.name, error.message],
          );
        assert.deepEqual(await call(tap.fetch), await call(fetch));
      }
    });
  });

  it('looks like the fetch it stands for', () => {
    const { fetch: tapped } = testTap();
    assert.deepEqual([tapped.name, tapped.length, typeof tapped], [fetch.name, fetch.length, 'function']);
    assert.equal(inspect(tapped), inspect(fetch));
  });

  it('tells every end of a call by its status', async () => {
    const ends: [number, LlmStatus][] = [
      [200, 'success'], [201, 'success'], [400, 'client_error'], [401, 'client_error'], [404, 'client_error'],
      [408, 'timeout'], [429, 'rate_limited'], [500, 'server_error'], [503, 'server_error'],
    ]; // prettier-ignore
    for (const [code, status] of ends) {
      const tap = testTap();
      server.answer = json('{}', code);
      await (await tap.fetch(chat, post(STREAM))).text();
      assert.deepEqual([tap.only().status, tap.only().usage], [status, undefined]);
    }
  });

  it('counts nothing of a call without an answer', async () => {
    const tap = testTap();
    await assert.rejects(
      tap.fetch('http://127.0.0.1:1/v1/audio/speech', post({ model: 'tts-1', input: 'Hé' })),
    );
    const { status, model, usage } = tap.only();
    assert.deepEqual([status, model, usage], ['network_error', 'tts-1', undefined]);
  });

  it('tells an abort from a timeout, before the answer and in it', async () => {
    const cases: [() => { signal: AbortSignal; end: () => void }, Record<string, string>, LlmStatus][] = [
      [aborted, {}, 'cancelled'],
      [() => aborted(new Error('own reason')), {}, 'cancelled'],
      [() => aborted('own reason'), {}, 'cancelled'],
      [() => aborted(new DOMException('late', 'TimeoutError')), {}, 'timeout'],
      [aborted, { 'x-stainless-timeout': '600' }, 'cancelled'],
      [aborted, { 'x-stainless-timeout': '5' }, 'timeout'],
    ];
    for (const [make, headers, status] of cases) {
      for (const isStreaming of [false, true]) {
        let seconds = 0;
        const tap = testTap({ now: () => seconds });
        const { signal, end } = make();
        const reached = gate();
        server.answer = (response) => {
          if (isStreaming)
            response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents()[0]);
          reached.open();
        };
        const reading = tap
          .fetch(chat, post(STREAM, { signal, headers }))
          .then((response) => response.text());
        await reached.opened;
        seconds = 6;
        end();
        await assert.rejects(reading, (error) => error === signal.reason);
        assert.deepEqual([tap.only().status, tap.only().duration], [status, 6]);
      }
    }
  });
});

describe('an abort that nobody reads on to hear of', () => {
  it('ends the call at once; the signal is left as it was', async () => {
    const lasting = (response: import('node:http').ServerResponse): void =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents()[0]);
    const server = await startLlmServer(lasting);
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const tap = testTap({ ask: ['127.0.0.1'] });
    const { signal, end } = aborted();
    const send = (): Promise<Response> => tap.fetch(`${server.url}/chat/completions`, post(STREAM, { signal }));
    try {
      server.answer = openaiChat;
      for (let i = 0; i < 30; i++) await (await send()).text();
      // Those of fetch itself go with what they are for.
      const before = getEventListeners(signal, 'abort').length;
      assert.ok(before <= 30, String(before));
      server.answer = lasting;
      tap.events.length = 0;
      const read = (await send()).body!.getReader();
      await read.read();
      await send();
      end();
      assert.deepEqual(tap.events.map(({ status }) => status), ['cancelled', 'cancelled']);
      await assert.rejects(read.read(), { name: 'AbortError' });
      tap.calls.flushOpenCalls();
      assert.equal(tap.events.length, 2);
      await new Promise(setImmediate);
      assert.deepEqual([warnings, tap.test.errors], [[], []]);
    } finally {
      process.off('warning', onWarning);
      await server.close();
    }
  }); // prettier-ignore

  it('is one of the caller’s own make, too, or none at all', async () => {
    const tap = testTap({ original: async () => new Response('{}', { headers: { 'content-type': 'application/json' } }) });
    for (const signal of [{}, { aborted: false, addEventListener: () => { throw new Error('own'); } }] as never[]) {
      await (await tap.fetch('http://127.0.0.1/v1/chat/completions', post(PROMPT, { signal }))).text();
    }
    assert.deepEqual(tap.events.map(({ status }) => status), ['success', 'success']);
  }); // prettier-ignore
});

describe('a body that is cancelled', () => {
  it('is a cancelled call, by the stream or its reader, and told to the server', async () => {
    const server = await startLlmServer((response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents()[0]));
    const ways: ((body: ReadableStream) => Promise<void>)[] = [
      (body) => body.cancel(),
      (body) => body.getReader().cancel('enough'),
      async (body) => void (await body[Symbol.asyncIterator]().return?.()),
      async (body) => { const [a, b] = body.tee(); await Promise.all([a.cancel(), b.cancel()]); },
    ];
    for (const ask of [[], ['127.0.0.1']]) {
      for (const way of ways) {
        const tap = testTap({ ask });
        await way((await tap.fetch(`${server.url}/chat/completions`, post(STREAM))).body!);
        assert.equal(tap.only().status, 'cancelled');
      }
    }
    await server.clientGone();
    await server.close();
  }); // prettier-ignore
});

function aborted(reason?: unknown): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, end: () => controller.abort(reason) };
}
