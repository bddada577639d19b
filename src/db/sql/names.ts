/** Reads the names of tables off the tokens. */
import { DOT, END, OPEN, QUOTED, SEMICOLON, WORD, type Tokens } from './tokens.js';

/** What comes where a table could, and is none. */
const CLAUSES: ReadonlySet<string> = new Set(
  'SELECT WITH VALUES INSERT UPDATE DELETE MERGE WHERE SET ON USING GROUP ORDER HAVING LIMIT UNION INTERSECT EXCEPT RETURNING WINDOW FROM JOIN INTO AS'.split(
    ' ',
  ),
);
export const NAME_KEYWORDS = [...CLAUSES, 'OR'];

/** As many parts as a name has in any dialect: server, database, schema, table. */
const MAX_PARTS = 4;
const MAX_PART_LENGTH = 128;

export function isName(t: Tokens): boolean {
  return (t.kind === WORD || t.kind === QUOTED) && !CLAUSES.has(t.keyword);
}

/**
 * The dotted name that begins at the current token, which moves behind it. Unquoted parts in lower case, as
 * PostgreSQL folds them; quoted ones as they are.
 */
export function readName(t: Tokens): string {
  let name = namePart(t);
  t.next();
  for (let parts = 1; t.mark === DOT;) {
    t.next(true);
    if (t.kind !== WORD && t.kind !== QUOTED) continue;
    if (parts++ < MAX_PARTS) name += `.${namePart(t)}`;
    t.next();
  }
  return name;
}

function namePart(t: Tokens): string {
  const part = t.text.slice(t.start, Math.min(t.end, t.start + MAX_PART_LENGTH));
  if (t.kind === WORD) return part.toLowerCase();
  const close = t.text[t.end] as string;
  return part.replaceAll(close + close, close);
}

export function skipGroup(t: Tokens, limit = Infinity): void {
  const { depth } = t;
  while (t.depth >= depth && t.kind !== END && t.mark !== SEMICOLON && t.start < limit) t.skim(depth, false);
}

/** Of the words before a name those that may be the name itself: `INSERT INTO top (a)`, `UPDATE ignore SET a = 1`. */
const MAY_BE_NAMES: ReadonlySet<string> = new Set(
  'TOP PERCENT IGNORE DELAYED QUICK OVERWRITE BULK STATISTICS'.split(' '),
);

/** The name after the current token, past words of `noise` and groups such as `TOP (10)`; '' when there is none. */
export function readTarget(t: Tokens, noise: ReadonlySet<string>): string {
  let last = '';
  for (;;) {
    t.next(true);
    if (t.mark === OPEN) skipGroup(t);
    // INSERT OR REPLACE, UPDATE OR IGNORE
    else if (t.keyword === 'OR') t.next();
    else if (!noise.has(t.keyword)) return isName(t) ? readName(t) : last;
    else last = MAY_BE_NAMES.has(t.keyword) ? t.keyword.toLowerCase() : '';
  }
}
