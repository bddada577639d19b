/** Reads the names of tables off the tokens. */
import { COMMA, DOT, END, OPEN, QUOTED, SEMICOLON, WORD, type Tokens } from './tokens.js';

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
/** How far a target's alias is looked for: past it a bulk statement's values would be read for nothing. */
const ALIAS_REACH = 10_000;

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

function skipGroup(t: Tokens, limit = Infinity): void {
  const { depth } = t;
  while (t.depth >= depth && t.kind !== END && t.mark !== SEMICOLON && t.start < limit) t.skim(depth, false);
}

/** The name after the current token, past words of `noise` and groups such as `TOP (10)`; '' when there is none. */
export function readTarget(t: Tokens, noise: ReadonlySet<string>): string {
  for (;;) {
    t.next(true);
    if (t.mark === OPEN) skipGroup(t);
    // INSERT OR REPLACE, UPDATE OR IGNORE
    else if (t.keyword === 'OR') t.next();
    else if (!noise.has(t.keyword)) return isName(t) ? readName(t) : '';
  }
}

/**
 * What `target` stands for: in MySQL and T-SQL `DELETE u FROM users u` and `UPDATE u SET … FROM users u` name an
 * alias first.
 */
export function resolveAlias(t: Tokens, target: string): string {
  let inFrom = false;
  let wants = false;
  const end = t.start + ALIAS_REACH;
  while (t.kind !== END && t.mark !== SEMICOLON && t.start < end) {
    if (wants && isName(t)) {
      const name = readName(t);
      if (t.keyword === 'AS') t.next(true);
      if (isName(t) && readName(t) === target) return name;
      wants = false;
      continue;
    }
    if (t.keyword === 'WHERE' || t.keyword === 'RETURNING') break;
    if (t.mark === OPEN) skipGroup(t, end);
    inFrom ||= t.keyword === 'FROM' || t.keyword === 'USING';
    wants =
      t.keyword === 'FROM' || t.keyword === 'USING' || t.keyword === 'JOIN' || (inFrom && t.mark === COMMA);
    t.next(wants);
  }
  return target;
}
