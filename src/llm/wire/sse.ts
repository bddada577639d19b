/**
 * Cuts the bytes of a streamed answer into its events, SSE blocks or NDJSON lines, wherever the chunks were split,
 * and can take bytes out of events on their way to the caller.
 */
import { createJsonReader, type JsonReader } from './body.js';
import { createOutput, NO_BYTES, type Output } from './output.js';

export { NO_BYTES };

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

/**
 * @param isSse an event ends at an empty line; else at the end of each line.
 * @param holds hold an unfinished event back from the caller, since what `event` gives must be taken out of it.
 */
export function createEventStream(isSse: boolean, holds: boolean, handlers: EventHandlers): EventStream {
  const output = holds ? createOutput() : undefined;
  const joiner = createJoiner(output, handlers);
  let lineIsEmpty = true;
  let endedWithCr = false;

  /** A line feed that belongs to the carriage return which the last chunk ended with. Gives where the rest starts. */
  function finishCrlf(chunk: Buffer): number {
    const isLf = endedWithCr && chunk[0] === LF;
    endedWithCr = false;
    if (isLf) joiner.lineFeed(chunk);
    return isLf ? 1 : 0;
  }

  function cutUp(chunk: Buffer): void {
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
        joiner.finish(chunk, from, at);
        from = at;
      }
      lineIsEmpty = true;
      if (lf !== -1 && lf < at) lf = chunk.indexOf(LF, at);
      if (cr !== -1 && cr < at) cr = chunk.indexOf(CR, at);
    }
    if (at < chunk.length) lineIsEmpty = false;
    if (from < chunk.length) joiner.hold(chunk, from, chunk.length);
  }

  return {
    push(chunk) {
      if (chunk.length === 0) return chunk;
      const bytes = Buffer.isBuffer(chunk)
        ? chunk
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      cutUp(bytes);
      return output === undefined ? chunk : output.take(chunk, bytes);
    },
    end() {
      // The SDKs read an event that the stream ends in the middle of, though the standard says to drop it.
      if (joiner.isInEvent()) joiner.finish(EMPTY, 0, 0);
      return output === undefined ? NO_BYTES : output.take(NO_BYTES, EMPTY);
    },
  };
}

const EMPTY = Buffer.alloc(0);

/** What it is given is a part of a chunk: from the first byte, up to but not with the second. */
interface Joiner {
  /** A part of an event that goes on in the next chunk. */
  hold(chunk: Buffer, from: number, to: number): void;
  /** The last, or the only, part of an event. */
  finish(chunk: Buffer, from: number, to: number): void;
  /** The second half of a line's end, first in a chunk after the one with the other half. */
  lineFeed(chunk: Buffer): void;
  isInEvent(): boolean;
}

/** Puts the parts of an event together, as long as it is not too long to be kept. */
function createJoiner(output: Output | undefined, handlers: EventHandlers): Joiner {
  let carry = Buffer.allocUnsafe(0);
  let carried = 0;
  let long: JsonReader | undefined;
  let lastWasDropped = false;
  const isInEvent = (): boolean => carried > 0 || long !== undefined;

  function keep(chunk: Buffer, from: number, to: number): void {
    const size = to - from;
    if (carry.length < carried + size) {
      const grown = Buffer.allocUnsafe(Math.max(4096, 2 * (carried + size)));
      carry.copy(grown, 0, 0, carried);
      carry = grown;
    }
    chunk.copy(carry, carried, from, to);
    carried += size;
  }

  /** Goes on in outline, from where the event's JSON begins. */
  function keepOutline(chunk: Buffer, from: number, to: number): void {
    if (long === undefined) {
      keep(chunk, from, to);
      long = createJsonReader();
      const whole = Buffer.from(carry.subarray(0, carried));
      const start = whole.indexOf(OPEN_BRACE);
      if (start !== -1) long.push(whole.subarray(start));
      output?.add(whole, 0, carried);
      carried = 0;
      carry = Buffer.allocUnsafe(0);
    } else {
      long.push(chunk.subarray(from, to));
      output?.add(chunk, from, to);
    }
  }

  function finishLong(chunk: Buffer, from: number, to: number): void {
    keepOutline(chunk, from, to);
    const value = long?.value();
    long = undefined;
    if (value !== undefined) handlers.longEvent(value);
  }

  function deliver(bytes: Buffer, from: number, to: number): void {
    const cut = handlers.event(bytes.toString('latin1', from, to));
    if (output === undefined) return;
    if (cut === undefined) return output.add(bytes, from, to);
    lastWasDropped = cut.from === 0 && cut.to === to - from;
    output.add(bytes, from, from + cut.from);
    output.add(bytes, from + cut.to, to);
  }

  return {
    isInEvent,
    hold(chunk, from, to) {
      if (long === undefined && carried + to - from <= MAX_EVENT) keep(chunk, from, to);
      else keepOutline(chunk, from, to);
    },
    finish(chunk, from, to) {
      lastWasDropped = false;
      if (long !== undefined || carried + to - from > MAX_EVENT) return finishLong(chunk, from, to);
      if (carried === 0) return deliver(chunk, from, to);
      keep(chunk, from, to);
      const size = carried;
      carried = 0;
      // What the caller gets must not be written over by the next event.
      deliver(output === undefined ? carry : Buffer.from(carry.subarray(0, size)), 0, size);
    },
    lineFeed(chunk) {
      if (isInEvent()) this.hold(chunk, 0, 1);
      else if (!lastWasDropped) output?.add(chunk, 0, 1);
    },
  };
}
