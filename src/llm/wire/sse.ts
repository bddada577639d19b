/**
 * Cuts the bytes of a streamed answer into its events, SSE blocks or NDJSON lines, wherever the chunks were split,
 * and can take bytes out of events on their way to the caller.
 */
import { createJsonReader, type JsonReader } from './body.js';

/** The bytes of an event that the caller is not to see: from the first, up to but not with the second. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

export interface EventHandlers {
  /** One event, one character a byte (latin1), so that an index in it is a byte's. What it gives is taken out. */
  event(text: string): Cut | undefined;
  /** What could be read of an event too long to be kept. */
  longEvent(value: unknown): void;
}

export interface EventStream {
  /** Gives what the caller is to have of this chunk: the chunk itself, unless bytes are held back or taken out. */
  push(chunk: Uint8Array): Uint8Array;
  /** The stream is over: gives what was held back. */
  end(): Uint8Array;
}

/** Events longer than this, in bytes, are read in outline and never changed. */
export const MAX_EVENT = 256 * 1024;

const LF = 10;
const CR = 13;
const OPEN_BRACE = 0x7b;
export const NO_BYTES = new Uint8Array(0);

/**
 * @param isSse an event ends at an empty line; else at the end of each line.
 * @param holds hold an unfinished event back from the caller, since what `event` gives must be taken out of it.
 */
export function createEventStream(isSse: boolean, holds: boolean, handlers: EventHandlers): EventStream {
  const output = createOutput();
  const joiner = createJoiner(holds ? output : undefined, handlers);
  let lineIsEmpty = true;
  let endedWithCr = false;

  /** A line feed that belongs to the carriage return which the last chunk ended with. Gives where the rest starts. */
  function finishCrlf(chunk: Uint8Array): number {
    const isLf = endedWithCr && chunk[0] === LF;
    endedWithCr = false;
    if (isLf) joiner.lineFeed(chunk.subarray(0, 1));
    return isLf ? 1 : 0;
  }

  function cutUp(chunk: Uint8Array): void {
    let from = finishCrlf(chunk);
    let at = from;
    let lf = chunk.indexOf(LF, at);
    let cr = chunk.indexOf(CR, at);
    while (lf !== -1 || cr !== -1) {
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
      const isEmpty = lineIsEmpty && end === at;
      at = end + 1;
      if (end === cr && lf === at) at++;
      else endedWithCr = end === cr && at === chunk.length;
      if (isEmpty || !isSse) {
        joiner.finish(chunk.subarray(from, at));
        from = at;
      }
      lineIsEmpty = true;
      if (lf !== -1 && lf < at) lf = chunk.indexOf(LF, at);
      if (cr !== -1 && cr < at) cr = chunk.indexOf(CR, at);
    }
    if (at < chunk.length) lineIsEmpty = false;
    if (from < chunk.length) joiner.hold(chunk.subarray(from));
  }

  return {
    push(chunk) {
      if (chunk.length === 0) return chunk;
      cutUp(chunk);
      return holds ? output.take(chunk) : chunk;
    },
    end() {
      // The SDKs read an event that the stream ends in the middle of, though the standard says to drop it.
      if (joiner.isInEvent()) joiner.finish(NO_BYTES);
      return holds ? output.take(NO_BYTES) : NO_BYTES;
    },
  };
}

interface Joiner {
  /** A part of an event that goes on in the next chunk. */
  hold(part: Uint8Array): void;
  /** The last, or the only, part of an event. */
  finish(part: Uint8Array): void;
  /** The second half of a line's end, in a chunk after the first. */
  lineFeed(byte: Uint8Array): void;
  isInEvent(): boolean;
}

/** Puts the parts of an event together, as long as it is not too long to be kept. */
function createJoiner(output: Output | undefined, handlers: EventHandlers): Joiner {
  let carry = Buffer.allocUnsafe(0);
  let carried = 0;
  let long: JsonReader | undefined;
  let lastWasDropped = false;
  const isInEvent = (): boolean => carried > 0 || long !== undefined;

  function keep(part: Uint8Array): void {
    if (carry.length < carried + part.length) {
      const grown = Buffer.allocUnsafe(Math.max(4096, 2 * (carried + part.length)));
      carry.copy(grown, 0, 0, carried);
      carry = grown;
    }
    carry.set(part, carried);
    carried += part.length;
  }

  /** Goes on in outline, from where the event's JSON begins. */
  function keepOutline(part: Uint8Array): void {
    if (long === undefined) {
      keep(part);
      long = createJsonReader();
      const whole = carry.subarray(0, carried);
      const start = whole.indexOf(OPEN_BRACE);
      if (start !== -1) long.push(whole.subarray(start));
      output?.add(Buffer.from(whole));
      carried = 0;
      carry = Buffer.allocUnsafe(0);
    } else {
      long.push(part);
      output?.add(part);
    }
  }

  function finishLong(part: Uint8Array): void {
    keepOutline(part);
    const value = long?.value();
    long = undefined;
    if (value !== undefined) handlers.longEvent(value);
  }

  function deliver(bytes: Uint8Array): void {
    const cut = handlers.event(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
    if (cut === undefined) return output?.add(bytes);
    lastWasDropped = cut.from === 0 && cut.to === bytes.length;
    output?.add(bytes.subarray(0, cut.from));
    output?.add(bytes.subarray(cut.to));
  }

  return {
    isInEvent,
    hold(part) {
      if (long === undefined && carried + part.length <= MAX_EVENT) keep(part);
      else keepOutline(part);
    },
    finish(part) {
      lastWasDropped = false;
      if (long !== undefined || carried + part.length > MAX_EVENT) return finishLong(part);
      if (carried === 0) return deliver(part);
      keep(part);
      const whole = carry.subarray(0, carried);
      carried = 0;
      // What the caller gets must not be written over by the next event.
      deliver(output === undefined ? whole : Buffer.from(whole));
    },
    lineFeed(byte) {
      if (isInEvent()) this.hold(byte);
      else if (!lastWasDropped) output?.add(byte);
    },
  };
}

interface Output {
  add(part: Uint8Array): void;
  take(chunk: Uint8Array): Uint8Array;
}

/** Collects what the caller is to have; parts that lie side by side in the chunk stay one. */
function createOutput(): Output {
  let parts: Uint8Array[] = [];
  return {
    add(part) {
      if (part.length === 0) return;
      const last = parts[parts.length - 1];
      if (
        last !== undefined &&
        last.buffer === part.buffer &&
        last.byteOffset + last.length === part.byteOffset
      ) {
        parts[parts.length - 1] = view(part, last.byteOffset, last.length + part.length);
      } else {
        parts.push(part);
      }
    },
    take(chunk) {
      const taken = parts;
      parts = [];
      const [first] = taken;
      if (first === undefined) return NO_BYTES;
      const isWhole = taken.length === 1 && first.length === chunk.length && first.buffer === chunk.buffer;
      return isWhole ? chunk : concat(taken, Buffer.isBuffer(chunk));
    },
  };
}

const view = (like: Uint8Array, offset: number, length: number): Uint8Array =>
  new Uint8Array(like.buffer, offset, length);

function concat(parts: readonly Uint8Array[], asBuffer: boolean): Uint8Array {
  if (asBuffer) return Buffer.concat(parts);
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
