/**
 * The outline of a JSON text: the same text without long strings and without arrays of numbers. What usage, model
 * and counts are read from is in it; base64 images, embeddings and the words of an answer are not. So a body of any
 * size is read in bounded memory, and no text of it is kept.
 */

export interface Outline {
  push(bytes: Uint8Array): void;
  /** Undefined when the outline itself was too long. */
  text(): string | undefined;
}

/** Longer strings become empty ones. Model names and costs are shorter. */
const MAX_STRING = 256;
const MAX_OUTLINE = 256 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

type Mode = 'structure' | 'string' | 'long string' | 'numbers';

export function createOutline(): Outline {
  const out = Buffer.allocUnsafe(MAX_OUTLINE);
  let length = 0;
  let overflow = false;
  let mode: Mode = 'structure';
  let escaped = false;
  let stringStart = 0;
  let arrayOpened = false;

  const put = (byte: number): void => {
    if (length < MAX_OUTLINE) out[length++] = byte;
    else overflow = true;
  };

  function structure(byte: number): void {
    if (byte <= 0x20) return;
    if (arrayOpened && isNumberStart(byte)) {
      mode = 'numbers';
    } else {
      put(byte);
      if (byte === QUOTE) {
        mode = 'string';
        stringStart = length;
      }
    }
    arrayOpened = byte === OPEN_ARRAY;
  }

  function string(byte: number): void {
    if (!escaped && byte === QUOTE) {
      mode = 'structure';
      put(byte);
      return;
    }
    escaped = !escaped && byte === BACKSLASH;
    if (mode === 'long string') return;
    put(byte);
    if (length - stringStart > MAX_STRING) {
      length = stringStart;
      mode = 'long string';
    }
  }

  return {
    push(bytes) {
      for (let i = 0; i < bytes.length && !overflow; i++) {
        const byte = bytes[i] as number;
        if (mode === 'structure') structure(byte);
        else if (mode !== 'numbers') {
          if (mode === 'long string' && !escaped) i = skipPlain(bytes, i);
          if (i < bytes.length) string(bytes[i] as number);
        } else if ((i = indexFrom(bytes, CLOSE_ARRAY, i)) < bytes.length) {
          mode = 'structure';
          put(CLOSE_ARRAY);
        }
      }
    },
    text: () => (overflow ? undefined : out.toString('utf8', 0, length)),
  };
}

const isNumberStart = (byte: number): boolean => byte === 0x2d || (byte >= 0x30 && byte <= 0x39);

function indexFrom(bytes: Uint8Array, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found === -1 ? bytes.length : found;
}

/** The next quote or backslash at or after `from`. */
function skipPlain(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length && bytes[i] !== QUOTE && bytes[i] !== BACKSLASH) i++;
  return i;
}
