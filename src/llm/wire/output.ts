/** What of a stream the caller is to have: parts of the chunks as they came, without what was taken out of them. */

export const NO_BYTES = new Uint8Array(0);

export interface Output {
  /** Bytes that go to the caller: of `source` from the first, up to but not with the second. */
  add(source: Buffer, from: number, to: number): void;
  /** All that was added, as one chunk of the same type; the chunk itself where nothing of it is missing. */
  take(chunk: Uint8Array, bytes: Buffer): Uint8Array;
}

interface Part {
  readonly source: Buffer;
  readonly from: number;
  to: number;
}

export function createOutput(): Output {
  let parts: Part[] = [];
  let length = 0;
  return {
    add(source, from, to) {
      if (from === to) return;
      length += to - from;
      const last = parts[parts.length - 1];
      // Side by side in the chunk: they stay one.
      if (last?.source === source && last.to === from) last.to = to;
      else parts.push({ source, from, to });
    },
    take(chunk, bytes) {
      if (length === 0) return NO_BYTES;
      const taken = parts;
      const size = length;
      parts = [];
      length = 0;
      const isWhole = taken.length === 1 && taken[0]?.source === bytes && size === bytes.length;
      return isWhole ? chunk : joined(taken, size, Buffer.isBuffer(chunk));
    },
  };
}

function joined(parts: readonly Part[], size: number, asBuffer: boolean): Uint8Array {
  // Memory of its own: who gets a chunk of a web stream may send the whole of it away to another thread.
  const whole = asBuffer ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const { source, from, to } of parts) {
    if (to - from > LOOP) source.copy(whole, at, from, to);
    else for (let i = from; i < to; i++) whole[at + i - from] = source[i] as number;
    at += to - from;
  }
  return asBuffer ? whole : new Uint8Array(whole.buffer, 0, size);
}

/** So few bytes are copied faster one by one: what follows `"usage":null` is `}` and two line feeds. */
const LOOP = 16;
