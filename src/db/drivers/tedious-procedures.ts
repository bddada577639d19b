/** What procedures of SQL Server are counted as: mssql prepares statements and executes them by some of the server's. */

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

export interface Procedure {
  readonly text: unknown;
  /** Whether a good end counts. */
  readonly isOk: boolean;
}

/** By connection the SQL of what is prepared there, by its handle. */
const prepared = new WeakMap<object, Map<unknown, unknown>>();

/** To be called before it is sent. */
export function procedureOf(connection: object, request: any): Procedure {
  const name: unknown = request.sqlTextOrProcedure;
  const texts = prepared.get(connection) ?? new Map<unknown, unknown>();
  prepared.set(connection, texts);
  const { handle, stmt } = request.parametersByName ?? {};
  if (name === 'sp_prepare') {
    request.on('returnValue', (output: unknown, value: unknown) => {
      if (output === 'handle') texts.set(value, stmt?.value);
    });
    return { text: stmt?.value, isOk: false };
  }
  if (name === 'sp_execute' && texts.has(handle?.value))
    return { text: texts.get(handle?.value), isOk: true };
  if (name === 'sp_unprepare') texts.delete(handle?.value);
  return { text: `EXEC ${String(name)}`, isOk: name !== 'sp_unprepare' };
}
