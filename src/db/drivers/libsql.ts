/**
 * SQLite by libSQL: databases in files and in memory by the package `libsql`, those behind `@libsql/client` among them;
 * remote ones by the streams that its client sends statements over.
 */
import type { Context, Hook } from '../../context.js';
import { onKnownFile, onKnownModule } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { createCalls, type Calls } from '../calls.js';
import { libsqlRemote } from './libsql-remote.js';
import { sqlOf } from './pool-queries.js';
import { watchSqlite } from './sqlite-calls.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the drivers' insides have no types */

/** The client's own question to a database that it opens. */
const PROBE = 'SELECT 1 AS checkThatTheDatabaseCanBeOpened';
/** The client refused: the statement got to no database. */
const REFUSED = new Set(['CLIENT_CLOSED', 'TRANSACTION_ACTIVE']);

export const hookLibsql: Hook = (context) => {
  const calls = createCalls(context, 'libsql');
  const local = watchSqlite(calls, context.guard, (text) => text === PROBE);
  onKnownFile(context, 'libsql/index.js', '0.5', (Database) => local.database(Database.prototype));
  watchClass(context, '@libsql/client', '0.15', 'sqlite3.js', 'Sqlite3Client', (client) => {
    for (const method of ['execute', 'batch', 'executeMultiple']) countRefused(client, method, calls);
  });
  for (const { file, binding, patch } of libsqlRemote(calls)) {
    watchClass(context, '@libsql/hrana-client', '0.7', file, binding, patch);
  }
};

/** A class of a package that has each file twice: for `require`, and for `import`. */
function watchClass(
  context: Context,
  name: string,
  range: string,
  file: string,
  binding: string,
  patch: (prototype: any) => void,
): void {
  onKnownFile(context, `${name}/lib-cjs/${file}`, range, (exports) => patch(exports[binding].prototype));
  onKnownModule(context, range, {
    package: name,
    file: `lib-esm/${file}`,
    binding,
    replace(Class) {
      patch(Class.prototype);
    },
  });
}

function countRefused(client: any, name: string, calls: Calls): void {
  wrapMethod(client, name, (original) => {
    return function (this: any, ...args: any[]): unknown {
      const [given] = args;
      const call = calls.begin(sqlOf(Array.isArray(given) ? given[0] : given));
      const result: any = original.apply(this, args);
      return result.then(undefined, (error: any) => {
        if (REFUSED.has(error?.code)) calls.end(call, true);
        throw error;
      });
    };
  });
}
