/**
 * Finds the first table that a query reads: one in the FROM clause of the outermost query, else one of a CTE or
 * sub-select. One loop with a stack of flags, one entry for each open parenthesis: recursion would let a hostile
 * text overflow the stack.
 */
import { isName, readName } from './sql-names.js';
import { CLOSE, COMMA, END, MARK, OPEN, SEMICOLON, type Tokens } from './sql-tokens.js';

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
  private readonly frames: number[];
  private depth: number;
  private main = '';
  private fallback = '';
  private wants = false;
  private recursive = false;
  /** The current token comes right after `(`, or begins a statement. */
  private opened = true;
  private before = '';

  /** Begins at the current token (SELECT, WITH); `mainDepth` parentheses are open before it. */
  constructor(
    private readonly t: Tokens,
    private readonly mainDepth: number,
  ) {
    this.frames = new Array<number>(mainDepth + 1).fill(0);
    this.depth = mainDepth;
    this.verb = t.keyword === 'WITH' ? '' : 'SELECT';
  }

  read(): this {
    const { t } = this;
    while (t.kind !== END && t.mark !== SEMICOLON && this.main === '') {
      if (this.has(CTE_BODY) && MAIN_VERBS.has(t.keyword) && this.endsCtes()) break;
      if (this.wants && t.keyword !== 'ONLY' && t.keyword !== 'LATERAL' && isName(t)) this.relation();
      else if (this.has(CTE_NAME) && t.keyword !== 'RECURSIVE' && isName(t)) this.beginCte();
      else this.step();
    }
    if (this.verb === '') this.verb = 'SELECT';
    return this;
  }

  /** Takes a token that is no awaited name. */
  private step(): void {
    const { t } = this;
    if (t.kind === MARK) this.mark(t.mark);
    else if (t.keyword !== '') this.keyword(t.keyword);
    else this.wants = false;
    const isOpen = t.mark === OPEN;
    this.before = t.keyword;
    if (this.wants || this.has(CTE_NAME)) {
      t.next(this.wants);
      this.opened = isOpen;
    } else {
      this.opened = !t.skim() && isOpen;
    }
  }

  /** True when the statement after WITH is no SELECT. */
  private endsCtes(): boolean {
    this.finishCte();
    this.opened = true;
    const { keyword } = this.t;
    if (this.verb === '' && this.depth === this.mainDepth)
      this.verb = keyword === 'VALUES' ? 'SELECT' : keyword;
    return this.verb !== '' && this.verb !== 'SELECT';
  }

  private beginCte(): void {
    const name = readName(this.t);
    if (this.recursive) this.ctes.add(name);
    else this.unfinished.set(this.depth, name);
    this.clear(CTE_NAME);
    this.set(CTE_BODY);
    this.moved();
  }

  private finishCte(): void {
    const name = this.unfinished.get(this.depth);
    if (name !== undefined) this.ctes.add(name);
    this.unfinished.delete(this.depth);
    this.clear(CTE_BODY);
  }

  /** A call (`generate_series(…)`) and `ROWS FROM (…)` are no tables; after INTO a parenthesis brings columns. */
  private relation(): void {
    const { t } = this;
    const name = readName(t);
    this.wants = false;
    const isTable = this.has(TARGET) || (t.mark !== OPEN && t.keyword !== 'FROM');
    if (isTable && name !== 'dual' && !this.ctes.has(name)) this.found(name);
    this.clear(TARGET);
    this.moved();
  }

  private moved(): void {
    this.opened = false;
    this.before = '';
  }

  private found(name: string): void {
    const frame = this.frames[Math.min(this.depth, this.mainDepth)] as number;
    if (this.verb === 'SELECT' && (frame & FROM) !== 0) this.main = name;
    else if (this.fallback === '') this.fallback = name;
  }

  private mark(mark: number): void {
    if (mark === OPEN) {
      this.frames[++this.depth] = 0;
      return;
    }
    this.wants = mark === COMMA && this.has(FROM);
    if (mark === CLOSE) {
      if (this.has(CTE_BODY)) this.finishCte();
      if (this.depth > 0) this.depth--;
    } else if (mark === COMMA && this.has(CTE_BODY)) {
      this.finishCte();
      this.set(CTE_NAME);
    }
  }

  private keyword(word: string): void {
    if (END_OF_FROM.has(word)) this.clear(FROM);
    this.wants =
      word === 'JOIN' ||
      (this.wants && (word === 'ONLY' || word === 'LATERAL')) ||
      (word === 'FROM' && this.has(QUERY) && this.before !== 'DISTINCT') ||
      (word === 'UPDATE' && this.opened) ||
      (word === 'INTO' && this.has(TARGET));
    if (word === 'FROM' && this.wants) this.set(FROM);
    else if (word === 'SELECT') {
      this.set(QUERY);
      this.clear(FROM);
    } else if (word === 'DELETE') this.set(QUERY);
    else if (this.opened && (word === 'INSERT' || word === 'MERGE')) this.set(TARGET);
    else if (this.opened && word === 'WITH') this.set(CTE_NAME);
    else if (word === 'RECURSIVE') this.recursive = true;
  }

  private has(flag: number): boolean {
    return ((this.frames[this.depth] as number) & flag) !== 0;
  }

  private set(flag: number): void {
    (this.frames[this.depth] as number) |= flag;
  }

  private clear(flag: number): void {
    (this.frames[this.depth] as number) &= ~flag;
  }
}
