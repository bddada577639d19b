/** Where things in SQL text end: names, comments, quotes. Pure index arithmetic, each call linear in what it passes. */

/** Quotes, operators, whatever needs a closer look; also what is past the end. */
export const OTHER = 0;
export const SPACE = 1;
/** Punctuation that is always a mark of its own. */
export const PUNCTUATION = 2;
/** What a comment may begin with. */
export const COMMENT = 3;
export const LETTER = 4;
export const DIGIT = 5;

const CLASSES = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (code <= 32 || code === 0xa0) return SPACE;
  if (/[a-z_\x80-\xff]/i.test(char)) return LETTER;
  if (/\d/.test(char)) return DIGIT;
  return /[-/*#]/.test(char) ? COMMENT : /[(),.;=+<>?%&|^~{}]/.test(char) ? PUNCTUATION : OTHER;
});

/** Whatever lies beyond ASCII is a letter, but for the spaces that editors paste. NaN (past the end) is nothing. */
export function classOf(code: number): number {
  return code < 256 ? (CLASSES[code] as number) : foreignClass(code);
}

function foreignClass(code: number): number {
  if (code === 0x2028 || code === 0x2029 || code === 0x3000 || code === 0xfeff) return SPACE;
  return code >= 256 ? LETTER : OTHER;
}

export function isNamePart(code: number): boolean {
  return classOf(code) >= LETTER || code === 0x24;
}

export function endOfName(text: string, index: number): number {
  while (index < text.length && isNamePart(text.charCodeAt(index))) index++;
  return index;
}

/** With its dots, exponents and underscores. */
export function endOfNumber(text: string, index: number): number {
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== 0x2e && !isNamePart(code)) break;
  }
  return index;
}

export function endOfLine(text: string, index: number): number {
  while (index < text.length && text.charCodeAt(index) !== 0x0a) index++;
  return Math.min(index + 1, text.length);
}

/** The end of a comment whose text begins at `index`; -1 when those nested in it leave it without one. */
export function endOfNestedComment(text: string, index: number): number {
  let depth = 1;
  const last = text.length - 1;
  for (let i = index; i < last; i++) {
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
 * it was no end. Character by character: most strings are shorter than a call of `indexOf` takes.
 */
export function endOfQuoted(text: string, quote: number, index: number, backslash: Backslash): number {
  const last = text.length - 1;
  let isEscaped = false;
  for (let i = index; i <= last; i++) {
    const code = text.charCodeAt(i);
    if (code !== quote) {
      isEscaped = code === 0x5c && !isEscaped;
      continue;
    }
    const following = i < last ? text.charCodeAt(i + 1) : 0;
    const isDoubled = following === quote;
    const isInside =
      isEscaped && backslash !== 'plain' && (backslash === 'escapes' || isDoubled || isNamePart(following));
    isEscaped = false;
    if (isInside) continue;
    if (!isDoubled) return i + 1;
    i++;
  }
  return -1;
}

/** PostgreSQL cuts names at 63 bytes; what is longer is no tag. */
const DOLLAR_TAG = /\$(?:[a-z_\x80-\uffff][\w\x80-\uffff]{0,62})?\$/iy;

/** The end of `$$ … $$` or `$tag$ … $tag$`; -1 when no such quote begins here. */
export function endOfDollarQuoted(text: string, index: number): number {
  const tag = dollarTag(text, index);
  if (tag === undefined) return -1;
  const close = text.indexOf(tag, index + tag.length);
  return close < 0 ? text.length : close + tag.length;
}

function dollarTag(text: string, index: number): string | undefined {
  const following = text.charCodeAt(index + 1);
  if (following === 0x24) return '$$';
  // $1, the most frequent by far.
  if (classOf(following) !== LETTER) return undefined;
  DOLLAR_TAG.lastIndex = index;
  return DOLLAR_TAG.exec(text)?.[0];
}

/** `E'…'`, `N'…'`, `B'…'`, `X'…'`, `_utf8mb4'…'`: a word that a quote follows. */
export function isStringPrefix(text: string, start: number, end: number): boolean {
  if (end >= text.length || text.charCodeAt(end) !== 0x27) return false;
  const first = text.charCodeAt(start);
  if (end - start > 1) return first === 0x5f;
  const letter = first | 32;
  return letter === 0x65 || letter === 0x6e || letter === 0x62 || letter === 0x78;
}
