import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hookMysql2 } from '../../../src/db/drivers/mysql2.js';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { startMariadb, type TestMariadb } from '../../support/mariadb.js';

const test = dbCounts([hookMysql2], '127.0.0.1/named=main');
const { counted } = test;

for (const name of ['mysql2', 'mysql2-oldest']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  // The types of the newest: what the tests call has been the same since 2.
  const mysql = require(name) as typeof import('mysql2');
  const promises = require(`${name}/promise`) as typeof import('mysql2/promise');

  describe(`mysql2 ${version}`, () => {
    let mariadb: TestMariadb;
    let connection: import('mysql2/promise').Connection;
    const options = () => {
      const { host, port, user, password, database } = mariadb;
      return { host, port, user, password, database };
    };
    const inUse = () => test.inUse(`127.0.0.1:${mariadb.port}/`);
    const idle = () => test.idle(`127.0.0.1:${mariadb.port}/`);

    before(async function () {
      mariadb = await startMariadb(this);
      connection = await promises.createConnection(options());
    });
    after(async () => {
      connection?.destroy();
      await mariadb?.stop();
    });
    beforeEach(() => void counted());
    afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

    it('counts query and execute, as promise, with a callback and prepared', async () => {
      const [rows] = await connection.query('SELECT * FROM users ORDER BY id');
      assert.deepEqual(rows, [{ id: 1, name: 'Ada' }, { id: 2, name: 'Bob' }]); // prettier-ignore
      await connection.query({ sql: 'SELECT name FROM users WHERE id = ?', values: [1] });
      await connection.execute('SELECT name FROM users WHERE id = ?', [1]);
      await connection.execute('SELECT name FROM users WHERE id = ?', [2]);
      const statement = await connection.prepare('SELECT id FROM users WHERE name = ?');
      await statement.execute(['Ada']);
      await statement.close();
      await Promise.all([1, 2, 3].map((n) => connection.query('SELECT ? FROM users', [n])));
      await connection.beginTransaction();
      await connection.rollback();
      await connection.ping();
      assert.deepEqual(counted(), { 'SELECT users success': 8, 'BEGIN success': 1, 'ROLLBACK success': 1 });
    });

    it('counts errors once, and leaves them as they are', async () => {
      await assert.rejects(connection.query('SELECT * FROM missing'), {
        code: 'ER_NO_SUCH_TABLE',
        sqlState: '42S02',
      });
      await assert.rejects(connection.execute('SELECT * FROM missing'), { code: 'ER_NO_SUCH_TABLE' });
      await assert.rejects(connection.query("INSERT INTO users VALUES (1, 'Ada')"), { code: 'ER_DUP_ENTRY' });
      await assert.rejects(connection.execute('INSERT INTO users VALUES (?, ?)', [1, 'Ada']), {
        code: 'ER_DUP_ENTRY',
      });
      await assert.rejects(connection.execute('SELECT ? FROM users', [undefined as never]), /undefined/);
      assert.deepEqual(counted(), {
        'SELECT missing error': 2, 'INSERT users error': 2, 'SELECT users error': 1,
      }); // prettier-ignore
    });

    it('times a stream to its last row, and counts one that fails', async () => {
      const raw = mysql.createConnection(options());
      const begun = test.sum('intelia_db_query_duration_seconds') ?? 0;
      const query = raw.query('SELECT seq FROM seq_1_to_3');
      const rows: unknown[] = [];
      query.on('result', (row) => {
        rows.push(row);
        test.advance(1);
      });
      await new Promise((resolve) => query.on('end', resolve));
      assert.equal(rows.length, 3);
      assert.equal((test.sum('intelia_db_query_duration_seconds') ?? 0) - begun, 3);
      const stream = raw.query('SELECT id FROM users').stream();
      stream.resume();
      await new Promise((resolve) => stream.on('end', resolve));
      const error = await new Promise((resolve) => raw.query('SELECT * FROM missing').on('error', resolve));
      assert.equal((error as { code: string }).code, 'ER_NO_SUCH_TABLE');
      const inExecute = await new Promise((resolve) =>
        raw.execute('SELECT * FROM missing').on('error', resolve),
      );
      assert.equal((inExecute as { code: string }).code, 'ER_NO_SUCH_TABLE');
      raw.destroy();
      assert.deepEqual(counted(), {
        'SELECT seq_1_to_3 success': 1, 'SELECT users success': 1, 'SELECT missing error': 2,
      }); // prettier-ignore
    });

    it('counts what is cut off: timeout, kill, a lost and a destroyed connection', async () => {
      const lose = async (cut: (threadId: number) => unknown, sql: string) => {
        const raw = mysql.createConnection(options());
        raw.on('error', () => {});
        await new Promise((resolve) => void raw.query('SELECT 1', resolve));
        const running = new Promise((resolve) => void raw.query({ sql, timeout: 0 }, resolve));
        const { threadId } = raw as unknown as { threadId: number };
        await cut(threadId);
        await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 50))]);
        raw.destroy();
      };
      const raw = mysql.createConnection(options());
      const late = await new Promise((resolve) =>
        raw.query({ sql: 'SELECT SLEEP(0.05) FROM users', timeout: 5 }, resolve),
      );
      assert.equal((late as { code: string }).code, 'PROTOCOL_SEQUENCE_TIMEOUT');
      raw.destroy();
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
      const sleep = 'SELECT SLEEP(20), 1 AS sleeping FROM users';
      await lose((id) => connection.query(`KILL QUERY ${id}`), sleep);
      await lose((id) => connection.query(`KILL ${id}`), sleep);
      await lose(() => {}, sleep);
      const { ...all } = counted();
      assert.equal(all['SELECT users error'], 3);
    });

    it('counts queries on a closed connection, and on one that cannot be had', async () => {
      const raw = mysql.createConnection(options());
      await new Promise((resolve) => void raw.query('SELECT 1', resolve));
      raw.destroy();
      const closed = await new Promise((resolve) => void raw.query('SELECT 1 FROM users', resolve));
      assert.match(String(closed), /closed state/);
      const refused = mysql.createConnection({ ...options(), port: await freePort() });
      refused.on('error', () => {});
      const error = await new Promise((resolve) => void refused.query('SELECT 2 FROM users', resolve));
      assert.equal((error as { code: string }).code, 'ECONNREFUSED');
      assert.deepEqual(counted(), { 'SELECT success': 1, 'SELECT users error': 2 });
    });

    it('reads each pool by itself, after errors, after its end', async () => {
      const one = mysql.createPool({ ...options(), database: 'one', connectionLimit: 5 });
      const two = promises.createPool({ ...options(), database: 'two' });
      const again = mysql.createPool({ ...options(), database: 'one' });
      const named = promises.createPool({ ...options(), database: 'named' });
      assert.deepEqual(inUse(), { one: 0, two: 0, 'one#2': 0 });
      const take = () => one.promise().getConnection();
      const held = await Promise.all([take(), take(), take(), take(), take()]);
      const other = await two.getConnection();
      assert.deepEqual(inUse(), { one: 5, two: 1, 'one#2': 0 });
      held[0]?.release();
      held[1]?.destroy();
      await assert.rejects(two.query('SELECT * FROM missing'));
      await assert.rejects(named.getConnection(), { code: 'ER_BAD_DB_ERROR' });
      assert.deepEqual(inUse(), { one: 3, two: 1, 'one#2': 0 });
      assert.deepEqual(test.inUse('main'), { '': 0 });
      other.release();
      assert.deepEqual([idle(), test.idle('main')], [{ one: 1, two: 2, 'one#2': 0 }, { '': 0 }]);
      await Promise.all([one.promise().end(), two.end(), again.promise().end(), named.end()]);
      assert.deepEqual(inUse(), { one: 0, two: 0, 'one#2': 0 });
      assert.deepEqual(idle(), { one: 0, two: 0, 'one#2': 0 });
    });

    it('counts queries of pools once, also those that get no connection', async () => {
      const pool = promises.createPool({ ...options(), connectionLimit: 1 });
      await Promise.all([1, 2, 3].map((n) => pool.query('SELECT ? FROM users', [n])));
      await pool.execute('SELECT name FROM users');
      await assert.rejects(pool.query('SELECT nothing FROM users'), { code: 'ER_BAD_FIELD_ERROR' });
      assert.deepEqual(counted(), { 'SELECT users success': 4, 'SELECT users error': 1 });
      await pool.end();
      await assert.rejects(pool.query('SELECT 1 FROM users'), /closed/);
      const full = promises.createPool({ ...options(), connectionLimit: 1, waitForConnections: false });
      const held = await full.getConnection();
      await assert.rejects(full.query('SELECT 2 FROM users'), /No connections available/);
      await assert.rejects(full.execute('SELECT 3 FROM users'), /No connections available/);
      await assert.rejects(full.getConnection());
      held.release();
      await full.end();
      const refused = promises.createPool({ ...options(), port: await freePort() });
      await assert.rejects(refused.query('SELECT 4 FROM users'), { code: 'ECONNREFUSED' });
      await refused.end();
      assert.deepEqual(counted(), { 'SELECT users error': 4 });
    });

    it('counts queries of a pool cluster once', async () => {
      const cluster = mysql.createPoolCluster();
      cluster.add('a', options());
      const ask = (of: { query: (sql: string, done: (error: unknown) => void) => unknown }, sql: string) =>
        new Promise((resolve) => void of.query(sql, resolve));
      assert.equal(await ask(cluster.of('*') as never, 'SELECT 1 FROM users'), null);
      assert.match(
        String(await ask(cluster.of('b*') as never, 'SELECT 2 FROM users')),
        /Pool does Not exist/,
      );
      await new Promise<void>((resolve, reject) => {
        cluster.getConnection((error, held) => {
          if (error) return reject(error);
          held.query('SELECT 3 FROM users', () => {
            held.release();
            resolve();
          });
        });
      });
      assert.deepEqual(counted(), { 'SELECT users success': 2, 'SELECT users error': 1 });
      await new Promise((resolve) => cluster.end(resolve));
    });

    it('counts queries of a pool cluster once, by promise', async () => {
      const cluster = promises.createPoolCluster();
      cluster.add('a', options());
      await cluster.of('a').query('SELECT 1 FROM users');
      await cluster.of('a').execute('SELECT 2 FROM users');
      await assert.rejects(cluster.of('a').query('SELECT nothing FROM users'), {
        code: 'ER_BAD_FIELD_ERROR',
      });
      await assert.rejects(cluster.of('b*').query('SELECT 3 FROM users'), /Pool does Not exist/);
      assert.deepEqual(counted(), { 'SELECT users success': 2, 'SELECT users error': 2 });
      await cluster.end();
    });

    it('leaves an error that nobody listens for uncaught', async () => {
      const listeners = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
      const raw = mysql.createConnection(options());
      raw.query('SELECT * FROM missing');
      const error = await uncaught;
      for (const listener of listeners) process.on('uncaughtException', listener);
      assert.equal((error as { code: string }).code, 'ER_NO_SUCH_TABLE');
      raw.destroy();
      assert.deepEqual(counted(), { 'SELECT missing error': 1 });
    });

    it('shows no user and no password', () => {
      const shown = Object.keys(test.series('intelia_db_connections_active')).join();
      assert.ok(!/intelia|pa55/.test(shown), shown);
    });
  });
}
