/** Asks for the usage of a streamed chat, by changing nothing else in the text of the request. */
import { parseJson } from '../wire/body.js';

/**
 * The same request with `stream_options.include_usage`; undefined where it is no stream, asks for usage itself, or
 * cannot be changed safely. The text is changed in place: written anew, numbers and the order of members might differ.
 */
export function askForUsage(text: string, request: unknown = parseJson(text)): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { stream, stream_options: options } = request as { stream?: unknown; stream_options?: unknown };
  const open = text.indexOf('{');
  if (stream !== true || open === -1) return undefined;
  if (options === undefined)
    return `${text.slice(0, open + 1)}"stream_options":{"include_usage":true},${text.slice(open + 1)}`;
  if (typeof options !== 'object' || Array.isArray(options)) return undefined;
  if ((options as { include_usage?: unknown } | null)?.include_usage === true) return undefined;
  const value = memberValue(text, open, 'stream_options');
  if (value === undefined) return undefined;
  return (
    text.slice(0, value.from) + JSON.stringify({ ...options, include_usage: true }) + text.slice(value.to)
  );
}

/** The same for a request in bytes. Read as latin1, so that bytes which are no UTF-8 come out as they went in. */
export function askForUsageInBytes(body: Uint8Array, request?: unknown): Uint8Array | undefined {
  const text = askForUsage(
    Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'),
    request,
  );
  return text === undefined ? undefined : new Uint8Array(Buffer.from(text, 'latin1'));
}

/** Where the value of a member of the outermost object stands; undefined when it is there twice or not at all. */
function memberValue(text: string, open: number, name: string): { from: number; to: number } | undefined {
  let found: { from: number; to: number } | undefined;
  let at = open + 1;
  while (at < text.length) {
    const keyStart = text.indexOf('"', at);
    if (keyStart === -1) break;
    const keyEnd = skipString(text, keyStart);
    const from = skipSpace(text, text.indexOf(':', keyEnd) + 1);
    const to = skipValue(text, from);
    if (parseJson(text.slice(keyStart, keyEnd)) === name) {
      if (found !== undefined) return undefined;
      found = { from, to };
    }
    at = skipSpace(text, to);
    if (text[at] !== ',') break;
  }
  return found;
}

/** Past a string that begins at `from`. */
function skipString(text: string, from: number): number {
  let i = from + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function skipSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && text.charCodeAt(i) <= 32) i++;
  return i;
}

/** Past any JSON value; the text is known to be JSON. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '"') i = skipString(text, i) - 1;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (depth === 0) return trimEnd(text, i);
      depth--;
    } else if (char === ',' && depth === 0) return trimEnd(text, i);
  }
  return text.length;
}

function trimEnd(text: string, end: number): number {
  let i = end;
  while (text.charCodeAt(i - 1) <= 32) i--;
  return i;
}
