import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEventReader } from '../../../src/llm/wire/events.js';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import { createEventStream, MAX_EVENT } from '../../../src/llm/wire/sse.js';
import type { CallFacts } from '../../../src/llm/types.js';
import { chatEvents, event, USAGE } from '../../support/llm-server.js';

const chat = findEndpoint('api.openai.com', '/v1/chat/completions')!;
const USED = { promptTokens: 11, completionTokens: 7 };

interface Seen {
  readonly bytes: string;
  readonly facts: CallFacts;
  readonly done: number;
  /** How many events were parsed. */
  readonly reads: number;
}

/** Sends `text` in pieces cut at `cuts` (bytes) through an event stream. */
function run(text: string | Uint8Array, cuts: readonly number[], strip: boolean, isSse = true): Seen {
  const whole = Buffer.from(text as string);
  const facts: CallFacts = {};
  let done = 0;
  let reads = 0;
  const read = (one: unknown): void => {
    reads++;
    chat.readEvent(one, facts);
  };
  const handlers = createEventReader({ facts, isSse, strip, read, onDone: () => done++ });
  const stream = createEventStream(isSse, strip, handlers);
  const got: Uint8Array[] = [];
  const edges = [0, ...[...cuts].sort((a, b) => a - b), whole.length];
  for (let i = 1; i < edges.length; i++) {
    const piece = new Uint8Array(whole.subarray(edges[i - 1], edges[i]));
    const given = stream.push(piece);
    if (!strip) assert.equal(given, piece, 'the very chunk');
    got.push(given);
  }
  got.push(stream.end());
  return { bytes: Buffer.concat(got).toString('latin1'), facts, done, reads };
}

const cutsOf = (text: string): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(Buffer.byteLength(text)), { maxLength: 30 });
const lineEnds = fc.constantFrom('\n', '\r\n', '\r');

/** What may stand between events: comments, pings, fields nobody reads. */
const noise = fc.constantFrom(
  '',
  ': ping\n\n',
  'event: x\nid: 7\n',
  'retry: 10\n\n',
  '\n',
  ':"usage":{"prompt_tokens":9}\n\n',
);

const body = fc
  .tuple(
    fc.array(fc.tuple(noise, fc.string({ unit: 'grapheme', maxLength: 12 })), { maxLength: 8 }),
    lineEnds,
    fc.boolean(),
    fc.boolean(),
  )
  .map(([events, end, bom, isCut]) => {
    const text = (usage?: object): string => {
      const words = events.map(([, word]) => word);
      const lines = chatEvents({ words, usage }).map((each, i) => (events[i - 1]?.[0] ?? '') + each);
      const joined = (bom ? '\ufeff' : '') + lines.join('');
      return (isCut ? joined.replace(/\n\n$/, '') : joined).replaceAll('\n', end);
    };
    return { asked: text(USAGE), plain: text() };
  });

