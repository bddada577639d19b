import assert from 'node:assert/strict';
import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { LlmEvent } from '../../../src/llm/types.js';
import {
  brokenSse, chatAnswer, chatEvents, gate, json, openaiChat, startLlmServer, type LlmServer, USAGE } from '../../support/llm-server.js'; // prettier-ignore
import { recorded as recordedBy, useHttpTap } from '../../support/llm-http-tap.js';
import { testTap } from '../../support/llm-tap.js';

const PROMPT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hé' }] };
const STREAM = { ...PROMPT, stream: true };
const USED = { promptTokens: 11, completionTokens: 7 };

describe('http client tap', () => {
  const asked: string[] = [];
  const tap = testTap({ ask: asked });
  let server: LlmServer;

  before(async () => {
    useHttpTap(tap);
    server = await startLlmServer();
  });
  after(() => server.close());
  beforeEach(() => {
    tap.events.length = 0;
    asked.length = 0;
    server.answer = openaiChat;
  });

  const open = (options: RequestOptions = {}, path = '/chat/completions'): ClientRequest =>
    httpRequest(server.url + path, { method: 'POST', ...options });

  async function answerTo(request: ClientRequest): Promise<{ text: string; response: IncomingMessage }> {
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      request.once('response', resolve).once('error', reject),
    );
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    return { text: Buffer.concat(parts).toString(), response };
  }

  const post = async (body: unknown, options: RequestOptions = {}, path?: string): Promise<string> =>
    (await answerTo(open(options, path).end(JSON.stringify(body)))).text;

  /** Inflating goes on beside the caller. */
  async function recorded(): Promise<LlmEvent> {
    await recordedBy(tap);
    return tap.only();
  }

  it('measures an answer and a stream, and changes neither', async () => {
    assert.equal(await post(PROMPT), JSON.stringify(chatAnswer()));
    const { usage, status, model, feature } = tap.only();
    assert.deepEqual(
      { usage, status, model, feature },
      { usage: USED, status: 'success', model: 'gpt-4o-mini-2024-07-18', feature: 'chat' },
    );
    tap.events.length = 0;
    assert.equal(await post(STREAM), chatEvents().join(''));
    assert.equal(tap.only().usage, undefined);
    assert.ok(tap.only().timeToFirstToken !== undefined);
    assert.deepEqual(JSON.parse(server.received.at(-1)!.text), STREAM);
  });

  it('asks a host on the list for usage and strips it, its length mended', async () => {
    asked.push('127.0.0.1');
    const text = JSON.stringify(STREAM);
    const want = `{"stream_options":{"include_usage":true},${text.slice(1)}`;
    const length = { 'content-length': String(Buffer.byteLength(text)) };
    const ways: [RequestOptions, (request: ClientRequest) => ClientRequest][] = [
      [{}, (request) => request.end(text)],
      [{}, (request) => request.end(Buffer.from(text), () => {})],
      [{ headers: length }, (request) => request.end(text)],
      [{ headers: length }, (request) => (request.write(text), request.end())],
      [{ headers: length }, (request) => (request.write(text, 'utf8', () => {}), request.end())],
    ];
    for (const [options, send] of ways) {
      tap.events.length = 0;
      const { text: got } = await answerTo(send(open(options)));
      assert.equal(got, chatEvents().join(''));
      assert.equal(server.received.at(-1)!.text, want);
      assert.deepEqual(tap.only().usage, USED);
    }
  });

  it('asks for plain text where it asks for usage: from a compressed stream nothing could be stripped', async () => {
    asked.push('127.0.0.1');
    server.answer = (response, { text, headers }) => {
      const events = chatEvents({ usage: text.includes('include_usage') ? USAGE : undefined }).join('');
      const zips = String(headers['accept-encoding']).includes('gzip');
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        ...(zips && { 'content-encoding': 'gzip' }),
      });
      response.end(zips ? gzipSync(events) : events);
    };
    const request = open({ headers: { 'accept-encoding': 'gzip, deflate' } }).end(JSON.stringify(STREAM));
    assert.equal((await answerTo(request)).text, chatEvents().join(''));
    assert.deepEqual(tap.only().usage, USED);
  });

  it('leaves a body alone that is written in pieces, or whose head has gone', async () => {
    asked.push('127.0.0.1');
    const text = JSON.stringify(STREAM);
    const pieces = open();
    for (const piece of text.match(/.{1,20}/g)!) pieces.write(piece);
    pieces.end();
    const gone = open({ headers: { 'content-length': String(Buffer.byteLength(text)) } });
    gone.flushHeaders();
    gone.end(text);
    for (const request of [pieces, gone]) {
      tap.events.length = 0;
      await answerTo(request);
      assert.equal(server.received.at(-1)!.text, text);
      assert.equal(tap.only().usage, undefined);
    }
  });

  const encodings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
  for (const [encoding, compress] of Object.entries(encodings)) {
    it(`reads a copy of an answer in ${encoding}, plain or streamed`, async () => {
      const bodies = [
        ['application/json', compress(JSON.stringify(chatAnswer()))],
        [
          'text/event-stream',
          compress(chatEvents({ usage: { prompt_tokens: 11, completion_tokens: 7 } }).join('')),
        ],
      ] as const;
      for (const [type, body] of bodies) {
        tap.events.length = 0;
        server.answer = (response) => {
          response.writeHead(200, { 'content-type': type, 'content-encoding': encoding });
          response.write(body.subarray(0, 30));
          response.end(body.subarray(30));
        };
        const { response } = await answerTo(open().end(JSON.stringify(PROMPT)));
        assert.equal(response.headers['content-encoding'], encoding);
        const { usage, status } = await recorded();
        assert.deepEqual({ usage, status }, { usage: USED, status: 'success' });
      }
    });
  }

  it('counts an encoding it cannot read, or that lies, without usage', async () => {
    for (const encoding of ['own', 'gzip, br', 'gzip']) {
      tap.events.length = 0;
      server.answer = json(chatAnswer(), 200, { 'content-encoding': encoding });
      assert.equal(await post(PROMPT), JSON.stringify(chatAnswer()));
      const { usage, status, model } = await recorded();
      assert.deepEqual(
        { usage, status, model },
        { usage: undefined, status: 'success', model: 'gpt-4o-mini' },
      );
    }
  });

  it('takes the feature header off and names the feature by it', async () => {
    await post(PROMPT, { headers: { 'X-Intelia-Feature': 'summary', 'x-stainless-retry-count': '2' } });
    assert.equal(server.received.at(-1)!.headers['x-intelia-feature'], undefined);
    assert.deepEqual([tap.only().feature, tap.only().isRetry], ['summary', true]);
  });

  it('knows the model of a call that failed, from JSON or a form', async () => {
    server.answer = json('{}', 429);
    await post(PROMPT);
    assert.deepEqual([tap.only().model, tap.only().status], ['gpt-4o-mini', 'rate_limited']);
    tap.events.length = 0;
    const form =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nsound\r\n--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--b--\r\n';
    for (let cut = 0; cut < form.length; cut += 7) {
      tap.events.length = 0;
      const request = open(
        { headers: { 'content-type': 'multipart/form-data; boundary=b' } },
        '/audio/transcriptions',
      );
      request.write(form.slice(0, cut));
      await answerTo(request.end(form.slice(cut)));
      assert.equal(tap.only().model, 'whisper-1');
    }
  });

  it('counts each of many calls on a kept-alive connection once', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await Promise.all(Array.from({ length: 20 }, () => post(PROMPT, { agent })));
    agent.destroy();
    assert.deepEqual(tap.events.map(({ usage, status }) => ({ usage, status })), Array(20).fill({ usage: USED, status: 'success' })); // prettier-ignore
  });

  it('does not count what is no call, nor a redirect', async () => {
    await post(PROMPT, { method: 'PUT' });
    server.answer = json('{}', 307, { location: '/elsewhere' });
    await post(PROMPT);
    server.answer = json('{}');
    await post(PROMPT, {}, '/other');
    assert.deepEqual([tap.events, tap.test.errors], [[], []]);
  });

  describe('an end', () => {
    const failure = (request: ClientRequest): Promise<Error> =>
      new Promise((resolve) =>
        request.on('error', resolve).on('response', (r) => r.on('error', resolve).resume()),
      );

    it('before the answer: refused, reset, destroyed, aborted, timed out', async () => {
      const refused = httpRequest('http://127.0.0.1:1/v1/chat/completions', { method: 'POST' });
      assert.match((await failure(refused.end(JSON.stringify(PROMPT)))).message, /ECONNREFUSED/);
      assert.deepEqual([tap.only().status, tap.only().model], ['network_error', 'gpt-4o-mini']);

      const ends: [(request: ClientRequest) => void, LlmEvent['status']][] = [
        [(request) => request.destroy(), 'cancelled'],
        [(request) => request.destroy(new Error('own')), 'cancelled'],
        [(request) => request.destroy(new DOMException('late', 'TimeoutError')), 'timeout'],
        [(request) => request.emit('timeout') && request.destroy(), 'timeout'],
      ];
      for (const [end, status] of ends) {
        tap.events.length = 0;
        const reached = gate();
        server.answer = () => reached.open();
        const request = open().on('timeout', () => {});
        const failed = failure(request);
        request.end(JSON.stringify(PROMPT));
        await reached.opened;
        end(request);
        await failed;
        assert.equal(tap.only().status, status);
      }
      tap.events.length = 0;
      server.answer = (response) => response.socket?.resetAndDestroy();
      await failure(open().end(JSON.stringify(PROMPT)));
      assert.equal(tap.only().status, 'network_error');
    });

    it('in the answer: reset, destroyed, left by a loop', async () => {
      const lasting = chatEvents().slice(0, 2);
      server.answer = brokenSse(...lasting);
      await failure(open().end(JSON.stringify(STREAM)));
      assert.equal(tap.only().status, 'network_error');

      for (const leave of ['break', 'destroy', 'request.destroy'] as const) {
        tap.events.length = 0;
        server.answer = (response) =>
          void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(lasting.join(''));
        const request = open().on('error', () => {});
        request.end(JSON.stringify(STREAM));
        const response = await new Promise<IncomingMessage>((resolve) => request.on('response', resolve));
        const closed = new Promise((resolve) => response.on('close', resolve));
        response.on('error', () => {});
        if (leave === 'break') for await (const _ of response) break;
        else if (leave === 'destroy') response.destroy();
        else request.destroy();
        await closed;
        assert.equal(tap.only().status, 'cancelled');
      }
    });

    it('after the last word is a success', async () => {
      server.answer = (response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents().join(''));
      const request = open().on('error', () => {});
      request.end(JSON.stringify(STREAM));
      const response = await new Promise<IncomingMessage>((resolve) => request.on('response', resolve));
      for await (const _ of response) break;
      assert.equal(tap.only().status, 'success');
    });

    it('that nobody waits for is counted at shutdown', async () => {
      const reached = gate();
      server.answer = () => reached.open();
      const request = open().on('error', () => {});
      request.end(JSON.stringify(PROMPT));
      await reached.opened;
      tap.calls.flushOpenCalls();
      tap.calls.flushOpenCalls();
      request.destroy();
      assert.equal(tap.only().status, 'cancelled');
    });

    it('tells an error that nobody handles as without us', async () => {
      const request = open();
      assert.throws(() => request.emit('error', new RangeError('own')), RangeError);
      request.on('error', () => {}).destroy();
    });
  });
});
