import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hookTedious } from '../../../src/db/drivers/tedious.js';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { startTds, type TdsServer } from './tds-server.js';

const test = dbCounts([hookTedious], '127.0.0.1/named=main');
const { counted } = test;
const seconds = () => test.sum('intelia_db_query_duration_seconds') ?? 0;

for (const name of ['tedious', 'tedious-oldest']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  const tedious = require(name);

  describe(`tedious ${version}, with a stand-in for SQL Server`, () => {
    let server: TdsServer;
    let connection: any;
    const connect = async (more: object = {}): Promise<any> => {
      const options = { port: server.port, encrypt: false, database: 'shop', ...more };
      const authentication = { type: 'default', options: { userName: 'intelia', password: 'pa55-word' } };
      const made = new tedious.Connection({ server: '127.0.0.1', authentication, options });
      await new Promise<void>((resolve, reject) => made.connect((error?: Error) => (error ? reject(error) : resolve()))); // prettier-ignore
      return made;
    };
    /** What the callback is told. */
    const ask = (on: any, method: string, text: string, prepare: (request: any) => void = () => {}) =>
      new Promise<any[]>((resolve) => {
        const request = new tedious.Request(text, (...told: unknown[]) => resolve(told));
        prepare(request);
        on[method](request);
      });

    before(async () => {
      server = await startTds();
      connection = await connect();
    });
    after(async () => {
      connection.close();
      await server.stop();
    });
    beforeEach(() => void counted());
    afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

    it('counts execSql, with parameters, execSqlBatch and procedures', async () => {
      const [error, rowCount] = await ask(connection, 'execSql', 'SELECT id FROM users');
      assert.deepEqual([error ?? undefined, rowCount], [undefined, 2]);
      await ask(connection, 'execSql', 'SELECT id FROM [dbo].[users] WHERE id = @id', (request) =>
        request.addParameter('id', tedious.TYPES.Int, 1),
      );
      await ask(connection, 'execSqlBatch', 'UPDATE users SET name = 1');
      await ask(connection, 'callProcedure', 'shop_proc');
      assert.deepEqual(counted(), {
        'SELECT users success': 1, 'SELECT dbo.users success': 1, 'UPDATE users success': 1, 'EXECUTE success': 1,
      }); // prettier-ignore
    });

    it('counts a prepared request each time it is executed', async () => {
      let told: (...args: unknown[]) => void = () => {};
      const request = new tedious.Request('SELECT id FROM users WHERE id = @id', (...args: unknown[]) =>
        told(...args),
      );
      request.addParameter('id', tedious.TYPES.Int);
      await new Promise((resolve) => {
        request.on('prepared', resolve);
        connection.prepare(request);
      });
      assert.deepEqual(counted(), {});
      for (const id of [1, 2]) {
        await new Promise((resolve) => {
          told = resolve;
          connection.execute(request, { id });
        });
      }
      await new Promise((resolve) => {
        told = resolve;
        connection.unprepare(request);
      });
      const bad = new tedious.Request('SELECT id FROM missing', () => {});
      await new Promise((resolve) => {
        bad.on('error', resolve);
        connection.prepare(bad);
      });
      assert.deepEqual(counted(), { 'SELECT users success': 2, 'SELECT missing error': 1 });
    });

    it('counts transactions and bulk loads', async () => {
      const step = (method: string, ...rest: unknown[]) =>
        new Promise((resolve) => connection[method](resolve, ...rest));
      await step('beginTransaction');
      await step('saveTransaction', 'here');
      await step('commitTransaction');
      await step('beginTransaction');
      await step('rollbackTransaction');
      const rowCount = await new Promise((resolve) => {
        const bulk = connection.newBulkLoad('users', (_error: unknown, count: number) => resolve(count));
        bulk.addColumn('id', tedious.TYPES.Int, { nullable: true });
        connection.execBulkLoad(bulk, [[1], [2]]);
      });
      assert.equal(rowCount, 2);
      assert.deepEqual(counted(), {
        'BEGIN success': 2, 'SAVEPOINT success': 1, 'COMMIT success': 1, 'ROLLBACK success': 1,
        'INSERT users success': 1,
      }); // prettier-ignore
    });

    it('times a request to its last row', async () => {
      const begun = seconds();
      const asked = ask(connection, 'execSql', 'SELECT id FROM users -- slowly', (request) =>
        request.on('row', () => {
          test.advance(1);
          server.waiting.pop()?.();
        }),
      );
      await asked;
      assert.equal(seconds() - begun, 2);
      assert.deepEqual(counted(), { 'SELECT users success': 1 });
    });

    it('counts each error once, and leaves it to the caller', async () => {
      const [missing] = await ask(connection, 'execSql', 'SELECT id FROM missing');
      assert.deepEqual([missing.code, missing.number], ['EREQUEST', 208]);
      const [twice] = await ask(connection, 'execSqlBatch', 'INSERT INTO users VALUES (1)');
      assert.equal(twice.number, 2627);
      const [odd] = await ask(connection, 'execSql', 'SELECT @id FROM users', (request) =>
        request.addParameter('id', tedious.TYPES.Int, 'no number'),
      );
      assert.equal(odd.code, 'EPARAM');
      assert.deepEqual(counted(), {
        'SELECT missing error': 1, 'INSERT users error': 1, 'SELECT users error': 1,
      }); // prettier-ignore
    });

    it('counts what is cancelled, what takes too long, what the end of a connection cuts off', async () => {
      const cancelled = ask(connection, 'execSql', "WAITFOR DELAY '1'; SELECT 1 FROM users");
      setImmediate(() => connection.cancel());
      assert.equal((await cancelled)[0].code, 'ECANCEL');
      const hasty = await connect({ requestTimeout: 20 });
      assert.equal(
        (await ask(hasty, 'execSql', "WAITFOR DELAY '1'; SELECT 2 FROM users"))[0].code,
        'ETIMEOUT',
      );
      const cut = ask(hasty, 'execSqlBatch', "WAITFOR DELAY '1'; SELECT 3 FROM users");
      setImmediate(() => hasty.close());
      assert.equal((await cut)[0].code, 'ECLOSE');
      assert.equal((await ask(hasty, 'execSql', 'SELECT 4 FROM users'))[0].code, 'EINVALIDSTATE');
      const sum = Object.values(counted()).reduce((a, b) => a + b, 0);
      assert.equal(sum, 4);
    });

    it('does not count what the driver asks for itself', async () => {
      await new Promise((resolve) => connection.reset(resolve));
      assert.deepEqual(counted(), {});
    });
  });
}

