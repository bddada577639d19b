/** What one SQL text does, and to which table: a table of verbs, and how each of them names its table. */
import { resolveAlias } from './alias.js';
import { isName, NAME_KEYWORDS, readName, readTarget } from './names.js';
import { QUERY_KEYWORDS, QueryReader } from './query.js';
import { keywordTable } from './keywords.js';
import type { Backslash } from './text.js';
import { END, OPEN, SEMICOLON, Tokens } from './tokens.js';

export interface Statement {
  /** One of {@link OPERATIONS}. */
  readonly operation: string;
  /** '' when there is none. */
  readonly table: string;
}

/** Reads on from a verb, the current token: the table, or all. */
type Reader = (t: Tokens) => string | Statement;

const known = new Set([...NAME_KEYWORDS, ...QUERY_KEYWORDS]);

function words(list: string): ReadonlySet<string> {
  const all = new Set(list.split(' '));
  for (const word of all) known.add(word);
  return all;
}

/** Goes on to the first of these words; false when the statement ends before. */
function skipTo(t: Tokens, stop: ReadonlySet<string>): boolean {
  while (t.kind !== END && t.mark !== SEMICOLON && !stop.has(t.keyword)) t.skim(-1, false);
  return stop.has(t.keyword);
}

const none: Reader = () => '';

const query: Reader = (t) => {
  const read = new QueryReader(t).read();
  if (read.verb === 'SELECT') return { operation: 'SELECT', table: read.table };
  const { operation, table } = readVerb(t);
  return { operation, table: table === '' || read.ctes.has(table) ? read.table : table };
};

/** The name after the verb and some of the words of `noise`. */
function target(noise: string): Reader {
  const skipped = words(noise);
  return (t) => readTarget(t, skipped);
}

function aliased(noise: string): Reader {
  const skipped = words(noise);
  return (t) => {
    const name = readTarget(t, skipped);
    return name === '' ? '' : resolveAlias(t, name);
  };
}

const QUERIES = words('SELECT WITH INSERT UPDATE DELETE MERGE REPLACE VALUES TABLE');

/** The table of the statement inside: EXPLAIN SELECT …, DECLARE c CURSOR FOR SELECT …, COPY (SELECT …) TO … */
const inner: Reader = (t) => (skipTo(t, QUERIES) ? readVerb(t).table : '');

const STATEMENTS = words('SELECT INSERT UPDATE DELETE MERGE TRUNCATE CREATE ALTER DROP EXEC EXECUTE');
const FUNCTIONS = words('INSERT TRUNCATE');
const FOR = words('FOR');

/** T-SQL ends statements by where the next one begins: SET NOCOUNT ON SELECT …; IF EXISTS (…) UPDATE … */
function following(t: Tokens, stop: ReadonlySet<string>): Statement | undefined {
  const { depth } = t;
  do t.skim(depth, false);
  while (t.kind !== END && t.mark !== SEMICOLON && (t.depth !== depth || !stop.has(t.keyword)));
  if (!STATEMENTS.has(t.keyword)) return undefined;
  const { keyword } = t;
  const found = readVerb(t);
  // SET @a = INSERT(…), TRUNCATE(…): MySQL has functions of these names.
  return FUNCTIONS.has(keyword) && found.table === '' ? undefined : found;
}

/** Says what it is itself only where no statement follows. */
const preface =
  (operation: string): Reader =>
  (t) =>
    following(t, STATEMENTS) ?? { operation, table: '' };
const AFTER_DECLARE: ReadonlySet<string> = new Set([...STATEMENTS, ...FOR]);
const declare: Reader = (t) => following(t, AFTER_DECLARE) ?? (FOR.has(t.keyword) ? inner(t) : '');

const BINARY = words('BINARY');
const copy: Reader = (t) => {
  do t.next(true);
  while (BINARY.has(t.keyword));
  if (t.mark === OPEN) return inner(t);
  return isName(t) ? readName(t) : '';
};

const INTO = words('INTO');
const INTO_TABLE = words('TABLE CACHE');
const load: Reader = (t) => (skipTo(t, INTO) ? readTarget(t, INTO_TABLE) : '');

const MODIFIERS = words(
  'OR REPLACE ALTER TEMP TEMPORARY GLOBAL LOCAL UNLOGGED FOREIGN EXTERNAL VIRTUAL UNIQUE FULLTEXT SPATIAL PRIMARY XML CLUSTERED NONCLUSTERED COLUMNSTORE IGNORE ONLINE OFFLINE',
);
const IF_EXISTS = words('IF NOT EXISTS ONLY');
const ON = words('ON');

/** Of the many kinds of objects only tables and their indexes have an operation of their own. */
const ddl: Reader = (t) => {
  const verb = t.keyword;
  do t.next();
  while (MODIFIERS.has(t.keyword));
  if (t.keyword === 'TABLE') return { operation: `${verb} TABLE`, table: readTarget(t, IF_EXISTS) };
  if (verb !== 'CREATE' || t.keyword !== 'INDEX') return { operation: verb, table: '' };
  return { operation: 'CREATE INDEX', table: skipTo(t, ON) ? readTarget(t, IF_EXISTS) : '' };
};

