import assert from 'node:assert/strict';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { createInflater, createJsonReader } from '../../../src/llm/wire/body.js';
import { createOutline } from '../../../src/llm/wire/outline.js';

function inPieces(bytes: Uint8Array, size: number, push: (piece: Uint8Array) => void): void {
  for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
}

describe('JSON reader', () => {
  it('reads any JSON whole, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 50 }), (value, size) => {
        const reader = createJsonReader();
        inPieces(Buffer.from(JSON.stringify(value)), size, reader.push);
        assert.deepEqual(reader.value(), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('gives undefined for what is no JSON', () => {
    for (const text of ['', '{', '<html>', '{"a":1}}']) {
      const reader = createJsonReader();
      reader.push(Buffer.from(text));
      assert.equal(reader.value(), undefined);
    }
  });

  it('keeps a copy, since a chunk is its caller’s', () => {
    const reader = createJsonReader();
    const chunk = Buffer.from('{"a":1}');
    reader.push(chunk);
    chunk.fill(0);
    assert.deepEqual(reader.value(), { a: 1 });
  });

  it('reads usage beside megabytes of pictures and embeddings', () => {
    const data = Array.from({ length: 20 }, (_, i) => ({
      b64_json: 'Q'.repeat(100_000) + '\\"]}',
      embedding: Array(1500).fill(-0.0123),
      i,
    }));
    const body = {
      created: 1,
      data,
      model: 'gpt-image-1',
      usage: { input_tokens: 5, details: { image_tokens: 4 } },
    };
    const whole = Buffer.from(JSON.stringify(body));
    for (const size of [1021, 65_536, whole.length]) {
      const reader = createJsonReader();
      inPieces(whole, size, reader.push);
      const { data: seen, ...rest } = reader.value() as typeof body;
      const { data: _, ...want } = body;
      assert.deepEqual(rest, want);
      assert.deepEqual(seen, data.map(({ i }) => ({ b64_json: '', embedding: [], i }))); // prettier-ignore
    }
  });

  it('gives up where even the outline is too long', () => {
    const reader = createJsonReader();
    for (let i = 0; i < 100_000; i++) reader.push(Buffer.from('{"a":'));
    assert.equal(reader.value(), undefined);
  });
});

describe('outline', () => {
  it('is valid JSON of the same shape, wherever the text is split', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', 'é', '\n', ']', '🌍'), maxLength: 600 });
    const value = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(text, fc.integer(), fc.array(text, { maxLength: 3 })),
    );
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 2), (given, size, indent) => {
        const outline = createOutline();
        inPieces(Buffer.from(JSON.stringify(given, null, indent)), size, outline.push);
        const short = JSON.parse(JSON.stringify(given), (_key, each: unknown) =>
          typeof each === 'string' && Buffer.byteLength(JSON.stringify(each)) - 2 > 256 ? '' : each,
        ) as unknown;
        assert.deepEqual(JSON.parse(outline.text()!), short);
      }),
    );
  });
});

describe('inflater', () => {
  const text = JSON.stringify({ words: Array.from({ length: 5000 }, (_, i) => `word ${i}`) });
  const encoders: Record<string, ((text: string) => Buffer) | undefined> = {
    gzip: gzipSync,
    'X-GZIP ': gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: (zlib as unknown as { zstdCompressSync?: (text: string) => Buffer }).zstdCompressSync,
  };

  const inflate = (encoding: string, bytes: Uint8Array, size = 100): Promise<string> =>
    new Promise((resolve) => {
      const parts: Buffer[] = [];
      const chunk = (part: Uint8Array): unknown => parts.push(Buffer.from(part));
      const inflater = createInflater(encoding, {
        chunk,
        end: () => resolve(Buffer.concat(parts).toString()),
      })!;
      inPieces(bytes, size, inflater.chunk);
      inflater.end();
    });

  for (const [encoding, encode] of Object.entries(encoders)) {
    it(`reads ${encoding}${encode ? '' : ', where this Node has it'}`, async () => {
      if (encode === undefined)
        return assert.equal(createInflater(encoding, { chunk: () => {}, end: () => {} }), undefined);
      assert.equal(await inflate(encoding, encode(text)), text);
    });
  }

  it('reads what was cut short as far as it goes, and ends on rubbish', async () => {
    const half = await inflate('gzip', gzipSync(text).subarray(0, 3000));
    assert.ok(half.length > 0 && text.startsWith(half));
    assert.equal(await inflate('gzip', Buffer.from('no gzip')), '');
  });
});
