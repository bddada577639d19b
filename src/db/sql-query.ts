/**
 * Finds the first table that a query reads: one in the FROM clause of the outermost query, else one of a CTE or
 * sub-select. One loop with a stack of flags, one entry for each open parenthesis: recursion would let a hostile
 * text overflow the stack.
 */
import { isName, readName } from './sql-names.js';
import type { Tokens } from './sql-tokens.js';

/** A SELECT or DELETE stands at this depth, so that FROM names tables: it does not in `extract(year from x)`. */
const QUERY = 1;
/** Its FROM clause is open: a comma brings a further table. */
const FROM = 2;
/** An INSERT or MERGE stands here: INTO names a table. */
const TARGET = 4;
/** In WITH, before a CTE's name; and after it. */
const CTE_NAME = 8;
const CTE_BODY = 16;

const END_OF_FROM: ReadonlySet<string> = new Set(
  'WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH FOR WINDOW UNION INTERSECT EXCEPT RETURNING'.split(' '),
);
/** What may follow the CTEs. */
const MAIN_VERBS: ReadonlySet<string> = new Set(
  'SELECT INSERT UPDATE DELETE MERGE REPLACE VALUES TABLE'.split(' '),
);

export const QUERY_KEYWORDS = [...END_OF_FROM, ...MAIN_VERBS, 'FROM', 'JOIN', 'INTO', 'ONLY', 'LATERAL', 'WITH', 'RECURSIVE', 'DISTINCT']; // prettier-ignore

export interface QueryRead {
  /** The first word of the main statement, which may be the current token still: all but SELECT are left to the caller. */
  readonly verb: string;
  readonly table: string;
  readonly ctes: ReadonlySet<string>;
}

/** Reads from the current token (SELECT, WITH, VALUES) on; `mainDepth` parentheses are open before it. */
export function readQuery(t: Tokens, text: string, mainDepth: number): QueryRead {
  const frames: number[] = new Array<number>(mainDepth + 1).fill(0);
  const ctes = new Set<string>();
  /** Names of CTEs whose bodies are being read, by depth: in its own body such a name is still a table's. */
  const unfinished = new Map<number, string>();
  let depth = mainDepth;
  let verb = t.keyword === 'WITH' ? '' : 'SELECT';
  let main = '';
  let fallback = '';
  let wants = false;
  let recursive = false;
  let opened = true;
  let before = '';

  const has = (flag: number): boolean => ((frames[depth] as number) & flag) !== 0;
  const set = (flag: number): void => void ((frames[depth] as number) |= flag);
  const clear = (flag: number): void => void ((frames[depth] as number) &= ~flag);

  function found(name: string): void {
    if (name === '' || name === 'dual' || ctes.has(name)) return;
    const inMain = verb === 'SELECT' && ((frames[Math.min(depth, mainDepth)] as number) & FROM) !== 0;
    if (inMain) main = name;
    else if (fallback === '') fallback = name;
  }

  function finishCte(): void {
    const name = unfinished.get(depth);
    if (name !== undefined) ctes.add(name);
    unfinished.delete(depth);
    clear(CTE_BODY);
  }

  function beginCte(): void {
    const name = readName(t, text);
    if (recursive) ctes.add(name);
    else unfinished.set(depth, name);
    clear(CTE_NAME);
    set(CTE_BODY);
  }

  /** A call (`generate_series(…)`) and `ROWS FROM (…)` are no tables. */
  function relation(): void {
    const name = readName(t, text);
    wants = false;
    if (t.mark !== '(' && t.keyword !== 'FROM') found(name);
  }

  function mark(char: string): void {
    if (char !== '(') wants = char === ',' && has(FROM);
    if (char === '(') {
      frames[++depth] = 0;
    } else if (char === ')') {
      finishCte();
      if (depth > 0) depth--;
    } else if (char === ',' && has(CTE_BODY)) {
      finishCte();
      set(CTE_NAME);
    }
  }

  function keyword(word: string): void {
    if (END_OF_FROM.has(word)) clear(FROM);
    wants =
      word === 'JOIN' ||
      (wants && (word === 'ONLY' || word === 'LATERAL')) ||
      (word === 'FROM' && has(QUERY) && before !== 'DISTINCT') ||
      (word === 'UPDATE' && opened) ||
      (word === 'INTO' && has(TARGET));
    if (word === 'FROM' && wants) set(FROM);
    else if (word === 'SELECT') (set(QUERY), clear(FROM));
    else if (word === 'DELETE') set(QUERY);
    else if (opened && (word === 'INSERT' || word === 'MERGE')) set(TARGET);
    else if (opened && word === 'WITH') set(CTE_NAME);
    else if (word === 'RECURSIVE') recursive = true;
  }

  while (t.kind !== 'end' && t.mark !== ';' && main === '') {
    if (has(CTE_BODY) && MAIN_VERBS.has(t.keyword)) {
      finishCte();
      opened = true;
      if (verb === '' && depth === mainDepth) verb = t.keyword === 'VALUES' ? 'SELECT' : t.keyword;
      if (verb !== '' && verb !== 'SELECT') break;
    }
    if (has(CTE_NAME) && t.keyword !== 'RECURSIVE' && isName(t)) beginCte();
    else if (wants && t.keyword !== 'ONLY' && t.keyword !== 'LATERAL' && isName(t)) relation();
    else {
      if (t.kind === 'mark') mark(t.mark);
      else if (t.keyword !== '') keyword(t.keyword);
      else wants = false;
      opened = t.mark === '(';
      before = t.keyword;
      t.next(wants);
      continue;
    }
    opened = false;
    before = '';
  }
  return { verb: verb === '' ? 'SELECT' : verb, table: main === '' ? fallback : main, ctes };
}
