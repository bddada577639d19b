/**
 * Cuts SQL of any dialect into the few tokens the parser needs, in linear time. Comments vanish; strings, numbers
 * and parameters become literals whose text nobody looks at.
 */
import { keywordAt, type Keywords } from './keywords.js';
import {
  classOf, COMMENT, DIGIT, endOfDollarQuoted, endOfFlatComment, endOfLine, endOfName, endOfNestedComment, endOfNumber,
  endOfQuoted, isNamePart, isStringPrefix, LETTER, PUNCTUATION, SPACE, type Backslash,
} from './text.js'; // prettier-ignore

/** Kinds of tokens: a word is an unquoted name or a keyword, a mark one character of punctuation. */
export const END = 0, WORD = 1, QUOTED = 2, LITERAL = 3, MARK = 4; // prettier-ignore
/** Marks, by their character codes. */
export const OPEN = 0x28, CLOSE = 0x29, COMMA = 0x2c, DOT = 0x2e, SEMICOLON = 0x3b; // prettier-ignore

const QUOTE = 0x27, DOUBLE_QUOTE = 0x22, BACKTICK = 0x60, DOLLAR = 0x24, HASH = 0x23, STAR = 0x2a; // prettier-ignore
const DASH = 0x2d, SLASH = 0x2f, COLON = 0x3a, AT = 0x40, BANG = 0x21; // prettier-ignore
const OPEN_BRACKET = 0x5b, CLOSE_BRACKET = 0x5d; // prettier-ignore

/**
 * How many tokens are given to the parser, beside what is skimmed: after that the text is as if it ended there. What
 * needs more is no statement, but made to be slow.
 */
export const MAX_TOKENS = 80_000;

/** `over` is by how much the depth is more than the floor. */
const isStop = (code: number, over: number, commas: boolean): boolean =>
  over <= 0 && (code === CLOSE || (code === COMMA && commas && over === 0));

/** A class, since making a dozen closures for each text would take longer than reading most texts does. */
export class Tokens {
  kind = END;
  /** The token's place in the text; of a quoted name without its quotes. */
  start = 0;
  end = 0;
  /** Upper case when the word is one of the keywords, else ''. */
  keyword = '';
  /** The character code when it is a mark, else 0. */
  mark = 0;
  /** What stands right before the token, if that is a keyword or `(`. */
  before = '';
  /** Parentheses open behind the token. */
  depth = 0;
  /** How many tokens were given so far. */
  count = 0;

  private at = 0;
  // Once a comment or bracket has no end, later ones of that kind are not looked for again: time stays linear.
  private commentsNest = true;
  private brackets = true;
  private inRunComment = false;

  constructor(
    readonly text: string,
    private readonly keywords: Keywords,
    /** Those that `skim` goes to. */
    private readonly landmarks: Keywords,
    private readonly backslash: Backslash,
  ) {}

  /** Goes one token further. `wantsName` where a table may follow: there `#x` and `[x]` are names. */
  next(wantsName = false): void {
    const { text } = this;
    if (this.isOver()) return;
    for (;;) {
      const start = this.at;
      if (start >= text.length) return this.take(END, text.length, text.length);
      const code = text.charCodeAt(start);
      switch (classOf(code)) {
        case SPACE:
          this.at++;
          break;
        case LETTER:
          return this.word(start);
        case DIGIT:
          return this.take(LITERAL, start, endOfNumber(text, start + 1));
        case PUNCTUATION:
          return this.punctuation(start, code);
        case COMMENT:
          if (!this.skipped(start, code, wantsName)) return this.sign(start, code, wantsName);
          break;
        default:
          return this.sign(start, code, wantsName);
      }
    }
  }

