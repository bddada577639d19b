/**
 * A stand-in for a remote libSQL server, which cannot be had here: it speaks version 2 of its protocol (Hrana over HTTP,
 * in JSON) in front of a real SQLite in memory.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HranaServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startHrana(): Promise<HranaServer> {
  const { DatabaseSync } = (process as any).getBuiltinModule('node:sqlite');
  const db = new DatabaseSync(':memory:');
  const server = createServer((request, response) => void answer(db, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(db: any, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { requests } = JSON.parse(body) as { requests: any[] };
  const texts = new Map<number, string>();
  const results = requests.map((each) => {
    try {
      return { type: 'ok', response: { type: each.type, result: respond(db, each, texts) } };
    } catch (error) {
      return { type: 'error', error: { message: String(error), code: 'SQLITE_ERROR' } };
    }
  });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ baton: 'one', base_url: null, results }));
}

function respond(db: any, request: any, texts: Map<number, string>): unknown {
  const { type, sql, stmt, batch } = request;
  if (type === 'store_sql') texts.set(request.sql_id, sql);
  if (type === 'sequence') db.exec(sql ?? texts.get(request.sql_id));
  if (type === 'execute') return execute(db, stmt, texts);
  if (type === 'batch') return runBatch(db, batch.steps, texts);
  return {};
}

function execute(db: any, stmt: any, texts: Map<number, string>): unknown {
  const statement = db.prepare(stmt.sql ?? texts.get(stmt.sql_id));
  const columns: { name: string }[] = statement.columns();
  const rows: Record<string, unknown>[] = statement.all(...(stmt.args ?? []).map((arg: any) => arg.value));
  const cell = (value: unknown) =>
    value === null ? { type: 'null' } : { type: 'text', value: String(value) };
  return {
    cols: columns.map(({ name }) => ({ name, decltype: null })),
    rows: rows.map((row) => columns.map(({ name }) => cell(row[name]))),
    affected_row_count: 0,
    last_insert_rowid: null,
  };
}

function runBatch(db: any, steps: any[], texts: Map<number, string>): unknown {
  const step_results: unknown[] = [];
  const step_errors: unknown[] = [];
  const holds = (cond: any): boolean => {
    if (cond == null) return true;
    if (cond.type === 'not') return !holds(cond.cond);
    if (cond.type === 'ok') return step_results[cond.step] != null;
    return true;
  };
  for (const { stmt, condition } of steps) {
    let [result, error]: unknown[] = [null, null];
    try {
      if (holds(condition)) result = execute(db, stmt, texts);
    } catch (failure) {
      error = { message: String(failure), code: 'SQLITE_ERROR' };
    }
    step_results.push(result);
    step_errors.push(error);
  }
  return { step_results, step_errors };
}
