/**
 * Finds the first table that a query reads: one in the FROM clause of the outermost query, else one of a CTE or
 * sub-select. One loop with a stack of flags, one entry for each open query: recursion would let a hostile text
 * overflow the stack.
 */
import { isName, readName } from './names.js';
import { CLOSE, COMMA, END, MARK, OPEN, SEMICOLON, type Tokens } from './tokens.js';

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
/** T-SQL's hints may stand behind a table without WITH: `FROM users (NOLOCK)` is no call. */
const HINTS: ReadonlySet<string> = new Set(
  'NOLOCK READUNCOMMITTED READCOMMITTED READPAST ROWLOCK PAGLOCK TABLOCK TABLOCKX UPDLOCK XLOCK HOLDLOCK SERIALIZABLE NOWAIT'.split(
    ' ',
  ),
);
/** What may follow the CTEs. */
const MAIN_VERBS: ReadonlySet<string> = new Set(
  'SELECT INSERT UPDATE DELETE MERGE REPLACE VALUES TABLE'.split(' '),
);

export const QUERY_KEYWORDS = [...END_OF_FROM, ...MAIN_VERBS, ...HINTS, 'FROM', 'JOIN', 'INTO', 'ONLY', 'LATERAL', 'WITH', 'RECURSIVE', 'DISTINCT']; // prettier-ignore

/** A class, as the tokens are: its functions would be made anew for every text. */
export class QueryReader {
  /** First word of the main statement. Unless it is SELECT, it is the current token still, and left to the caller. */
  verb: string;
  /** The first table read; '' when there is none. */
  get table(): string {
    return this.main === '' ? this.fallback : this.main;
  }
  readonly ctes = new Set<string>();

  /** Names of CTEs whose bodies are being read, by depth: in its own body such a name is still a table's. */
  private readonly unfinished = new Map<number, string>();
  /** The depth at which the innermost query stands, -1 for none, and its flags; then those around it. */
  private depth = -1;
  private flags = 0;
  private readonly outer: number[] = [];
  /** Where the outermost query stands, and its flags: less deep once a parenthesis around it is closed. */
  private mainDepth: number;
  private mainFlags = 0;
  private main = '';
  private fallback = '';
  private wants = false;
  private recursive = false;
  /** The current token begins a statement; so does one that comes right after `(`. */
  private begins = true;

  /** Begins at the current token (SELECT, WITH). */
  constructor(private readonly t: Tokens) {
    this.mainDepth = t.depth;
    this.verb = t.keyword === 'WITH' ? '' : 'SELECT';
  }

  /** To the end of the statement, or of the parentheses that leave less than `floor` of them open. */
  read(floor = 0): this {
    const { t } = this;
    while (t.kind !== END && t.mark !== SEMICOLON && this.main === '' && t.depth >= floor) {
      if (this.has(CTE_BODY) && MAIN_VERBS.has(t.keyword) && this.endsCtes()) break;
      if (this.wants && !this.isNoise() && isName(t)) this.relation();
      else if (this.has(CTE_NAME) && t.keyword !== 'RECURSIVE' && isName(t)) this.beginCte();
      else this.step();
    }
    if (this.verb === '') this.verb = 'SELECT';
    return this;
  }

  /** FROM ONLY t, FROM LATERAL (…), FROM (TABLE t). */
  private isNoise(): boolean {
    const { keyword, before } = this.t;
    return keyword === 'ONLY' || keyword === 'LATERAL' || (keyword === 'TABLE' && before === '(');
  }

  /** Takes a token that is no awaited name. */
  private step(): void {
    const { t } = this;
    if (t.kind === MARK) this.mark(t.mark);
    else if (t.keyword !== '') this.keyword(t.keyword);
    else this.wants = false;
    this.begins = false;
    // T-SQL: SELECT a INTO #copy FROM t.
    const isInto = t.keyword === 'INTO';
    if (this.wants || isInto || this.has(CTE_NAME)) t.next(this.wants || isInto);
    else t.skim(this.depth, (this.flags & (FROM | CTE_BODY)) !== 0);
  }

