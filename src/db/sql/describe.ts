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
 * Literals never get into either. For that a backslash before a quote must be read as the database does; where that is
 * not known it is guessed, and a text made for it can be misread.
 */
import { OPERATIONS, parseSql, type Statement } from './statement.js';
import type { Backslash } from './text.js';

export { OPERATIONS, type Backslash, type Statement };

/** Longer texts are parsed anew each time: few are sent twice, and a cache of them would hold megabytes. */
const MAX_KEY_LENGTH = 2_000;
/** Two generations of this many texts: at most 2 MB of one-byte text for each kind of backslash, mostly one. */
const GENERATION = 500;

/** @example describeStatement('SELECT * FROM Users WHERE id = $1') // { operation: 'SELECT', table: 'users' } */
export function describeStatement(text: string, backslash: Backslash = 'guess'): Statement {
  if (text.length > MAX_KEY_LENGTH) return detached(parseSql(text, backslash));
  return memories[backslash].recall(text);
}

/** A class, as the tokens are. */
class Memory {
  private recent = new Map<string, Statement>();
  private former = new Map<string, Statement>();

  constructor(private readonly backslash: Backslash) {}

  recall(text: string): Statement {
    const known = this.recent.get(text);
    if (known !== undefined) return known;
    const statement = this.former.get(text) ?? detached(parseSql(text, this.backslash));
    // What is used lives on in the younger generation; what is not goes with the older one. No order to keep per hit.
    if (this.recent.size >= GENERATION) {
      this.former = this.recent;
      this.recent = new Map();
    }
    this.recent.set(detach(text), statement);
    return statement;
  }
}

const memories: Readonly<Record<Backslash, Memory>> = {
  escapes: new Memory('escapes'),
  guess: new Memory('guess'),
  plain: new Memory('plain'),
};

function detached({ operation, table }: Statement): Statement {
  return { operation, table: detach(table) };
}

/** A slice keeps the whole text it was cut from alive, perhaps a migration file. A copy does not. */
function detach(slice: string): string {
  return slice === '' ? '' : ` ${slice}`.slice(1);
}
