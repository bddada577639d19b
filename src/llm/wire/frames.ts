/**
 * Reads AWS's binary event stream (`application/vnd.amazon.eventstream`) beside its way to the caller. A message is
 * its length, the length of its headers, a checksum, headers, payload, a checksum; all numbers big-endian. Checksums are
 * the caller's to test. Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { parseJson } from './body.js';
import type { CallFacts } from '../types.js';

export interface FrameReaderOptions {
  readonly facts: CallFacts;
  /** Given `{ [event type]: payload }`. Must not throw. */
  readonly read: (event: unknown) => void;
  readonly onDone: () => void;
}

/** What is longer is a picture or a document, and is passed over. */
const MAX_FRAME = 1024 * 1024;
/** Lengths and the first checksum. */
const PRELUDE = 12;
const CHECKSUM = 4;

/** Once content was seen, a piece of a model's own stream matters only if it may tell usage or an end. */
const MATTERS = /usage|Metrics|token_?count|stop|error/i;

export function createFrameReader({ facts, read, onDone }: FrameReaderOptions): {
  push(bytes: Uint8Array): void;
} {
  let held: Buffer = Buffer.alloc(0);
  /** Of a message too long to read: how much of it is still to come. */
  let skip = 0;
  /** After what is no message at all nothing can be read any more. */
  let isOver = false;

  function message(frame: Buffer): void {
    const payloadFrom = PRELUDE + frame.readUInt32BE(4);
    const headers = headersOf(frame, payloadFrom);
    const kind = headers[':event-type'] ?? headers[':exception-type'] ?? 'error';
    const isTold = kind === 'contentBlockDelta' && facts.sawContent === true;
    if (isTold) return;
    const payload = parseJson(frame.toString('utf8', payloadFrom, frame.length - CHECKSUM));
    const told = kind === 'chunk' ? modelsOwn(payload, facts) : payload;
    if (told === undefined && kind === 'chunk') return;
    read({ [kind]: told });
    if (facts.done !== true) return;
    isOver = true;
    onDone();
  }

  function next(): boolean {
    if (skip > 0) {
      const passed = Math.min(skip, held.length);
      held = held.subarray(passed);
      skip -= passed;
    }
    if (isOver || held.length < PRELUDE) return false;
    const length = held.readUInt32BE(0);
    isOver = length < PRELUDE + CHECKSUM || held.readUInt32BE(4) > length - PRELUDE - CHECKSUM;
    if (!isOver && length > MAX_FRAME) skip = length;
    if (isOver || skip > 0) return !isOver;
    if (held.length < length) return false;
    message(held.subarray(0, length));
    held = held.subarray(length);
    return true;
  }

  return {
    push(bytes) {
      if (isOver) return;
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      try {
        while (next());
      } catch {
        isOver = true;
      }
      // A copy: the chunk is the caller's.
      held = isOver ? Buffer.alloc(0) : Buffer.from(held);
    },
  };
}

/** `invoke-with-response-stream` wraps each event of the model's own stream in base64. */
function modelsOwn(payload: unknown, facts: CallFacts): unknown {
  const encoded = (payload as { bytes?: unknown } | null | undefined)?.bytes;
  if (typeof encoded !== 'string') return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  return facts.sawContent !== true || MATTERS.test(text) ? parseJson(text) : undefined;
}

/** Bytes of a header's value by its type; 6 and 7 (bytes and text) tell their own length. */
const SIZES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];

/** The headers that are text. */
function headersOf(frame: Buffer, end: number): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  let at = PRELUDE;
  while (at < end) {
    const nameEnd = at + 1 + frame.readUInt8(at);
    const type = frame.readUInt8(nameEnd);
    const size = SIZES[type] ?? frame.readUInt16BE(nameEnd + 1);
    const from = nameEnd + (SIZES[type] === undefined ? 3 : 1);
    if (type === 7)
      headers[frame.toString('latin1', at + 1, nameEnd)] = frame.toString('utf8', from, from + size);
    at = from + size;
  }
  return headers;
}
