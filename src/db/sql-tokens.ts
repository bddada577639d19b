/**
 * Cuts SQL of any dialect into the few tokens the parser needs, in linear time. Comments vanish; strings, numbers
 * and parameters become `literal` tokens whose text nobody looks at.
 */
import * as sql from './sql-text.js';
import { classOf, endOfName, isNamePart } from './sql-text.js';

/** `word`: unquoted name or keyword. `quoted`: quoted name. `mark`: one character of punctuation. */
export type TokenKind = 'word' | 'quoted' | 'literal' | 'mark' | 'end';

export interface Tokens {
  kind: TokenKind;
  /** The token's place in the text; of a quoted name without its quotes. */
  start: number;
  end: number;
  /** Upper case when the word is one of the keywords given, else ''. */
  keyword: string;
  /** The character when it is a mark, else ''. */
  mark: string;
  /** Goes one token further. `wantsName` where a table may follow: there `#x` and `[x]` are names. */
  next(wantsName?: boolean): void;
}

export interface Keywords {
  readonly words: ReadonlySet<string>;
  /** For each first letter (lower case) the lengths of the keywords that begin so, as bits: most words are none. */
  readonly lengths: readonly number[];
}

export function keywordTable(words: Iterable<string>): Keywords {
  const lengths = new Array<number>(128).fill(0);
  const all = new Set(words);
  for (const word of all) (lengths[word.charCodeAt(0) | 32] as number) |= 1 << word.length;
  return { words: all, lengths };
}

const STRING_PREFIX = /^(?:[enbx]|_[a-z0-9]+)$/i;
const LONGEST_PREFIX = 12;
const LONGEST_KEYWORD = 30;