for (const name of ['mssql', 'mssql-oldest']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  const mssql = require(name);

  describe(`mssql ${version}, with a stand-in for SQL Server`, () => {
    let server: TdsServer;
    const open = (database: string, more: object = {}): Promise<any> => {
      const pool = new mssql.ConnectionPool({
        server: '127.0.0.1', port: server.port, user: 'intelia', password: 'pa55-word', database,
        options: { encrypt: false }, ...more,
      }); // prettier-ignore
      pool.on('error', () => {});
      return pool.connect() as Promise<any>;
    };
    const inUse = () => test.inUse(`127.0.0.1:${server.port}/`);
    const idle = () => test.idle(`127.0.0.1:${server.port}/`);

    before(async () => void (server = await startTds()));
    after(() => server.stop());
    beforeEach(() => void counted());
    afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

    it('counts query, batch, execute and transactions, and not its own questions', async () => {
      const pool = await open('shop');
      const { recordset } = await pool.request().query('SELECT id FROM users');
      assert.deepEqual(recordset, [{ id: 1 }, { id: 2 }]);
      await pool.query`SELECT id FROM users WHERE id = ${1}`;
      await pool.request().batch('UPDATE users SET name = 1');
      await pool.request().execute('shop_proc');
      const transaction = pool.transaction();
      await transaction.begin();
      await transaction.request().query('DELETE FROM users');
      await transaction.commit();
      await assert.rejects(pool.request().query('SELECT id FROM missing'), { number: 208 });
      await pool.close();
      assert.deepEqual(counted(), {
        'SELECT users success': 2, 'UPDATE users success': 1, 'EXECUTE success': 1, 'BEGIN success': 1,
        'DELETE users success': 1, 'COMMIT success': 1, 'SELECT missing error': 1,
      }); // prettier-ignore
    });

    it('counts prepared statements, bulk loads and streams', async () => {
      const pool = await open('shop');
      const statement = new mssql.PreparedStatement(pool).input('id', mssql.Int);
      await statement.prepare('SELECT id FROM users WHERE id = @id');
      for (const id of [1, 2]) await statement.execute({ id });
      await statement.unprepare();
      const bad = new mssql.PreparedStatement(pool);
      await assert.rejects(bad.prepare('SELECT id FROM missing'));
      const table = new mssql.Table('users');
      table.columns.add('id', mssql.Int, { nullable: true });
      table.rows.add(1);
      await pool.request().bulk(table);
      assert.deepEqual(counted(), {
        'SELECT users success': 2, 'INSERT users success': 1, 'SELECT missing error': 1,
      }); // prettier-ignore
      const begun = seconds();
      const request = pool.request();
      request.stream = true;
      request.on('row', () => {
        test.advance(1);
        server.waiting.pop()?.();
      });
      const over = new Promise((resolve) => request.on('done', resolve));
      request.query('SELECT id FROM users -- slowly');
      await over;
      assert.equal(seconds() - begun, 2);
      assert.deepEqual(counted(), { 'SELECT users success': 1 });
      await pool.close();
    });

    it('counts what breaks a constraint, takes too long, is cancelled', async () => {
      const pool = await open('shop', { requestTimeout: 500 });
      await assert.rejects(pool.request().query('INSERT INTO users VALUES (1)'), { number: 2627 });
      await assert.rejects(pool.request().query("SELECT 1 FROM users; WAITFOR DELAY '1'"), {
        code: 'ETIMEOUT',
      });
      await pool.close();
      const patient = await open('shop');
      const transaction = patient.transaction();
      await transaction.begin();
      const cancel = async (sent: (run: () => void) => unknown) => {
        const request = transaction.request();
        const asked = request.query("SELECT 2 FROM users; WAITFOR DELAY '1'");
        const cancelled = assert.rejects(asked, { code: 'ECANCEL' });
        sent(() => request.cancel());
        await cancelled;
      };
      await cancel((run) => run());
      // A request that is sent has another way to be cancelled.
      await cancel((run) => setTimeout(run, 20));
      await transaction.rollback();
      await patient.close();
      const { 'BEGIN success': _begun, 'ROLLBACK success': _undone, ...failed } = counted();
      assert.deepEqual(failed, { 'INSERT users error': 1, 'SELECT users error': 3 });
    });

    it('counts what gets no connection', async () => {
      const pool = await open('shop', { pool: { max: 1, acquireTimeoutMillis: 300 } });
      const transaction = pool.transaction();
      await transaction.begin();
      const ways: (() => Promise<unknown>)[] = [
        () => pool.request().query('SELECT 1 FROM users'),
        () => pool.request().batch('UPDATE users SET name = 1'),
        () => pool.request().execute('shop_proc'),
        () => pool.request().bulk(new mssql.Table('users')),
        () => new mssql.PreparedStatement(pool).prepare('DELETE FROM users'),
        () => pool.transaction().begin(),
      ];
      for (const way of ways) await assert.rejects(way, { message: /timed out/ });
      await transaction.rollback();
      await pool.close();
      for (const way of ways) await assert.rejects(way, { code: /^(ECONNCLOSED|ENOTOPEN)$/ });
      await assert.rejects(open('shop', { port: await freePort() }), { code: 'ESOCKET' });
      assert.deepEqual(counted(), {
        'BEGIN success': 1, 'ROLLBACK success': 1, 'SELECT users error': 2, 'UPDATE users error': 2,
        'EXECUTE error': 2, 'INSERT users error': 2, 'DELETE users error': 2, 'BEGIN error': 2,
      }); // prettier-ignore
    });

    it('reads each pool by itself, after errors, after its end', async () => {
      const [one, two, named] = await Promise.all([open('one'), open('two'), open('named')]);
      const [a, b, c] = [one.transaction(), one.transaction(), two.transaction()];
      await Promise.all([a.begin(), b.begin(), c.begin()]);
      assert.deepEqual([inUse()['one'], inUse()['two']], [2, 1]);
      assert.deepEqual([idle()['one'], idle()['two']], [0, 0]);
      await assert.rejects(one.request().query('SELECT id FROM missing'));
      await Promise.all([a.rollback(), c.commit()]);
      assert.deepEqual([inUse()['one'], inUse()['two'], test.inUse('main')['']], [1, 0, 0]);
      assert.deepEqual([idle()['one'], idle()['two']], [2, 1]);
      await b.rollback();
      await Promise.all([one.close(), two.close(), named.close()]);
      assert.deepEqual([inUse()['one'], inUse()['two']], [0, 0]);
      assert.deepEqual([idle()['one'], idle()['two'], test.idle('main')['']], [0, 0, 0]);
      const shown = Object.keys(test.series('intelia_db_connections_active')).join();
      assert.ok(!/intelia|pa55/.test(shown), shown);
    });
  });
}
