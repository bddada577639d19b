import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { PoolConfig } from 'mariadb';
import { hookMariadb } from '../../../src/db/drivers/mariadb.js';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { startMariadb, type TestMariadb } from '../../support/mariadb.js';

const test = dbCounts([hookMariadb], '127.0.0.1/named=main');
const { counted } = test;

for (const name of ['mariadb', 'mariadb-oldest']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  // The types of the newest: what the tests call has been the same since 3.1.
  const mariadb = require(name) as typeof import('mariadb');
  const callbacks = require(`${name}/callback`) as typeof import('mariadb/callback');

  describe(`mariadb ${version}`, () => {
    let server: TestMariadb;
    let connection: import('mariadb').Connection;
    const options = (more: PoolConfig = {}): PoolConfig => {
      const { host, port, user, password, database } = server;
      return { host, port, user, password, database, allowPublicKeyRetrieval: true, ...more };
    };
    const inUse = () => test.inUse(`127.0.0.1:${server.port}/`);
    const idle = () => test.idle(`127.0.0.1:${server.port}/`);

    before(async function () {
      server = await startMariadb(this);
      connection = await mariadb.createConnection(options());
    });
    after(async () => {
      connection?.destroy();
      await server?.stop();
    });
    beforeEach(() => void counted());
    afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

    it('counts query, execute, batch, prepared statements and transactions', async () => {
      const rows = await connection.query<{ name: string }[]>('SELECT * FROM users ORDER BY id');
      assert.equal(rows[1]?.name, 'Bob');
      await connection.query({ sql: 'SELECT name FROM users WHERE id = ?' }, [1]);
      await connection.execute('SELECT name FROM users WHERE id = ?', [1]);
      const statement = await connection.prepare('SELECT id FROM users WHERE name = ?');
      await statement.execute(['Ada']);
      statement.close();
      await connection.beginTransaction();
      await connection.batch('INSERT INTO users VALUES (?, ?)', [[3, 'Eve'], [4, 'Joe']]); // prettier-ignore
      await connection.rollback();
      await connection.ping();
      assert.deepEqual(counted(), {
        'SELECT users success': 4, 'BEGIN success': 1, 'INSERT users success': 1, 'ROLLBACK success': 1,
      }); // prettier-ignore
    });

    it('counts errors once, and gives the caller its own', async () => {
      const promise = connection.query('SELECT * FROM missing');
      const error: unknown = await promise.catch((failure: unknown) => failure);
      assert.equal((error as { code: string }).code, 'ER_NO_SUCH_TABLE');
      assert.equal(await promise.catch((failure: unknown) => failure), error);
      await assert.rejects(connection.execute('INSERT INTO users VALUES (?, ?)', [1, 'Ada']), {
        code: 'ER_DUP_ENTRY',
      });
      await assert.rejects(connection.batch('INSERT INTO users VALUES (?, ?)', [[1, 'Ada']]), {
        code: 'ER_DUP_ENTRY',
      });
      assert.deepEqual(counted(), { 'SELECT missing error': 1, 'INSERT users error': 2 });
    });

    it('leaves a rejection that nobody handles unhandled', async () => {
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
      void connection.query('SELECT * FROM missing');
      assert.match(String(await unhandled), /missing/);
      for (const listener of listeners) process.on('unhandledRejection', listener);
      assert.deepEqual(counted(), { 'SELECT missing error': 1 });
    });

    it('times a stream to its last row, and counts one that fails', async () => {
      const begun = test.sum('intelia_db_query_duration_seconds') ?? 0;
      const rows: unknown[] = [];
      for await (const row of connection.queryStream('SELECT seq FROM seq_1_to_3')) {
        rows.push(row);
        test.advance(1);
      }
      assert.equal(rows.length, 3);
      assert.equal((test.sum('intelia_db_query_duration_seconds') ?? 0) - begun, 3);
      const failing = connection.queryStream('SELECT * FROM missing');
      const error = await new Promise((resolve) => failing.on('error', resolve));
      assert.equal((error as { code: string }).code, 'ER_NO_SUCH_TABLE');
      assert.deepEqual(counted(), { 'SELECT seq_1_to_3 success': 1, 'SELECT missing error': 1 });
    });

    it('counts what is cut off, and what is asked of a closed connection', async () => {
      const other = await mariadb.createConnection(options());
      other.on('error', () => {});
      const killed = assert.rejects(other.query('SELECT SLEEP(20), 1 FROM users'));
      await connection.query(`KILL ${other.threadId}`);
      await killed;
      await assert.rejects(other.query('SELECT 2 FROM users'));
      await assert.rejects(
        connection.query({ sql: 'SELECT SLEEP(1), id FROM users', timeout: 5 }),
        /max_statement_time/,
      );
      const destroyed = await mariadb.createConnection(options());
      const cut = assert.rejects(destroyed.query('SELECT SLEEP(20), 3 FROM users'));
      destroyed.destroy();
      await cut;
      assert.equal(counted()['SELECT users error'], 4);
    });

    it('reads each pool by itself, after errors, after its end', async () => {
      const { user, password, host, port } = server;
      const one = mariadb.createPool(options({ database: 'one', connectionLimit: 3 }));
      const two = mariadb.createPool(`mariadb://${user}:${password}@${host}:${port}/two?connectionLimit=2`);
      const named = mariadb.createPool(
        options({ database: 'named', acquireTimeout: 200, connectionLimit: 1 }),
      );
      named.on('error', () => {});
      const held = await Promise.all([one.getConnection(), one.getConnection(), one.getConnection()]);
      const other = await two.getConnection();
      assert.deepEqual(inUse(), { one: 3, two: 1 });
      assert.deepEqual([idle()['one'], test.idle('main')], [0, { '': 0 }]);
      await held[0]?.release();
      await other.release();
      assert.deepEqual([idle()['one'], (idle()['two'] ?? 0) > 0], [1, true]);
      await assert.rejects(two.query('SELECT * FROM missing'));
      assert.deepEqual(inUse(), { one: 2, two: 0 });
      await assert.rejects(named.query('SELECT 1 FROM users'));
      assert.deepEqual(test.inUse('main'), { '': 0 });
      await Promise.all(held.slice(1).map((each) => each.release()));
      await Promise.all([one.end(), two.end(), named.end()]);
      assert.deepEqual([idle(), test.idle('main')], [{ one: 0, two: 0 }, { '': 0 }]);
      const again = mariadb.createPool(options({ database: 'one', connectionLimit: 1 }));
      const busy = await again.getConnection();
      assert.deepEqual(inUse(), { one: 1, two: 0 });
      await busy.release();
      await again.end();
      assert.deepEqual(inUse(), { one: 0, two: 0 });
      assert.deepEqual(counted(), { 'SELECT missing error': 1, 'SELECT users error': 1 });
      const shown = Object.keys(test.series('intelia_db_connections_active')).join();
      assert.ok(!/intelia|pa55/.test(shown), shown);
    });

    it('counts queries of pools once, also those that get no connection', async () => {
      const pool = mariadb.createPool(options({ connectionLimit: 1, acquireTimeout: 500 }));
      pool.on('error', () => {});
      await Promise.all([1, 2, 3].map((n) => pool.query('SELECT ? FROM users', [n])));
      await pool.execute('SELECT name FROM users');
      const held = await pool.getConnection();
      await held.query('SELECT id FROM users');
      assert.deepEqual(counted(), { 'SELECT users success': 5 });
      await assert.rejects(pool.query('SELECT 1 FROM users'), { code: 'ER_GET_CONNECTION_TIMEOUT' });
      await held.release();
      await pool.end();
      await assert.rejects(pool.query('SELECT 2 FROM users'), /closed/);
      const refused = mariadb.createPool(options({ port: await freePort(), acquireTimeout: 100 }));
      refused.on('error', () => {});
      await assert.rejects(refused.query('SELECT 3 FROM users'));
      await refused.end();
      assert.deepEqual(counted(), { 'SELECT users error': 3 });
    });

    it('counts queries of a pool cluster once', async () => {
      const cluster = mariadb.createPoolCluster();
      cluster.add('a', options({ connectionLimit: 1 }));
      await cluster.of('a', 'RR').query('SELECT 1 FROM users');
      const held = await cluster.getConnection('a');
      await held.query('SELECT 2 FROM users');
      await held.release();
      assert.deepEqual(counted(), { 'SELECT users success': 2 });
      assert.deepEqual(inUse()['shop'], 0);
      await assert.rejects(cluster.of('a').query('SELECT nothing FROM users'), {
        code: 'ER_BAD_FIELD_ERROR',
      });
      await assert.rejects(cluster.of('a').execute('SELECT nothing FROM users'));
      assert.deepEqual(counted(), { 'SELECT users error': 2 });
      cluster.add('dead', options({ port: await freePort(), acquireTimeout: 50, initializationTimeout: 50 }));
      const dead = cluster.of('dead');
      await assert.rejects(dead.query('SELECT 3 FROM users'));
      await assert.rejects(dead.execute('SELECT 4 FROM users'));
      await assert.rejects(dead.batch('INSERT INTO users VALUES (?, ?)', [[9, 'x']]));
      await assert.rejects(cluster.of('b').query('SELECT 5 FROM users'), /No node found/);
      assert.deepEqual(counted(), { 'SELECT users error': 3, 'INSERT users error': 1 });
      await cluster.end();
    });

    it('counts queries of a pool cluster once, by callback', async function () {
      // The oldest has none there: it awaits what only calls back.
      if (name === 'mariadb-oldest') return this.skip();
      const cluster = callbacks.createPoolCluster();
      cluster.add('a', options({ connectionLimit: 1 }));
      const ask = (pattern: string, sql: string): Promise<{ code?: string } | null> =>
        new Promise((resolve) => (cluster.of(pattern) as any).query(sql, resolve));
      assert.equal(await ask('a', 'SELECT 1 FROM users'), null);
      assert.equal((await ask('a', 'SELECT nothing FROM users'))?.code, 'ER_BAD_FIELD_ERROR');
      assert.deepEqual(counted(), { 'SELECT users success': 1, 'SELECT users error': 1 });
      // The caller is told before the connection is back.
      while (inUse()['shop'] !== 0) await new Promise(setImmediate);
      assert.equal(idle()['shop'], 1);
      assert.match(String(await ask('b', 'SELECT 2 FROM users')), /No node found/);
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
      await new Promise((resolve) => cluster.end(resolve as () => void));
    });

    it('counts the callback interface', async () => {
      const raw = callbacks.createConnection(options());
      const ask = (of: object, method: string, ...args: unknown[]) =>
        new Promise<unknown[]>((resolve) => {
          (of as Record<string, (...given: unknown[]) => void>)[method]?.(...args, (...given: unknown[]) =>
            resolve(given),
          );
        });
      const [error, rows] = await ask(raw, 'query', 'SELECT * FROM users');
      assert.deepEqual([error, (rows as unknown[]).length], [null, 2]);
      await ask(raw, 'execute', 'SELECT name FROM users WHERE id = ?', [1]);
      await ask(raw, 'beginTransaction');
      await ask(raw, 'rollback');
      const [failure] = await ask(raw, 'query', 'SELECT * FROM missing');
      assert.equal((failure as { code: string }).code, 'ER_NO_SUCH_TABLE');
      await new Promise((resolve) => raw.query('SELECT id FROM users').on('end', resolve as () => void));
      const pool = callbacks.createPool(options({ connectionLimit: 1 }));
      await ask(pool, 'query', 'SELECT 1 FROM users');
      await ask(pool, 'execute', 'SELECT 2 FROM users');
      pool.query('SELECT 3 FROM users');
      await ask(pool, 'query', 'SELECT 4 FROM users');
      await ask(pool, 'end');
      raw.destroy();
      assert.deepEqual(counted(), {
        'SELECT users success': 7, 'BEGIN success': 1, 'ROLLBACK success': 1, 'SELECT missing error': 1,
      }); // prettier-ignore
    });
  });
}
