/** Where things in SQL text end: names, comments, quotes. Pure index arithmetic, each call linear in what it passes. */

export const SPACE = 1;
/** Punctuation that is always a mark of its own. */
export const MARK = 2;
export const LETTER = 3;
export const DIGIT = 4;

const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (code <= 32) return SPACE;
  return /[a-z_]/i.test(char) ? LETTER : /\d/.test(char) ? DIGIT : /[(),.;=+<>?]/.test(char) ? MARK : 0;
});

/** Whatever lies beyond ASCII is a letter, but for the spaces that editors paste. NaN (past the end) is nothing. */
export function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] as number) : foreignClass(code);
}

function foreignClass(code: number): number {
  if (code === 0xa0 || code === 0x2028 || code === 0x2029 || code === 0x3000 || code === 0xfeff) return SPACE;
  return code >= 128 ? LETTER : 0;
}

export function isNamePart(code: number): boolean {
  return code < 128 ? (CLASSES[code] as number) >= LETTER || code === 0x24 : foreignClass(code) === LETTER;
}

export function endOfName(text: string, index: number): number {
  while (isNamePart(text.charCodeAt(index))) index++;
  return index;
}

export function endOfLine(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end < 0 ? text.length : end + 1;
}

/** The end of a comment whose text begins at `index`; -1 when those nested in it leave it without one. */
export function endOfNestedComment(text: string, index: number): number {
  let depth = 1;
  for (let i = index; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2a && text.charCodeAt(i + 1) === 0x2f) {
      if (--depth === 0) return i + 2;
      i++;
    } else if (code === 0x2f && text.charCodeAt(i + 1) === 0x2a) {
      depth++;
      i++;
    }
  }
  return -1;
}

export function endOfFlatComment(text: string, index: number): number {
  const end = text.indexOf('*/', index);
  return end < 0 ? text.length : end + 2;
}

/** What a backslash before the closing quote means. `guess`: the dialect is not known, what follows must tell. */
export type Backslash = 'escapes' | 'guess' | 'plain';

/**
 * The index after the closing quote, -1 when there is none. A doubled quote stands for one. Whether `\'` ends a
 * string depends on dialect and settings: after an end no letter and no further quote can come, so where one comes
 * it was no end.
 */
export function endOfQuoted(text: string, quote: number, index: number, backslash: Backslash): number {
  const char = String.fromCharCode(quote);
  for (let i = text.indexOf(char, index); i >= 0; i = text.indexOf(char, i + 1)) {
    const following = text.charCodeAt(i + 1);
    const doubled = following === quote;
    if (backslash !== 'plain' && isAfterOddBackslashes(text, index, i)) {
      if (backslash === 'escapes' || doubled || isNamePart(following)) continue;
    }
    if (!doubled) return i + 1;
    i++;
  }
  return -1;
}

function isAfterOddBackslashes(text: string, from: number, index: number): boolean {
  let first = index;
  while (first > from && text.charCodeAt(first - 1) === 0x5c) first--;
  return (index - first) % 2 === 1;
}

/** PostgreSQL cuts names at 63 bytes; what is longer is no tag. */
const DOLLAR_TAG = /\$(?:[a-z_\x80-\uffff][\w\x80-\uffff]{0,62})?\$/iy;

/** The end of `$$ … $$` or `$tag$ … $tag$`; -1 when no such quote begins here. */
export function endOfDollarQuoted(text: string, index: number): number {
  DOLLAR_TAG.lastIndex = index;
  const tag = DOLLAR_TAG.exec(text)?.[0];
  if (tag === undefined) return -1;
  const close = text.indexOf(tag, index + tag.length);
  return close < 0 ? text.length : close + tag.length;
}
