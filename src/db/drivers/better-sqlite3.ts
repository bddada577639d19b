/** SQLite by better-sqlite3: what its databases execute and its statements run, transactions and pragmas among them. */
import type { Hook } from '../../context.js';
import { onKnownFile } from '../../hook/version.js';
import { callBefore, disguise, isWrapped } from '../../hook/wrap.js';
import { createCalls } from '../calls.js';
import { watchSqlite } from './sqlite-calls.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

export const hookBetterSqlite3: Hook = (context) => {
  const { guard } = context;
  const watch = watchSqlite(createCalls(context, 'better-sqlite3'), guard, () => false);

  const patch = (Database: any): void => {
    const { prototype } = Database;
    const { prepare } = prototype;
    let isFound = false;
    // These make statements that `prepare` does not see; their class is not exported.
    const findStatement = guard.wrap('better-sqlite3', (database: any) => {
      if (isFound || database.open !== true) return;
      isFound = true;
      watch.statement(Object.getPrototypeOf(prepare.call(database, 'SELECT 1')));
    });
    for (const method of ['pragma', 'transaction']) callBefore(prototype, method, findStatement);
    watch.database(prototype);
  };

  onKnownFile(context, 'better-sqlite3/lib/database.js', '12 || 13', (exports) => {
    if (exports.prototype?.prepare !== undefined) return void patch(exports);
    // Since 13 the file makes the class, one for each way in which the binary is found.
    if (isWrapped(exports)) return undefined;
    const make = (...args: any[]): unknown => {
      const Database: unknown = exports(...args);
      guard.run('better-sqlite3', () => patch(Database));
      return Database;
    };
    return disguise(make, exports);
  });
};