export function tokenize(text: string, { words, lengths }: Keywords): Tokens {
  let at = 0;
  // Once a comment or bracket has no end, later ones of that kind are not looked for again: time stays linear.
  let commentsNest = true;
  let brackets = true;
  let inRunComment = false;

  const code = (index: number): number => text.charCodeAt(index);

  function take(kind: TokenKind, start: number, end: number, next = end): void {
    const afterDot = tokens.mark === '.';
    tokens.kind = kind;
    tokens.start = start;
    tokens.end = end;
    tokens.keyword = kind === 'word' && !afterDot ? keywordAt(start, end) : '';
    tokens.mark = kind === 'mark' ? (text[start] as string) : '';
    at = next;
  }

  function keywordAt(start: number, end: number): string {
    const length = end - start;
    if (length > LONGEST_KEYWORD || ((lengths[code(start) | 32] ?? 0) & (1 << length)) === 0) return '';
    const word = text.slice(start, end).toUpperCase();
    return words.has(word) ? word : '';
  }

  /** PostgreSQL and T-SQL nest comments, MySQL and SQLite do not: the first that has no end then tells. */
  function endOfComment(index: number): number {
    const end = commentsNest ? sql.endOfNestedComment(text, index) : -1;
    commentsNest = end >= 0;
    return commentsNest ? end : sql.endOfFlatComment(text, index);
  }

  function string(start: number, backslash: sql.Backslash): void {
    const end = sql.endOfQuoted(text, "'", start + 1, backslash);
    take('literal', start, end < 0 ? text.length : end);
  }

  /** An unfinished quoted name is no name: it would hold whatever comes after it. */
  function quotedName(start: number, quote: string, backslash: sql.Backslash): void {
    const end = sql.endOfQuoted(text, quote, start + 1, backslash);
    if (end < 0) take('end', text.length, text.length);
    else take('quoted', start + 1, end - 1, end);
  }

  /** An array's subscript follows a name, `)`, `]` or `"` at once; a T-SQL name never does. */
  function bracket(start: number, wantsName: boolean): void {
    const before = code(start - 1);
    const isSubscript =
      !wantsName && (isNamePart(before) || before === 0x29 || before === 0x5d || before === 0x22);
    const end = isSubscript || !brackets ? -1 : sql.endOfQuoted(text, ']', start + 1, 'plain');
    if (end >= 0) return take('quoted', start + 1, end - 1, end);
    brackets &&= isSubscript;
    take('mark', start, start + 1);
  }

  /** A dollar quote, or a parameter: `$1`, `$name`. */
  function dollar(start: number): void {
    const end = sql.endOfDollarQuoted(text, start);
    take('literal', start, end < 0 ? endOfName(text, start + 1) : end);
  }

  function word(start: number): void {
    const end = endOfName(text, start + 1);
    const isPrefix =
      code(end) === 0x27 && end - start < LONGEST_PREFIX && STRING_PREFIX.test(text.slice(start, end));
    if (isPrefix) string(end, end - start === 1 && (code(start) | 32) === 0x65 ? 'escapes' : 'guess');
    else take('word', start, end);
  }

  /** Numbers, with their dots, exponents and underscores. */
  function number(start: number): void {
    let end = start + 1;
    while (isNamePart(code(end)) || code(end) === 0x2e) end++;
    take('literal', start, end);
  }

  /** `:name` is a parameter, `::name` a cast. */
  function colon(start: number): void {
    if (code(start + 1) === 0x3a) take('mark', start, start + 2);
    else if (isNamePart(code(start + 1))) take('literal', start, endOfName(text, start + 1));
    else take('mark', start, start + 1);
  }

  /** `@x`, `@@x`, `#x`, `##x`: T-SQL's variables and temporary tables. Alone they are operators. */
  function prefixedName(start: number): void {
    const name = code(start + 1) === code(start) ? start + 2 : start + 1;
    const end = endOfName(text, name);
    take(end > name ? 'word' : 'mark', start, end);
  }

  /** True when a comment, or what is as good as a space, began here and `at` is behind it. */
  function skipped(start: number, char: number, wantsName: boolean): boolean {
    const following = code(start + 1);
    if (char === 0x2d && following === 0x2d) at = sql.endOfLine(text, start + 2);
    else if (char === 0x2f && following === 0x2a) {
      // MySQL runs what is in /*! … */: only its beginning and its end are skipped.
      const isRun = code(start + 2) === 0x21;
      inRunComment ||= isRun;
      at = isRun ? endOfName(text, start + 3) : endOfComment(start + 2);
    } else if (inRunComment && char === 0x2a && following === 0x2f) at = start + 2;
    else if (char === 0x23 && isHashComment(start, wantsName)) at = sql.endOfLine(text, start + 1);
    else return false;
    return true;
  }

  /** `#` begins a comment in MySQL, a temporary table in T-SQL, and `#>`, `#-`, `#=` in PostgreSQL. */
  function isHashComment(start: number, wantsName: boolean): boolean {
    const following = code(start + 1);
    if (following === 0x3e || following === 0x2d || following === 0x3d) return false;
    return !wantsName || !isNamePart(following === 0x23 ? code(start + 2) : following);
  }

  function punctuation(start: number, char: number, wantsName: boolean): void {
    if (char === 0x27) string(start, 'guess');
    else if (char === 0x22) quotedName(start, '"', 'guess');
    else if (char === 0x60) quotedName(start, '`', 'plain');
    else if (char === 0x5b) bracket(start, wantsName);
    else if (char === 0x24) dollar(start);
    else if (char === 0x3a) colon(start);
    else if (char === 0x40 || char === 0x23) prefixedName(start);
    else take('mark', start, start + 1);
  }

  function next(wantsName = false): void {
    for (;;) {
      const start = at;
      if (start >= text.length) return take('end', text.length, text.length);
      const char = code(start);
      const kind = classOf(char);
      if (kind === sql.SPACE) at++;
      else if (kind === sql.LETTER) return word(start);
      else if (kind === sql.DIGIT) return number(start);
      else if (!skipped(start, char, wantsName)) return punctuation(start, char, wantsName);
    }
  }

  const tokens: Tokens = { kind: 'end', start: 0, end: 0, keyword: '', mark: '', next };
  return tokens;
}