  /**
   * Goes on to the next landmark, semicolon or end; also to a parenthesis that leaves less than `floor` of them open,
   * and, with `commas`, to a comma at that depth. All else says nothing where no name is awaited, and is passed at a
   * few nanoseconds a character.
   */
  skim(floor: number, commas: boolean): void {
    const { text } = this;
    if (this.isOver()) return;
    for (let at = this.at; at < text.length; at = this.at) {
      const code = text.charCodeAt(at);
      switch (classOf(code)) {
        case SPACE:
          this.at = at + 1;
          continue;
        case LETTER:
          if (this.passWord(at)) return;
          break;
        case DIGIT:
          this.mark = 0;
          this.at = endOfNumber(text, at + 1);
          break;
        case PUNCTUATION:
          if (code === SEMICOLON || isStop(code, this.depth - floor, commas)) {
            return this.punctuation(at, code);
          }
          this.pass(at, code);
          this.before = code === OPEN ? '(' : '';
          continue;
        case COMMENT:
          if (this.skipped(at, code, false)) continue;
          this.sign(at, code, false);
          break;
        default:
          this.sign(at, code, false);
      }
      this.before = '';
    }
    this.take(END, text.length, text.length);
  }

  /** Goes on to the first word of the next statement. */
  skimToWord(): void {
    const { text } = this;
    if (this.isOver()) return;
    for (let at = this.at; at < text.length; at = this.at) {
      const code = text.charCodeAt(at);
      switch (classOf(code)) {
        case SPACE:
          this.at = at + 1;
          break;
        case LETTER:
          this.word(at);
          if (this.kind === WORD) return;
          break;
        case DIGIT:
          this.at = endOfNumber(text, at + 1);
          break;
        case PUNCTUATION:
          this.pass(at, code);
          break;
        case COMMENT:
          if (!this.skipped(at, code, false)) this.pass(at, code);
          break;
        default:
          this.sign(at, code, false);
          if (this.kind === WORD && this.start === at) return;
      }
    }
    this.take(END, text.length, text.length);
  }

  private isOver(): boolean {
    this.before = this.mark === OPEN ? '(' : this.keyword;
    if (this.count++ < MAX_TOKENS) return false;
    this.take(END, this.text.length, this.text.length);
    return true;
  }

  private take(kind: number, start: number, end: number, next = end): void {
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.keyword = '';
    this.mark = 0;
    this.at = next;
  }

  private takeMark(start: number, code: number, next: number): void {
    this.take(MARK, start, next);
    this.mark = code;
  }

  private punctuation(start: number, code: number): void {
    this.take(MARK, start, start + 1);
    this.pass(start, code);
  }

  private pass(start: number, code: number): void {
    this.mark = code;
    this.at = start + 1;
    if (code === OPEN) this.depth++;
    else if (code === CLOSE && this.depth > 0) this.depth--;
    else if (code === SEMICOLON) this.depth = 0;
  }

  /** Also a string's prefix: `E'…'`. After a dot there are no keywords. */
  private word(start: number): void {
    const { text, mark } = this;
    const end = endOfName(text, start + 1);
    if (isStringPrefix(text, start, end)) return this.prefixed(start, end);
    this.take(WORD, start, end);
    if (mark !== DOT) this.keyword = keywordAt(this.keywords, text, start, end);
  }

  /** The same where only landmarks matter: true when it is one. */
  private passWord(start: number): boolean {
    const { text, mark } = this;
    const end = endOfName(text, start + 1);
    this.at = end;
    this.mark = 0;
    if (mark !== DOT && end - start > 1) {
      const keyword = keywordAt(this.landmarks, text, start, end);
      if (keyword !== '') {
        this.take(WORD, start, end);
        this.keyword = keyword;
        return true;
      }
    }
    if (isStringPrefix(text, start, end)) this.prefixed(start, end);
    return false;
  }

  private prefixed(start: number, end: number): void {
    const isEscape = end - start === 1 && (this.text.charCodeAt(start) | 32) === 0x65;
    this.string(end, isEscape ? 'escapes' : this.backslash);
  }

  private string(start: number, backslash: Backslash): void {
    const end = endOfQuoted(this.text, QUOTE, start + 1, backslash);
    this.take(LITERAL, start, end < 0 ? this.text.length : end);
  }

  /** An unfinished quoted name is no name: it would hold whatever comes after it. */
  private quotedName(start: number, quote: number, backslash: Backslash): void {
    const end = endOfQuoted(this.text, quote, start + 1, backslash);
    if (end < 0) this.take(END, this.text.length, this.text.length);
    else this.take(QUOTED, start + 1, end - 1, end);
  }

