/** What has to hold with every supported version of pg; test/compat/pg-… runs it with old ones. */
import assert from 'node:assert/strict';
import type PgCursor from 'pg-cursor';
import type Pg from 'pg';
import { hookPg } from '../../src/db/drivers/pg.js';
import { testContext } from './context.js';
import { startPostgres, type TestPostgres } from './postgres.js';

/** `load` requires the version to be tested: only after the hook, as an application does. */
export function describePg(name: string, load: (file: string) => unknown): void {
  describe(name, () => {
    const test = testContext();
    let pg: typeof Pg;
    let Cursor: typeof PgCursor;
    let postgres: TestPostgres;
    let client: Pg.Client;
    const counts = () => test.series('intelia_db_queries_total');
    const count = (table: string, status: string) =>
      test.value('intelia_db_queries_total', { operation: 'SELECT', table, status });

    before(async () => {
      hookPg(test.context);
      pg = load('pg') as typeof Pg;
      Cursor = load('pg-cursor') as typeof PgCursor;
      postgres = await startPostgres();
      client = new pg.Client(postgres.url);
      await client.connect();
    });
    after(async () => {
      await client.end();
      await postgres.stop();
    });
    afterEach(() => assert.deepEqual(test.errors, []));

    it('counts promises, callbacks, configs, prepared statements', async () => {
      await client.query('SELECT 1 FROM pg_class LIMIT 1');
      await new Promise(
        (resolve) => void client.query('SELECT 2 FROM pg_class WHERE oid = $1', [0], resolve),
      );
      await client.query({ name: 'a', text: 'SELECT 3 FROM pg_class WHERE oid = $1', values: [0] });
      await client.query({ name: 'a', text: 'SELECT 3 FROM pg_class WHERE oid = $1', values: [1] });
      await Promise.all([4, 5, 6].map((n) => client.query(`SELECT ${n} FROM pg_class LIMIT 1`)));
      assert.deepEqual(counts(), { 'operation=SELECT,table=pg_class,status=success': 7 });
    });

    it('counts cursors and queries with events', async () => {
      const cursor = client.query(new Cursor('SELECT oid FROM pg_type'));
      await new Promise((resolve) => void cursor.read(5, resolve));
      assert.equal(count('pg_type', 'success'), undefined);
      await new Promise((resolve) => void cursor.close(resolve as () => void));
      assert.equal(count('pg_type', 'success'), 1);
      await new Promise(
        (resolve) => void client.query(new pg.Query('SELECT 1 FROM pg_type')).on('end', resolve),
      );
      assert.equal(count('pg_type', 'success'), 2);
    });

    it('counts failures once', async () => {
      const circular: Record<string, unknown> = {};
      circular['self'] = circular;
      await assert.rejects(client.query('SELECT nothing FROM pg_index'), { code: '42703' });
      await client.query('SELECT 1 FROM pg_index LIMIT 1');
      // On a client of its own: pg 8.16 never gets over it.
      const stuck = new pg.Client(postgres.url);
      await stuck.connect();
      await assert.rejects(stuck.query('SELECT $1 FROM pg_index', [circular]), /circular/);
      await stuck.end();
      const other = new pg.Client(postgres.url);
      await other.connect();
      const slow = assert.rejects(other.query('SELECT pg_sleep(30) FROM pg_index'));
      await other.end();
      await slow;
      await assert.rejects(other.query('SELECT 1 FROM pg_index'));
      assert.deepEqual([count('pg_index', 'error'), count('pg_index', 'success')], [4, 1]);
    });

    it('reads pools, and counts their queries', async () => {
      const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
      // Before 8.1 its `end` does not wait for the sockets, and the server may be stopped before they are closed.
      pool.on('error', () => {});
      const inUse = () => {
        test.collect();
        return test.value('intelia_db_connections_active', { pool: `127.0.0.1:${postgres.port}/postgres` });
      };
      assert.equal(inUse(), 0);
      const held = await pool.connect();
      assert.equal(inUse(), 1);
      await Promise.all([1, 2, 3].map((n) => pool.query(`SELECT ${n} FROM pg_proc LIMIT 1`)));
      await assert.rejects(pool.query('SELECT nothing FROM pg_proc'));
      assert.equal(inUse(), 1);
      held.release();
      await pool.end();
      await assert.rejects(pool.query('SELECT 1 FROM pg_proc'));
      assert.equal(inUse(), 0);
      assert.deepEqual([count('pg_proc', 'error'), count('pg_proc', 'success')], [2, 3]);
    });
  });
}
