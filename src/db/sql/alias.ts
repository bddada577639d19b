/** Finds what a target stands for that is an alias. */
import { isName, readName, skipGroup } from './names.js';
import { QueryReader } from './query.js';
import { CLOSE, COMMA, END, OPEN, SEMICOLON, type Tokens } from './tokens.js';

/** How far a target's alias is looked for: past it a bulk statement's values would be read for nothing. */
const ALIAS_REACH = 10_000;

/**
 * In MySQL and T-SQL `DELETE u FROM users u` and `UPDATE u SET … FROM users u` name an alias first, in T-SQL perhaps that
 * of a sub-select: `DELETE d FROM (SELECT …, ROW_NUMBER() … FROM users) d WHERE n > 1`.
 */
export function resolveAlias(t: Tokens, target: string): string {
  let inFrom = false;
  let wants = false;
  const end = t.start + ALIAS_REACH;
  while (t.kind !== END && t.mark !== SEMICOLON && t.start < end) {
    if (wants && (isName(t) || t.mark === OPEN)) {
      const name = t.mark === OPEN ? readSubSelect(t, end) : readName(t);
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

/** The table that a sub-select in parentheses reads, the current token being `(`; moves behind it. */
function readSubSelect(t: Tokens, limit: number): string {
  const { depth } = t;
  t.next(true);
  const table = t.keyword === 'SELECT' || t.keyword === 'WITH' ? new QueryReader(t).read(depth).table : '';
  while (t.depth >= depth && t.kind !== END && t.mark !== SEMICOLON && t.start < limit) t.skim(depth, false);
  if (t.mark === CLOSE) t.next(true);
  return table;
}