  /** True when the statement after WITH is no SELECT. */
  private endsCtes(): boolean {
    this.finishCte(this.t.depth);
    this.clear(CTE_BODY, this.t.depth);
    this.begins = true;
    const { keyword, depth } = this.t;
    if (this.verb === '' && depth === this.mainDepth) this.verb = keyword === 'VALUES' ? 'SELECT' : keyword;
    return this.verb !== '' && this.verb !== 'SELECT';
  }

  private beginCte(): void {
    const { depth } = this.t;
    const name = readName(this.t);
    if (this.recursive) this.ctes.add(name);
    else this.unfinished.set(depth, name);
    this.set(CTE_BODY, depth);
    this.clear(CTE_NAME, depth);
    this.begins = false;
  }

  private finishCte(depth: number): void {
    const name = this.unfinished.get(depth);
    if (name === undefined) return;
    this.ctes.add(name);
    this.unfinished.delete(depth);
  }

  /** A call (`generate_series(…)`) and `ROWS FROM (…)` are no tables; after INTO a parenthesis brings columns. */
  private relation(): void {
    const { t } = this;
    const { depth } = t;
    const isTarget = this.has(TARGET);
    const name = readName(t);
    this.wants = false;
    if (t.mark === OPEN && !isTarget) t.next();
    const isTable = isTarget || (t.before !== '(' && t.keyword !== 'FROM') || HINTS.has(t.keyword);
    if (isTable && name !== 'dual' && !this.ctes.has(name)) this.found(name);
    this.clear(TARGET, depth);
    this.begins = false;
  }

  private found(name: string): void {
    if (this.verb === 'SELECT' && (this.mainFlags & FROM) !== 0) this.main = name;
    else if (this.fallback === '') this.fallback = name;
  }

  private mark(mark: number): void {
    if (mark === OPEN) return;
    this.wants = mark === COMMA && this.has(FROM);
    if (mark === CLOSE) this.leave();
    else if (mark === COMMA && this.has(CTE_BODY)) {
      this.finishCte(this.t.depth);
      this.clear(CTE_BODY, this.t.depth);
      this.set(CTE_NAME, this.t.depth);
    }
  }

  /** Forgets the queries of the parentheses that are closed now. */
  private leave(): void {
    const { depth } = this.t;
    while (this.depth > depth) {
      this.finishCte(this.depth);
      this.flags = this.outer.pop() as number;
      this.depth = this.outer.pop() as number;
      // Its body was a query, not its columns: WITH a AS (SELECT 1) (SELECT * FROM a).
      if (this.has(CTE_BODY)) this.finishCte(depth);
    }
    if (depth >= this.mainDepth) return;
    this.mainDepth = depth;
    this.mainFlags = this.depth === depth ? this.flags : 0;
  }

  private keyword(word: string): void {
    const { before, depth } = this.t;
    const begins = this.begins || before === '(';
    if (this.has(FROM) && END_OF_FROM.has(word)) this.clear(FROM, depth);
    this.wants =
      word === 'JOIN' ||
      (this.wants && (word === 'ONLY' || word === 'LATERAL')) ||
      (word === 'FROM' && this.has(QUERY) && before !== 'DISTINCT') ||
      ((word === 'UPDATE' || word === 'TABLE') && begins) ||
      (word === 'INTO' && this.has(TARGET));
    if (word === 'FROM' && this.wants) this.set(FROM, depth);
    else if (word === 'SELECT') {
      this.clear(FROM, depth);
      this.set(QUERY, depth);
    } else if (word === 'DELETE') this.set(QUERY, depth);
    else if (begins && (word === 'INSERT' || word === 'MERGE')) this.set(TARGET, depth);
    else if (begins && word === 'WITH') this.set(CTE_NAME, depth);
    else if (word === 'RECURSIVE') this.recursive = true;
  }

  private has(flag: number): boolean {
    return this.depth === this.t.depth && (this.flags & flag) !== 0;
  }

  private set(flag: number, depth: number): void {
    if (this.depth !== depth) {
      this.outer.push(this.depth, this.flags);
      this.depth = depth;
      this.flags = 0;
    }
    this.put(this.flags | flag);
  }

  private clear(flag: number, depth: number): void {
    if (this.depth === depth) this.put(this.flags & ~flag);
  }

  private put(flags: number): void {
    this.flags = flags;
    if (this.depth === this.mainDepth) this.mainFlags = flags;
  }
}
