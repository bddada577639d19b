/** Reads the names of tables off the tokens. */
import type { Tokens } from './sql-tokens.js';

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
  return (t.kind === 'word' || t.kind === 'quoted') && !CLAUSES.has(t.keyword);
}

/**
 * The dotted name that begins at the current token, which moves behind it. Unquoted parts in lower case, as
 * PostgreSQL folds them; quoted ones as they are.
 */
export function readName(t: Tokens, text: string): string {
  let name = namePart(t, text);
  t.next();
  for (let parts = 1; t.mark === '.';) {
    t.next(true);
    if (t.kind !== 'word' && t.kind !== 'quoted') continue;
    if (parts++ < MAX_PARTS) name += `.${namePart(t, text)}`;
    t.next();
  }
  return name;
}

function namePart(t: Tokens, text: string): string {
  const part = text.slice(t.start, Math.min(t.end, t.start + MAX_PART_LENGTH));
  if (t.kind === 'word') return part.toLowerCase();
  const close = text[t.end] as string;
  return part.replaceAll(close + close, close);
}

export function skipGroup(t: Tokens): void {
  for (let depth = 1; depth > 0 && t.kind !== 'end';) {
    t.next();
    if (t.mark === '(') depth++;
    else if (t.mark === ')') depth--;
  }
}

/** The name after the current token, past words of `noise` and groups such as `TOP (10)`; '' when there is none. */
export function readTarget(t: Tokens, text: string, noise: ReadonlySet<string>): string {
  for (;;) {
    t.next(true);
    if (t.mark === '(') skipGroup(t);
    // INSERT OR REPLACE, UPDATE OR IGNORE
    else if (t.keyword === 'OR') t.next();
    else if (!noise.has(t.keyword)) return isName(t) ? readName(t, text) : '';
  }
}

/**
 * What `target` stands for: in MySQL and T-SQL `DELETE u FROM users u` and `UPDATE u SET … FROM users u` name an
 * alias first.
 */
export function resolveAlias(t: Tokens, text: string, target: string): string {
  let inFrom = false;
  let wants = false;
  const end = t.start + ALIAS_REACH;
  while (t.kind !== 'end' && t.mark !== ';' && t.start < end) {
    if (wants && isName(t)) {
      const name = readName(t, text);
      if (t.keyword === 'AS') t.next(true);
      if (isName(t) && readName(t, text) === target) return name;
      wants = false;
      continue;
    }
    if (t.keyword === 'WHERE' || t.keyword === 'RETURNING') break;
    if (t.mark === '(') skipGroup(t);
    inFrom ||= t.keyword === 'FROM' || t.keyword === 'USING';
    wants =
      t.keyword === 'FROM' || t.keyword === 'USING' || t.keyword === 'JOIN' || (inFrom && t.mark === ',');
    t.next(wants);
  }
  return target;
}