  /** An array's subscript follows a name, `)`, `]` or `"` at once; a T-SQL name never does. */
  private bracket(start: number, wantsName: boolean): void {
    const { text } = this;
    if (!this.brackets) return this.takeMark(start, OPEN_BRACKET, start + 1);
    const before = text.charCodeAt(start - 1);
    const follows =
      isNamePart(before) || before === CLOSE || before === CLOSE_BRACKET || before === DOUBLE_QUOTE;
    const isSubscript = !wantsName && follows;
    const end = isSubscript ? -1 : endOfQuoted(text, CLOSE_BRACKET, start + 1, 'plain');
    if (end >= 0) return this.take(QUOTED, start + 1, end - 1, end);
    this.brackets = isSubscript;
    this.takeMark(start, OPEN_BRACKET, start + 1);
  }

  /** A dollar quote, or a parameter: `$1`, `$name`. */
  private dollar(start: number): void {
    const end = endOfDollarQuoted(this.text, start);
    this.take(LITERAL, start, end < 0 ? endOfName(this.text, start + 1) : end);
  }

  /** `:name` is a parameter, `::name` a cast. */
  private colon(start: number): void {
    const following = this.text.charCodeAt(start + 1);
    if (following === COLON) this.takeMark(start, COLON, start + 2);
    else if (isNamePart(following)) this.take(LITERAL, start, endOfName(this.text, start + 1));
    else this.takeMark(start, COLON, start + 1);
  }

  /** `@x`, `@@x`, `#x`, `##x`: T-SQL's variables and temporary tables. Alone they are operators. */
  private prefixedName(start: number, code: number): void {
    const name = this.text.charCodeAt(start + 1) === code ? start + 2 : start + 1;
    const end = endOfName(this.text, name);
    if (end > name) this.take(WORD, start, end);
    else this.takeMark(start, code, end);
  }

  /** True when a comment, or what is as good as a space, began here and is passed. */
  private skipped(start: number, code: number, wantsName: boolean): boolean {
    const { text } = this;
    const following = text.charCodeAt(start + 1);
    if (code === DASH && following === DASH) this.at = endOfLine(text, start + 2);
    else if (code === SLASH && following === STAR) this.at = this.endOfComment(start);
    else if (this.inRunComment && code === STAR && following === SLASH) this.at = start + 2;
    else if (code === HASH && this.isHashComment(start, wantsName)) this.at = endOfLine(text, start + 1);
    else return false;
    return true;
  }

  /** PostgreSQL and T-SQL nest comments, MySQL and SQLite do not: the first that has no end then tells. */
  private endOfComment(start: number): number {
    const { text } = this;
    if (text.charCodeAt(start + 2) === BANG) {
      // MySQL runs what is in /*! … */: only its beginning and its end are skipped.
      this.inRunComment = true;
      return endOfName(text, start + 3);
    }
    const end = this.commentsNest ? endOfNestedComment(text, start + 2) : -1;
    this.commentsNest = end >= 0;
    return end >= 0 ? end : endOfFlatComment(text, start + 2);
  }

  /**
   * `#` begins a comment in MySQL alone, which is the only one to read backslashes, too; a temporary table in T-SQL,
   * and `#`, `##`, `#>`, `#-`, `#=` are operators in PostgreSQL.
   */
  private isHashComment(start: number, wantsName: boolean): boolean {
    const following = this.text.charCodeAt(start + 1);
    if (this.backslash === 'plain' || /[>=-]/.test(String.fromCharCode(following))) return false;
    return !wantsName || !isNamePart(following === HASH ? this.text.charCodeAt(start + 2) : following);
  }

  private sign(start: number, code: number, wantsName: boolean): void {
    switch (code) {
      case QUOTE:
        return this.string(start, this.backslash);
      case DOUBLE_QUOTE:
        return this.quotedName(start, code, this.backslash);
      case BACKTICK:
        return this.quotedName(start, code, 'plain');
      case OPEN_BRACKET:
        return this.bracket(start, wantsName);
      case DOLLAR:
        return this.dollar(start);
      case COLON:
        return this.colon(start);
      case AT:
      case HASH:
        return this.prefixedName(start, code);
      default:
        return this.takeMark(start, code, start + 1);
    }
  }
}
