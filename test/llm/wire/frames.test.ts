import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFrameReader } from '../../../src/llm/wire/frames.js';
import type { CallFacts } from '../../../src/llm/types.js';

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const header = (name: string, type: number, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([type]), value]);
const textHeader = (name: string, value: string): Buffer =>
  header(name, 7, Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]));

/** One message; its checksums are the caller's business and zero here. */
function frame(kind: string, payload: string, name = ':event-type', more: Uint8Array = Buffer.alloc(0)): Buffer {
  const headers = Buffer.concat([more, textHeader(name, kind), textHeader(':content-type', 'application/json')]);
  const body = Buffer.from(payload);
  return Buffer.concat([u32(16 + headers.length + body.length), u32(headers.length), u32(0), headers, body, u32(0)]);
} // prettier-ignore

const event = (kind: string, payload: unknown): Buffer => frame(kind, JSON.stringify(payload));
const chunk = (own: unknown): Buffer =>
  event('chunk', { bytes: Buffer.from(JSON.stringify(own)).toString('base64'), p: 'abc' });

interface Read {
  readonly events: unknown[];
  done: number;
}

/** What is read of these bytes; `content` is the kind that is content, `last` the one after which nothing comes. */
function readAll(pieces: readonly Uint8Array[], content = 'contentBlockDelta', last = 'metadata'): Read {
  const facts: CallFacts = {};
  const read: Read = { events: [], done: 0 };
  const reader = createFrameReader({
    facts,
    read(told) {
      read.events.push(told);
      if (content in (told as object)) facts.sawContent = true;
      if (last in (told as object)) facts.done = true;
    },
    onDone: () => void read.done++,
  });
  for (const piece of pieces) reader.push(piece);
  return read;
}

const STREAM = [
  event('messageStart', { role: 'assistant' }),
  event('contentBlockDelta', { delta: { text: 'Hé 🌍' } }),
  event('contentBlockDelta', { delta: { text: 'unread' } }),
  event('messageStop', { stopReason: 'end_turn' }),
  event('metadata', { usage: { inputTokens: 1, outputTokens: 2 } }),
  event('contentBlockDelta', { delta: { text: 'after the end' } }),
];
const SEEN = [
  { messageStart: { role: 'assistant' } },
  { contentBlockDelta: { delta: { text: 'Hé 🌍' } } },
  { messageStop: { stopReason: 'end_turn' } },
  { metadata: { usage: { inputTokens: 1, outputTokens: 2 } } },
];

describe('event stream of AWS', () => {
  it('gives each event under its kind, of content only the first, and nothing after the last', () => {
    assert.deepEqual(readAll(STREAM), { events: SEEN, done: 1 });
  });

  it('is read the same however it is split', () => {
    const bytes = Buffer.concat(STREAM);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((to, i) => Uint8Array.from(bytes.subarray(at[i], to)));
        assert.deepEqual(readAll(pieces), { events: SEEN, done: 1 });
      }),
    );
  });

  it('keeps nothing of the bytes given: they may be overwritten', () => {
    const bytes = Buffer.concat(STREAM);
    const pieces = Array.from(bytes, (byte) => byte);
    const shared = new Uint8Array(1);
    const overwritten = {
      *[Symbol.iterator]() {
        for (const byte of pieces) {
          shared[0] = byte;
          yield shared;
        }
      },
    };
    assert.deepEqual(readAll(overwritten as unknown as Uint8Array[]), { events: SEEN, done: 1 });
  });

  it('opens the chunks of InvokeModel, and once content was seen only those that matter', () => {
    const own = [{ generation: 'a' }, { generation: 'b' }, { generation: '', 'amazon-bedrock-invocationMetrics': {} }];
    const { events } = readAll(own.map(chunk), 'chunk', 'none');
    assert.deepEqual(events, [{ chunk: own[0] }, { chunk: own[2] }]);
    assert.deepEqual(readAll([event('chunk', { bytes: 7 }), event('chunk', null)]).events, []);
  }); // prettier-ignore

  it('knows exceptions and errors, and headers of every other type', () => {
    const others = Buffer.concat([
      header('t', 0, Buffer.alloc(0)), header('f', 1, Buffer.alloc(0)), header('b', 2, Buffer.alloc(1)),
      header('s', 3, Buffer.alloc(2)), header('i', 4, Buffer.alloc(4)), header('l', 5, Buffer.alloc(8)),
      header('y', 6, Buffer.from([0, 3, 1, 2, 3])), header('d', 8, Buffer.alloc(8)), header('u', 9, Buffer.alloc(16)),
    ]);
    const bytes = [frame('throttlingException', '{"message":""}', ':exception-type', others), frame('x', '', ':error-code')];
    assert.deepEqual(readAll(bytes).events, [{ throttlingException: { message: '' } }, { error: undefined }]);
  }); // prettier-ignore

  it('passes over a message too long to read', () => {
    const long = event('contentBlockStop', { text: 'x'.repeat(3 * 1024 * 1024) });
    const bytes = Buffer.concat([STREAM[0] as Buffer, long, ...STREAM.slice(1)]);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
      bytes.subarray(i * 65_536, (i + 1) * 65_536),
    );
    assert.deepEqual(readAll(pieces), { events: SEEN, done: 1 });
  });

  it('reads any junk, and no more once it is none', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (pieces) => {
        readAll([...pieces, ...STREAM]);
      }),
      { numRuns: 2_000 },
    );
    const cutHeaders = Buffer.concat([u32(18), u32(2), u32(0), Buffer.from([9, 9]), u32(0)]);
    assert.deepEqual(readAll([cutHeaders, ...STREAM]), { events: [], done: 0 });
    assert.deepEqual(readAll([u32(7), u32(0), u32(0), ...STREAM]), { events: [], done: 0 });
  });
});
