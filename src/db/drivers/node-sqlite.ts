/**
 * SQLite by `node:sqlite`, where Node has it without a flag: 22.13 and later. Its channel `sqlite.db.query` came with
 * 26 and tells of no failures. A module of Node's own does not tell of its load either, so it is loaded here, which
 * takes a fifth of a millisecond; the warning that Node 22 and 24 then give is kept for the first statement.
 */
import type { Hook } from '../../context.js';
import { wrapMethod } from '../../hook/wrap.js';
import { createCalls, type Call } from '../calls.js';
import { watchSqlite, type SqliteWatch } from './sqlite-calls.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- Node 20's types do not know the module */

type GetBuiltin = (name: string) => any;

export const hookNodeSqlite: Hook = (context) => {
  const { sqlite, warn } = loadQuietly();
  if (sqlite === undefined) return;
  const { prototype } = sqlite.DatabaseSync;
  const calls = createCalls(context, 'node:sqlite');
  const begin = (text: unknown): Call => {
    warn();
    return calls.begin(text);
  };
  const watch = watchSqlite({ ...calls, begin }, context.guard, () => false);
  watch.database(prototype);
  watch.statement(sqlite.StatementSync.prototype);
  watchTags(prototype, watch.method);
};

/** The module, and what gives the warnings that loading it gave. */
function loadQuietly(): { readonly sqlite: any; readonly warn: () => void } {
  const { emitWarning } = process;
  const held: any[][] = [];
  process.emitWarning = (...args: any[]): void => void held.push(args);
  try {
    // Not there in Node 20.6, and without the module before 22.13.
    const { getBuiltinModule } = process as unknown as { getBuiltinModule?: GetBuiltin };
    const warn = (): void => {
      for (const args of held.splice(0)) Reflect.apply(process.emitWarning, process, args);
    };
    return { sqlite: getBuiltinModule?.('node:sqlite'), warn };
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Statements as tagged templates, since Node 24: their class is found by its first object. */
function watchTags(prototype: any, watchMethod: SqliteWatch['method']): void {
  const textOf = (_store: unknown, [strings]: any[]): unknown => strings?.join?.('?');
  wrapMethod(prototype, 'createTagStore', (original) => {
    return function createTagStore(this: any, ...args: any[]): unknown {
      const store: unknown = original.apply(this, args);
      const owner: unknown = Object.getPrototypeOf(store);
      for (const method of ['run', 'get', 'all', 'iterate']) watchMethod(owner, method, textOf);
      return store;
    };
  });
}
