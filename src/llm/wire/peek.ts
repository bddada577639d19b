/** Reads single members of a JSON text without parsing it: most messages of a voice session are sound, and do not matter. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Of nested values, in characters: longer ones are content, and nothing that matters stands behind them. */
const MAX_NESTED = 64 * 1024;

/**
 * The text of a string member of the outermost object. Undefined where it is not there, is no string, or the text ends
 * before it. Strings are jumped over, so that a long one costs next to nothing.
 */
export function memberOf(text: string, name: string): string | undefined {
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return undefined;
  for (;;) {
    const key = skipSpace(text, at + 1);
    if (text.charCodeAt(key) !== QUOTE) return undefined;
    const keyEnd = endOfString(text, key);
    const colon = skipSpace(text, keyEnd);
    if (text[colon] !== ':') return undefined;
    const from = skipSpace(text, colon + 1);
    const isString = text.charCodeAt(from) === QUOTE;
    if (keyEnd - key === name.length + 2 && text.startsWith(name, key + 1)) {
      const end = isString ? endOfString(text, from) : text.length + 1;
      return end > text.length ? undefined : text.slice(from + 1, end - 1);
    }
    at = skipSpace(text, isString ? endOfString(text, from) : endOfValue(text, from));
    if (text[at] !== ',') return undefined;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at++;
  return at;
}

/** Past a string that begins at `from`; past the text where it is cut off. */
function endOfString(text: string, from: number): number {
  let at = from;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length + 1;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** Past a number, a word, an object or an array; past the text where it is cut off or too long. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let steps = 0;
  for (let at = from; at < text.length && steps++ < MAX_NESTED; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) {
      if (depth <= 1) return depth === 1 ? at + 1 : at;
      depth--;
    } else if (code === 0x2c && depth === 0) return at;
  }
  return text.length + 1;
}

/** Text as a socket brings it: a string, or its bytes in UTF-8. */
export type SocketText = string | Buffer;

/** Where the members that matter nearly always stand. */
const HEAD = 320;

/** The same of a message. Bytes are looked through as latin1: what is sought is ASCII, and no byte of another letter is. */
export function memberOfMessage(message: SocketText, name: string): string | undefined {
  if (typeof message === 'string') return memberOf(message, name);
  const head = message.toString('latin1', 0, HEAD);
  let found = memberOf(head, name);
  if (found === undefined && message.length > HEAD && /^\s*\{/.test(head))
    found = memberOf(message.toString('latin1'), name);
  return found !== undefined && NOT_ASCII.test(found) ? Buffer.from(found, 'latin1').toString() : found;
}

/** What was found, as a string of its own, for whoever remembers it: a mere slice would keep the whole message alive. */
export const kept = (found: string | undefined): string | undefined =>
  found === undefined ? undefined : Buffer.from(found).toString();

const NOT_ASCII = /[^\0-\x7f]/;