describe('event stream', () => {
  it('gives the same bytes and usage wherever a body is split', () => {
    const split = body.chain(({ asked }) => fc.tuple(fc.constant(asked), cutsOf(asked)));
    fc.assert(
      fc.property(split, ([asked, cuts]) => {
        const { bytes, facts, done } = run(asked, cuts, false);
        assert.equal(bytes, Buffer.from(asked).toString('latin1'));
        assert.deepEqual([facts.usage, facts.responseModel, done], [USED, 'gpt-4o-mini-2024-07-18', 1]);
      }),
    );
  });

  it('strips what we asked for, to the bytes of a caller who did not ask, wherever a body is split', () => {
    const split = body.chain((bodies) => fc.tuple(fc.constant(bodies), cutsOf(bodies.asked)));
    fc.assert(
      fc.property(split, ([{ asked, plain }, cuts]) => {
        const { bytes, facts, done } = run(asked, cuts, true);
        assert.equal(bytes, Buffer.from(plain).toString('latin1'));
        assert.deepEqual([facts.usage, facts.responseModel, done], [USED, 'gpt-4o-mini-2024-07-18', 1]);
      }),
    );
  });

  it('gives any bytes on as they are, stripping or not', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(200)),
        fc.boolean(),
        fc.boolean(),
        (bytes, at, strip, isSse) => {
          const cuts = at.filter((cut) => cut < bytes.length);
          assert.equal(run(bytes, cuts, strip, isSse).bytes, Buffer.from(bytes).toString('latin1'));
        },
      ),
    );
  });

  it('takes a chunk of whole events that need no change without a copy', () => {
    const stream = createEventStream(true, true, { event: () => undefined, longEvent: () => {} });
    const chunk = new TextEncoder().encode(chatEvents().join(''));
    assert.equal(stream.push(chunk), chunk);
  });

  it('parses only what may matter', () => {
    const words = Array.from({ length: 1000 }, (_, i) => `word ${i}`);
    // The first two events (model, then content), the usage event; "stop" ends an answer.
    assert.equal(run(chatEvents({ words, usage: USAGE }).join(''), [], false).reads, 4);
  });

  describe('the stripper', () => {
    const strip = (data: string): string => run(event(data), [9], true).bytes.slice('data: '.length, -2);

    it('takes a null usage from any place among the members, with one comma', () => {
      assert.equal(strip('{"id":"a","choices":[{}],"usage":null}'), '{"id":"a","choices":[{}]}');
      assert.equal(strip('{"id":"a","usage":null,"choices":[{}]}'), '{"id":"a","choices":[{}]}');
      assert.equal(strip('{"usage":null,"choices":[{}]}'), '{"choices":[{}]}');
      assert.equal(strip('{"usage":null}'), '{}');
      assert.equal(
        strip('{"id": "a", "usage": null, "obfuscation": "x"}'),
        '{"id": "a", "obfuscation": "x"}',
      );
    });

    it('leaves what only looks like it', () => {
      for (const data of [
        '{"choices":[{"delta":{"content":",\\"usage\\":null"}}]}',
        '{"choices":[{"usage":null}]}',
        '{"x":{"usage":null},"choices":[{}]}',
        '{"choices":["usage"]}',
        '{"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":1}}',
        '{"choices":[],"usage":7}',
        'no json, "usage":null',
        '["usage",null]',
      ]) {
        assert.equal(strip(data), data);
      }
    });

    it('finds the null after a nested one', () => {
      assert.equal(strip('{"choices":[{"usage":null}],"usage":null}'), '{"choices":[{"usage":null}]}');
    });
  });

  it('reads the usage of a line of 48 MB in bounded memory, and gives it on untouched', function () {
    this.timeout(10_000);
    const piece = new Uint8Array(64 * 1024).fill(0x61);
    const head = Buffer.from(`data: {"model":"gpt-image-1","choices":[{"delta":{"content":"`);
    const tail = Buffer.from(`"}}],"usage":{"prompt_tokens":11,"completion_tokens":7}}\n\ndata: [DONE]\n\n`);
    for (const strip of [false, true]) {
      const facts: CallFacts = {};
      let done = 0;
      const read = (one: unknown): void => chat.readEvent(one, facts);
      const stream = createEventStream(
        true,
        strip,
        createEventReader({ facts, isSse: true, strip, read, onDone: () => done++ }),
      );
      let length = stream.push(head).length;
      const before = process.memoryUsage().rss;
      for (let i = 0; i < 768; i++) length += stream.push(piece).length;
      length += stream.push(tail).length + stream.end().length;
      assert.ok(
        process.memoryUsage().rss - before < 20e6,
        `${process.memoryUsage().rss - before} bytes more`,
      );
      assert.equal(length, head.length + 768 * piece.length + tail.length);
      assert.deepEqual([facts.usage, facts.responseModel, done], [USED, 'gpt-image-1', 1]);
    }
  });

  it('treats an event past the bound the same however it is split', () => {
    const long = event({ id: 'x'.repeat(MAX_EVENT), choices: [{}], usage: null });
    const around = event({ choices: [{}], usage: null });
    for (const cuts of [[], [1], [MAX_EVENT], [40, MAX_EVENT + 40], [around.length + 3]]) {
      const { bytes } = run(around + long + around, cuts, true);
      assert.equal(bytes, event('{"choices":[{}]}') + long + event('{"choices":[{}]}'));
    }
  });

  it('reads NDJSON line by line', () => {
    const lines =
      '{"model":"llama3","choices":[{"delta":{"content":"a"}}]}\n{"x":1}\r\n\n{"usage":{"prompt_tokens":11,"completion_tokens":7}}';
    for (let cut = 0; cut <= lines.length; cut++) {
      const { bytes, facts } = run(lines, [cut], false, false);
      assert.deepEqual([bytes, facts.usage, facts.responseModel], [lines, USED, 'llama3']);
    }
  });
});
