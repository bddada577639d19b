/** Reads a body beside its way to the caller, in bounded memory: JSON that comes in pieces, and compressed copies. */
import { StringDecoder } from 'node:string_decoder';
import type * as Zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { createOutline, type Outline } from './outline.js';

/** A JSON text up to this size is kept and parsed whole; of a longer one only its outline is. */
const MAX_WHOLE = 64 * 1024;

export interface JsonReader {
  push(bytes: Uint8Array): void;
  /** What was read; undefined when it is no JSON, or too much even in outline. */
  value(): unknown;
}

export function createJsonReader(): JsonReader {
  let text = '';
  let size = 0;
  let decoder: StringDecoder | undefined;
  let outline: Outline | undefined;

  /** Decoded as they come: the chunk is the caller's, who may overwrite it, and a copy would be one more to collect. */
  function decode(bytes: Uint8Array): string {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    // Nearly every body comes in one piece, and JSON ends in ASCII.
    if (decoder === undefined && (bytes[bytes.length - 1] as number) < 0x80) return buffer.toString();
    return (decoder ??= new StringDecoder()).write(buffer);
  }

  return {
    push(bytes) {
      if (bytes.length === 0) return;
      size += bytes.length;
      if (outline === undefined && size <= MAX_WHOLE) return void (text += decode(bytes));
      if (outline === undefined) {
        outline = createOutline();
        outline.push(Buffer.from(text + (decoder?.end() ?? '')));
        text = '';
      }
      outline.push(bytes);
    },
    value() {
      const read = outline === undefined ? text + (decoder?.end() ?? '') : outline.text();
      text = '';
      return read === undefined ? undefined : parseJson(read);
    },
  };
}

/** Undefined for what is no JSON: a server may send anything. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The most that is read of one compressed body, in bytes after inflation: a bomb must not burn the host's cores. */
const MAX_INFLATED = 256 * 1024 * 1024;

export interface Sink {
  chunk(bytes: Uint8Array): unknown;
  /** All has been read, or no more can be. */
  end(): unknown;
}

/**
 * Inflates copies of compressed chunks on Node's own threads. Undefined for an encoding this Node cannot read, or
 * several of them.
 */
export function createInflater(encoding: string, sink: Sink): Sink | undefined {
  const inflater = inflaterOf(encoding.trim().toLowerCase());
  if (inflater === undefined) return undefined;
  let inflated = 0;
  const end = (): void => void sink.end();
  inflater.on('data', (bytes: Buffer) => {
    sink.chunk(bytes);
    if ((inflated += bytes.length) > MAX_INFLATED) inflater.destroy();
  });
  inflater.on('error', end);
  inflater.on('close', end);
  return { chunk: (bytes) => inflater.write(Buffer.from(bytes)), end: () => inflater.end() };
}

function inflaterOf(encoding: string): Transform | undefined {
  // Loaded on first use: it is not among what Node starts with.
  const zlib = require('node:zlib') as typeof Zlib & { createZstdDecompress?: () => Transform };
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  // What has arrived must come out at once, and a body cut short is read as far as it goes.
  const options = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
  if (encoding === 'gzip' || encoding === 'x-gzip') return zlib.createGunzip(options);
  if (encoding === 'deflate') return zlib.createInflate(options);
  if (encoding === 'br') return zlib.createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH });
  // Node 22.15 and later.
  return encoding === 'zstd' ? zlib.createZstdDecompress?.() : undefined;
}
