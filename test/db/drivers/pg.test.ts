import assert from 'node:assert/strict';
import { once } from 'node:events';
import Cursor from 'pg-cursor';
import type { Client, ClientConfig } from 'pg';
import QueryStream from 'pg-query-stream';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { counted, pg, test } from './hooked-pg.js';

describe('pg', () => {
  let postgres: TestPostgres;
  let client: Client;

  const connect = async (config: ClientConfig = {}): Promise<Client> => {
    const made = new pg.Client({ connectionString: postgres.url, ...config });
    made.on('error', () => {});
    await made.connect();
    return made;
  };
  /** The last failure, as the caller saw it. */
  const failure = async (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => assert.fail('it did not fail'),
      (error: Error) => error,
    );

  before(async () => {
    postgres = await startPostgres();
    client = await connect();
    await client.query('CREATE TABLE users (id int PRIMARY KEY, name text, at timestamptz)');
    await client.query("INSERT INTO users SELECT i, 'u' || i, now() FROM generate_series(1, 250) i");
    counted();
  });
  after(async () => {
    await client.end();
    await postgres.stop();
  });
  beforeEach(() => void counted());
  afterEach(() => assert.deepEqual(test.errors, []));

  it('counts promises, with values, configs and row modes', async () => {
    assert.equal((await client.query('SELECT * FROM users WHERE id < $1', [3])).rowCount, 2);
    assert.equal((await client.query({ text: 'SELECT id FROM users', rowMode: 'array' })).rows.length, 250);
    await client.query({ text: 'UPDATE users SET name = $1 WHERE id = $2', values: ['x', 1] });
    await client.query('SELECT 1');
    assert.deepEqual(counted(), {
      'SELECT users success': 2,
      'UPDATE users success': 1,
      'SELECT  success': 1,
    });
  });

  it('counts callbacks, before they are called', async () => {
    const seen = await new Promise((resolve) => {
      assert.equal(
        client.query('SELECT id FROM users WHERE id = 1', () => resolve(counted())),
        undefined,
      );
    });
    assert.deepEqual(seen, { 'SELECT users success': 1 });
    await new Promise((resolve) => void client.query('SELECT name FROM users WHERE id = $1', [1], resolve));
    await new Promise(
      (resolve) => void client.query({ text: 'DELETE FROM users WHERE id = 0', callback: resolve } as never),
    );
    assert.deepEqual(counted(), { 'SELECT users success': 1, 'DELETE users success': 1 });
  });

  it('counts prepared statements, by their text also when only the name is given', async () => {
    await client.query({ name: 'one', text: 'SELECT * FROM users WHERE id = $1', values: [1] });
    await client.query({ name: 'one', text: 'SELECT * FROM users WHERE id = $1', values: [2] });
    const again = await client.query({ name: 'one', values: [3] } as never);
    assert.equal((again as { rowCount: number }).rowCount, 1);
    assert.deepEqual(counted(), { 'SELECT users success': 3 });
    const clash = await failure(client.query({ name: 'one', text: 'SELECT 2', values: [] }));
    assert.match(clash.message, /must be unique/);
    assert.deepEqual(counted(), { 'SELECT  error': 1 });
  });

  it('counts a Query made by the caller, with its events', async () => {
    const query = client.query(new pg.Query('SELECT id FROM users ORDER BY id LIMIT 2'));
    const rows: unknown[] = [];
    query.on('row', (row) => rows.push(row));
    await once(query, 'end');
    assert.deepEqual(rows, [{ id: 1 }, { id: 2 }]);
    const bad = client.query(new pg.Query('SELECT nothing FROM users'));
    await once(bad, 'error');
    assert.deepEqual(counted(), { 'SELECT users success': 1, 'SELECT users error': 1 });
  });

  it('counts queries that wait for each other on one client', async () => {
    await Promise.all([1, 2, 3].map((id) => client.query('SELECT name FROM users WHERE id = $1', [id])));
    assert.deepEqual(counted(), { 'SELECT users success': 3 });
  });

  it('counts transactions', async () => {
    for (const text of [
      'BEGIN',
      'UPDATE users SET name = null WHERE id = 0',
      'COMMIT',
      'START TRANSACTION',
      'ROLLBACK',
    ]) {
      await client.query(text);
    }
    const expected = {
      'BEGIN  success': 2,
      'UPDATE users success': 1,
      'COMMIT  success': 1,
      'ROLLBACK  success': 1,
    };
    assert.deepEqual(counted(), expected);
  });

  it('measures to the last row', async () => {
    const duration = () =>
      test.sum('intelia_db_query_duration_seconds', { operation: 'SELECT', table: 'users' }) ?? 0;
    const start = duration();
    const promise = client.query('SELECT * FROM users');
    test.advance(0.25);
    await promise;
    assert.equal(duration() - start, 0.25);
    const cursor = client.query(new Cursor('SELECT id FROM users'));
    await cursor.read(10);
    test.advance(0.5);
    await cursor.close();
    assert.equal(duration() - start, 0.75);
  });

  describe('cursors and streams', () => {
    it('counts a cursor read to its end, closed early, and failed', async () => {
      const cursor = client.query(new Cursor('SELECT id FROM users WHERE id <= $1', [15]));
      assert.equal((await cursor.read(10)).length, 10);
      assert.deepEqual(counted(), {});
      assert.equal((await cursor.read(10)).length, 5);
      await client.query('SELECT 1');
      assert.deepEqual(counted(), { 'SELECT users success': 1, 'SELECT  success': 1 });
      const early = client.query(new Cursor('SELECT id FROM users'));
      await early.read(1);
      await early.close();
      assert.deepEqual(counted(), { 'SELECT users success': 1 });
      const bad = client.query(new Cursor('SELECT 1/(id-3) FROM users'));
      assert.match((await failure(bad.read(10))).message, /division by zero/);
      await client.query('SELECT 1');
      assert.deepEqual(counted(), { 'SELECT users error': 1, 'SELECT  success': 1 });
    });

    it('counts a stream read to its end, left early, and failed', async () => {
      let rows = 0;
      for await (const row of client.query(new QueryStream('SELECT id FROM users')))
        rows += Object.keys(row as object).length;
      assert.equal(rows, 250);
      assert.deepEqual(counted(), { 'SELECT users success': 1 });
      for await (const _ of client.query(new QueryStream('SELECT id FROM users', [], { batchSize: 5 })))
        break;
      await client.query('SELECT 1');
      assert.deepEqual(counted(), { 'SELECT users success': 1, 'SELECT  success': 1 });
      const bad = client.query(new QueryStream('SELECT 1/(id-3) FROM users'));
      assert.match(((await once(bad.resume(), 'error')) as Error[])[0]?.message ?? '', /division by zero/);
      await client.query('SELECT 1');
      assert.deepEqual(counted(), { 'SELECT users error': 1, 'SELECT  success': 1 });
    });

    it('counts a cursor left open when its client ends as failed', async () => {
      const other = await connect();
      const cursor = other.query(new Cursor('SELECT id FROM users'));
      await cursor.read(1);
      await other.end();
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
    });
  });

  describe('failures', () => {
    const dbErrors = () => test.value('intelia_errors_total', { type: 'db_error', severity: 'error' }) ?? 0;

    it('counts each once, and leaves the error to the caller', async () => {
      const before = dbErrors();
      const error = (await failure(client.query('SELECT * FROM missing'))) as Error & { code: string };
      assert.equal(error.code, '42P01');
      assert.ok(error.stack?.includes('pg.test'), 'the stack leads to the caller');
      await failure(client.query('INSERT INTO users (id) VALUES (1)'));
      await failure(client.query('SELEC 1'));
      const passed = await new Promise((resolve) => client.query('SELECT x FROM users', resolve as never));
      assert.equal((passed as { code: string }).code, '42703');
      const expected = {
        'SELECT missing error': 1,
        'INSERT users error': 1,
        'OTHER  error': 1,
        'SELECT users error': 1,
      };
      assert.deepEqual(counted(), expected);
      assert.equal(dbErrors() - before, 4);
    });

    it('counts what pg refuses to send', async () => {
      const circular: Record<string, unknown> = {};
      circular['self'] = circular;
      assert.match((await failure(client.query('SELECT $1 FROM users', [circular]))).message, /circular/);
      assert.match(
        (await failure(client.query('SELECT 1', 'no array' as never))).message,
        /must be an array/,
      );
      assert.throws(() => client.query(null as never), /null or undefined query/);
      assert.throws(() => client.query('SELECT 2', [], 'no function' as never), /callback is not a function/);
      await client.query('SELECT 3');
      assert.deepEqual(counted(), {
        'SELECT users error': 1,
        'SELECT  error': 2,
        'OTHER  error': 1,
        'SELECT  success': 1,
      });
    });

    it('counts a row that cannot be parsed', async () => {
      const types = { getTypeParser: () => () => { throw new Error('odd row'); } }; // prettier-ignore
      assert.equal(
        (await failure(client.query({ text: 'SELECT id FROM users', types } as never))).message,
        'odd row',
      );
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
    });

    it('counts a query on a client that has ended, and one that its end interrupts', async () => {
      const other = await connect();
      const slow = failure(other.query('SELECT pg_sleep(30) FROM users'));
      const waiting = failure(other.query('SELECT 1'));
      await other.end();
      assert.match((await slow).message, /Connection terminated/);
      await waiting;
      assert.match((await failure(other.query('SELECT 2 FROM users'))).message, /closed/);
      const inCallback = await new Promise((resolve) => other.query('SELECT 3 FROM users', resolve as never));
      assert.match((inCallback as Error).message, /closed/);
      assert.deepEqual(counted(), { 'SELECT users error': 3, 'SELECT  error': 1 });
    });

    it('counts a lost connection and a time-out once', async () => {
      const other = await connect();
      const pid = ((await other.query('SELECT pg_backend_pid() AS pid')).rows[0] as { pid: number }).pid;
      const slow = failure(other.query('SELECT pg_sleep(30) FROM users'));
      await client.query('SELECT pg_terminate_backend($1)', [pid]);
      await slow;
      await failure(other.query('SELECT 1 FROM users'));
      assert.deepEqual(counted(), { 'SELECT users error': 2, 'SELECT  success': 2 });

      const hasty = await connect({ query_timeout: 20 });
      assert.match(
        (await failure(hasty.query('SELECT pg_sleep(0.1) FROM users LIMIT 1'))).message,
        /timeout/,
      );
      await hasty.end();
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
    });

    it('counts what is cancelled, and what the server ends for its time', async () => {
      const other = await connect({ statement_timeout: 20 });
      const late = (await failure(other.query('SELECT pg_sleep(30) FROM users'))) as Error & { code: string };
      assert.equal(late.code, '57014');
      await other.query('SET statement_timeout = 0');
      const pid = ((await other.query('SELECT pg_backend_pid() AS pid')).rows[0] as { pid: number }).pid;
      const running = failure(other.query('SELECT pg_sleep(30) FROM users'));
      let isOver = false;
      void running.then(() => (isOver = true));
      while (!isOver) await client.query('SELECT pg_cancel_backend($1)', [pid]);
      assert.match((await running).message, /canceling statement due to user request/);
      await other.end();
      assert.equal(counted()['SELECT users error'], 2);
    });

    it('counts queries queued before a connection that fails', async () => {
      const other = new pg.Client({ host: '127.0.0.1', port: postgres.port, user: 'x', database: 'missing' });
      const queued = failure(other.query('SELECT 1 FROM users'));
      await failure(other.connect());
      await queued;
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
    });
  });

  it('does not take a subscription for a long query', async () => {
    const listener = await connect();
    const before = test.sum('intelia_db_query_duration_seconds') ?? 0;
    await listener.query('LISTEN news');
    const heard = once(listener, 'notification') as Promise<{ payload?: string }[]>;
    test.advance(60);
    await client.query("NOTIFY news, 'hi'");
    assert.equal((await heard)[0]?.payload, 'hi');
    await listener.end();
    assert.equal((test.sum('intelia_db_query_duration_seconds') ?? 0) - before, 0);
    assert.equal(
      Object.values(counted()).reduce((sum, n) => sum + n, 0),
      2,
    );
  });

  it('works in pipeline mode', async () => {
    const other = await connect({ pipeline: true } as never);
    const results = await Promise.allSettled([
      other.query('SELECT id FROM users WHERE id = $1', [1]),
      other.query('SELECT no FROM users'),
      other.query('SELECT 1'),
      other.query('SELECT 2', 'no array' as never),
    ]);
    assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled', 'rejected']); // prettier-ignore
    const cursor = other.query(new Cursor('SELECT id FROM users'));
    assert.match((await failure(cursor.read(1))).message, /not supported in pipeline/);
    assert.deepEqual(counted(), {
      'SELECT users success': 1,
      'SELECT users error': 2,
      'SELECT  success': 1,
      'SELECT  error': 1,
    });
    await other.end();
  });

  it('looks like pg: names, lengths, what queries look like, subclasses', async () => {
    const { query } = pg.Client.prototype;
    assert.deepEqual([query.name, query.length], ['query', 3]);
    assert.deepEqual(Object.getOwnPropertyNames(pg.Pool), ['length', 'name', 'prototype']);
    const cursor = new Cursor('SELECT 1');
    const keys = Object.keys(cursor);
    await client.query(cursor).close();
    assert.deepEqual(Object.keys(cursor).filter((key) => !keys.includes(key)), []); // prettier-ignore

    class Audited extends pg.Client {
      asked: unknown[] = [];
      override query(...args: unknown[]): never {
        this.asked.push(args[0]);
        return super.query(...(args as [string])) as never;
      }
    }
    const audited = new Audited({ connectionString: postgres.url });
    await audited.connect();
    await (audited.query('SELECT 1 FROM users') as Promise<unknown>);
    await audited.end();
    assert.deepEqual(audited.asked, ['SELECT 1 FROM users']);
    assert.deepEqual(counted(), { 'SELECT  success': 1, 'SELECT users success': 1 });
  });
});
