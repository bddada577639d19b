/**
 * What a SQL text does, for the labels `operation` and `table`, in any dialect.
 *
 * - operation: the verb in upper case, one of {@link OPERATIONS} (40, `OTHER` among them). WITH … counts as its main
 *   statement, START TRANSACTION as BEGIN, END as COMMIT; of DDL only `CREATE TABLE`, `CREATE INDEX`, `ALTER TABLE`
 *   and `DROP TABLE` name their object, the rest is `CREATE`, `ALTER`, `DROP`.
 * - table: the one that is written to, else the first one read from; as written (`users`, `public.users`), unquoted
 *   parts in lower case, quotes left out. '' when there is none. CTEs, functions and procedures are no tables.
 * - a text of several statements counts as the first one that is not transaction control or a SET.
 *
 * Literals never get into either.
 */
import { OPERATIONS, parseSql, type Statement } from './statement.js';

export { OPERATIONS, type Statement };

/** Longer texts are parsed anew each time: few are sent twice, and a cache of them would hold megabytes. */
const MAX_KEY_LENGTH = 2_000;
/** Two generations of this many texts: at most 2 MB of one-byte text. */
const GENERATION = 500;

let recent = new Map<string, Statement>();
let former = new Map<string, Statement>();

/** @example describeStatement('SELECT * FROM Users WHERE id = $1') // { operation: 'SELECT', table: 'users' } */
export function describeStatement(text: string): Statement {
  if (text.length > MAX_KEY_LENGTH) return detached(parseSql(text));
  const known = recent.get(text);
  if (known !== undefined) return known;
  const statement = former.get(text) ?? detached(parseSql(text));
  // What is used lives on in the younger generation; what is not goes with the older one. No order to keep per hit.
  if (recent.size >= GENERATION) {
    former = recent;
    recent = new Map();
  }
  recent.set(detach(text), statement);
  return statement;
}

function detached({ operation, table }: Statement): Statement {
  return { operation, table: detach(table) };
}

/** A slice keeps the whole text it was cut from alive, perhaps a migration file. A copy does not. */
function detach(slice: string): string {
  return slice === '' ? '' : ` ${slice}`.slice(1);
}
