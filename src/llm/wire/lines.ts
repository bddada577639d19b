/** A file with a JSON object in each line, read as it comes, one line at a time. */
import { parseJson } from './body.js';
import { createEventStream } from './sse.js';

export interface LineReader {
  push(bytes: Uint8Array): void;
  end(): void;
}

const OPEN_OBJECT = 0x7b;

/**
 * Reads JSON, line by line. `take` gives whether to go on: so a file of another kind is left alone from its first line on,
 * and one that is no JSON from its first byte.
 */
export function readLines(take: (value: unknown, index: number) => boolean): LineReader {
  let index = 0;
  let isOff = false;
  const line = (value: unknown): void => {
    if (!isOff) isOff = !take(value, index++);
  };
  const lines = createEventStream(false, false, {
    event(text) {
      if (text.trim() !== '') line(parseJson(text));
      return undefined;
    },
    longEvent: line,
  });
  let isFirst = true;
  return {
    push(bytes) {
      if (bytes.length === 0) return;
      if (isFirst) isOff = bytes[0] !== OPEN_OBJECT;
      isFirst = false;
      if (!isOff) lines.push(bytes);
    },
    end: () => void (isOff || lines.end()),
  };
}
