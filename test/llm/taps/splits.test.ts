/**
 * Any body, in any encoding, cut at any byte: the caller gets the bytes it would have had, and the usage is seen. The
 * cuts are chunks of HTTP's own, so they reach the tap as they were made, whatever the sockets do.
 */
import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import type { LlmEvent } from '../../../src/llm/types.js';
import {
  chatAnswer,
  chatEvents,
  startLlmServer,
  USAGE,
  type Answer,
  type LlmServer,
} from '../../support/llm-server.js';
import { recorded as recordedBy, useHttpTap } from '../../support/llm-http-tap.js';
import { testTap } from '../../support/llm-tap.js';

const USED = { promptTokens: 11, completionTokens: 7 };
const MODEL = 'gpt-4o-mini-2024-07-18';

type Compress = (text: Buffer) => Buffer;
/** Node 22.15 and later. */
const { zstdCompressSync } = zlib as { zstdCompressSync?: Compress };
const ENCODINGS: Readonly<Record<string, Compress>> = {
  identity: (text) => text,
  gzip: (text) => zlib.gzipSync(text),
  deflate: (text) => zlib.deflateSync(text),
  br: (text) => zlib.brotliCompressSync(text),
  ...(zstdCompressSync && { zstd: zstdCompressSync }),
};

interface Body {
  readonly type: string;
  /** What is sent, and what a caller who did not ask for usage is to have of it. */
  readonly asked: string;
  readonly plain: string;
}

/** What may stand between events: comments, pings, fields nobody reads. */
const noise = fc.constantFrom(
  '',
  ': ping\n\n',
  'event: x\nid: 7\n',
  'retry: 10\n\n',
  '\n',
  ':"usage":{"prompt_tokens":9}\n\n',
);
const words = fc.array(fc.tuple(noise, fc.string({ unit: 'grapheme', maxLength: 12 })), { maxLength: 6 });

const stream: fc.Arbitrary<Body> = fc
  .tuple(words, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
  .map(([events, end, bom]) => {
    const text = (usage?: object): string => {
      const spoken = events.map(([, word]) => word);
      const lines = chatEvents({ words: spoken, usage }).map((each, i) => (events[i - 1]?.[0] ?? '') + each);
      return ((bom ? '\ufeff' : '') + lines.join('')).replaceAll('\n', end);
    };
    return { type: 'text/event-stream; charset=utf-8', asked: text(USAGE), plain: text() };
  });

const whole: fc.Arbitrary<Body> = fc
  .tuple(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom(0, 2))
  .map(([content, indent]) => {
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
    const text = JSON.stringify(chatAnswer({ choices }), null, indent);
    return { type: 'application/json', asked: text, plain: text };
  });

/** Where a body is cut, as shares of its length: it is compressed only later. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const body = fc.oneof(stream, whole);

function piecesOf(bytes: Buffer, shares: readonly number[]): Buffer[] {
  const at = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [0, ...at]
    .map((from, i) => bytes.subarray(from, at[i] ?? bytes.length))
    .filter((piece) => piece.length > 0);
}

const inPieces =
  (type: string, encoding: string, pieces: readonly Buffer[]): Answer =>
  (response) => {
    response.writeHead(200, {
      'content-type': type,
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    });
    for (const piece of pieces) response.write(piece);
    response.end();
  };

describe('a body cut anywhere', function () {
  this.timeout(20_000);
  let server: LlmServer;
  const agent = new Agent({ keepAlive: true });
  const asks: string[] = [];
  const tap = testTap({ ask: asks });
  const init = { method: 'POST', body: '{"model":"gpt-4o-mini","stream":true}' };
  const send = { ...init, headers: { 'content-type': 'application/json' } };

  before(async () => {
    useHttpTap(tap);
    server = await startLlmServer();
  });
  after(() => {
    agent.destroy();
    return server.close();
  });

  const overHttp = (): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${server.url}/chat/completions`, { method: 'POST', agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve(Buffer.concat(parts)));
      });
      request.once('error', reject).end(init.body);
    });

  const overFetch = async (): Promise<Buffer> => {
    const response = await tap.fetch(`${server.url}/chat/completions`, send);
    const parts: Uint8Array[] = [];
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) parts.push(part);
    return Buffer.concat(parts);
  };

  /** A copy may still be inflating when the caller has all. */
  async function recorded(): Promise<LlmEvent> {
    await recordedBy(tap);
    return tap.only();
  }

  async function assertCounted(): Promise<void> {
    const { usage, model, status } = await recorded();
    assert.deepEqual({ usage, model, status }, { usage: USED, model: MODEL, status: 'success' });
    tap.events.length = 0;
  }

  for (const [encoding, compress] of Object.entries(ENCODINGS)) {
    it(`is the caller's to the byte over Node's http client, in ${encoding}`, () =>
      fc.assert(
        fc.asyncProperty(body, cuts, async ({ type, asked }, shares) => {
          asks.length = 0;
          const bytes = compress(Buffer.from(asked));
          server.answer = inPieces(type, encoding, piecesOf(bytes, shares));
          assert.ok(bytes.equals(await overHttp()));
          await assertCounted();
        }),
        { numRuns: 150 },
      ));

    it(`is the caller's to the byte over fetch, usage asked for and taken out again or not, in ${encoding}`, async function () {
      // Only newer ones of undici open zstd.
      if (encoding === 'zstd' && !(await fetchOpens(encoding, compress))) this.skip();
      await fc.assert(
        fc.asyncProperty(body, cuts, fc.boolean(), async ({ type, asked, plain }, shares, strips) => {
          asks.splice(0, 1, ...(strips ? ['127.0.0.1'] : []));
          server.answer = inPieces(type, encoding, piecesOf(compress(Buffer.from(asked)), shares));
          assert.equal((await overFetch()).toString(), strips ? plain : asked);
          await assertCounted();
        }),
        { numRuns: 150 },
      );
    });
  }

  it("is the caller's over Node's http client where usage was asked for and is taken out again", () =>
    fc.assert(
      fc.asyncProperty(body, cuts, async ({ type, asked, plain }, shares) => {
        asks.splice(0, 1, '127.0.0.1');
        server.answer = inPieces(type, 'identity', piecesOf(Buffer.from(asked), shares));
        assert.equal((await overHttp()).toString(), plain);
        await assertCounted();
      }),
      { numRuns: 150 },
    ));

  async function fetchOpens(encoding: string, compress: Compress): Promise<boolean> {
    server.answer = inPieces('text/plain', encoding, [compress(Buffer.from('open'))]);
    return (await (await fetch(server.url)).text()) === 'open';
  }
});