const MAINTENANCE = target('FULL FREEZE VERBOSE ANALYZE ANALYSE TABLE INTO LOCAL NO_WRITE_TO_BINLOG FORMAT');
const TOP = 'INTO ONLY TOP PERCENT IGNORE LOW_PRIORITY HIGH_PRIORITY DELAYED QUICK';

/** First word → operation, and how the table is found. */
const VERBS: Readonly<Record<string, readonly [operation: string, read: Reader]>> = {
  SELECT: ['SELECT', query],
  WITH: ['SELECT', query],
  VALUES: ['SELECT', none],
  TABLE: ['SELECT', target('ONLY')],
  INSERT: ['INSERT', target(`${TOP} BULK OVERWRITE TABLE`)],
  BULK: ['INSERT', target('INSERT')],
  REPLACE: ['REPLACE', target(TOP)],
  UPDATE: ['UPDATE', aliased(`${TOP} STATISTICS`)],
  DELETE: ['DELETE', aliased(`${TOP} FROM`)],
  MERGE: ['MERGE', target(TOP)],
  TRUNCATE: ['TRUNCATE', target('TABLE ONLY')],
  COPY: ['COPY', copy],
  LOAD: ['LOAD', load],
  // A procedure is no table, as a function in FROM is none.
  CALL: ['CALL', none],
  EXEC: ['EXECUTE', none],
  EXECUTE: ['EXECUTE', none],
  DO: ['DO', none],
  CREATE: ['CREATE', ddl],
  ALTER: ['ALTER', ddl],
  DROP: ['DROP', ddl],
  GRANT: ['GRANT', none],
  REVOKE: ['REVOKE', none],
  BEGIN: ['BEGIN', preface('BEGIN')],
  START: ['BEGIN', none],
  COMMIT: ['COMMIT', none],
  END: ['COMMIT', none],
  ROLLBACK: ['ROLLBACK', none],
  ABORT: ['ROLLBACK', none],
  SAVEPOINT: ['SAVEPOINT', none],
  RELEASE: ['RELEASE', none],
  SET: ['SET', preface('SET')],
  RESET: ['SET', preface('SET')],
  SHOW: ['SHOW', none],
  LISTEN: ['LISTEN', none],
  NOTIFY: ['NOTIFY', none],
  LOCK: ['LOCK', target('TABLE TABLES ONLY')],
  EXPLAIN: ['EXPLAIN', inner],
  ANALYZE: ['ANALYZE', MAINTENANCE],
  ANALYSE: ['ANALYZE', MAINTENANCE],
  VACUUM: ['VACUUM', MAINTENANCE],
  REFRESH: ['REFRESH', target('MATERIALIZED VIEW CONCURRENTLY')],
  PREPARE: ['PREPARE', inner],
  DECLARE: ['DECLARE', declare],
  IF: ['OTHER', preface('OTHER')],
  WHILE: ['OTHER', preface('OTHER')],
  USE: ['OTHER', preface('OTHER')],
  FETCH: ['FETCH', none],
  PRAGMA: ['PRAGMA', none],
};

const OTHER: Statement = { operation: 'OTHER', table: '' };

/** Every operation there is: no more than the label's bound, so that SQL alone can never reach it. */
export const OPERATIONS: readonly string[] = [
  ...new Set(Object.values(VERBS).map(([operation]) => operation)),
  'CREATE TABLE', 'CREATE INDEX', 'ALTER TABLE', 'DROP TABLE', OTHER.operation,
]; // prettier-ignore

/** What `skipTo` and queries look for. */
const LANDMARKS = keywordTable([...QUERY_KEYWORDS, ...QUERIES, ...STATEMENTS, ...INTO, ...ON]);
const KEYWORDS = keywordTable([...known, ...Object.keys(VERBS), 'INDEX']);

/** What says little about a text in which something more follows: BEGIN; UPDATE …; COMMIT is an UPDATE. */
const PREFACES = words('OTHER BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE SET DECLARE');
const NOWHERE: ReadonlySet<string> = new Set();

function readVerb(t: Tokens): Statement {
  const row = Object.hasOwn(VERBS, t.keyword) ? VERBS[t.keyword] : undefined;
  if (row === undefined) return OTHER;
  const read = row[1](t);
  return typeof read === 'string' ? { operation: row[0], table: read } : read;
}

/** The first statement that says something. Never throws; linear in the length of the text. */
export function parseSql(text: string, backslash: Backslash = 'guess'): Statement {
  const t = new Tokens(text, KEYWORDS, LANDMARKS, backslash);
  let first: Statement | undefined;
  for (;;) {
    t.skimToWord();
    if (t.kind === END) return first ?? OTHER;
    const statement = readVerb(t);
    if (!PREFACES.has(statement.operation) || statement.table !== '') return statement;
    first ??= statement;
    skipTo(t, NOWHERE);
  }
}
