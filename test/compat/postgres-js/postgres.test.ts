import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type Postgres from 'postgres';
import { hookPostgresJs } from '../../../src/db/drivers/postgres-js.js';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';

const test = dbCounts([hookPostgresJs], '127.0.0.1/named=main');
const { counted } = test;

for (const name of ['postgres', 'postgres-oldest']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  // The types of the newest: what the tests call has been the same since 3.3.
  const postgres = require(name) as typeof Postgres;

  describe(`postgres ${version}`, () => {
    let server: TestPostgres;
    let sql: Postgres.Sql;
    const connect = (options: object = {}) => postgres(server.url, { onnotice() {}, ...options });
    const inUse = () => test.inUse(`127.0.0.1:${server.port}/`);
    const idle = () => test.idle(`127.0.0.1:${server.port}/`);
    const seconds = () => test.sum('intelia_db_query_duration_seconds') ?? 0;
    const failure = (promise: PromiseLike<unknown>): Promise<Error & { code: string }> =>
      Promise.resolve(promise).then(
        () => assert.fail('it did not fail'),
        (error: Error & { code: string }) => error,
      );

    before(async () => {
      server = await startPostgres();
      sql = connect({ max: 2 });
      await sql`CREATE TABLE users (id int PRIMARY KEY, name text)`;
      await sql`INSERT INTO users SELECT i, 'u' || i FROM generate_series(1, 20) i`;
      for (const database of ['one', 'two', 'named']) await sql.unsafe(`CREATE DATABASE ${database}`);
    });
    after(async () => {
      await sql.end({ timeout: 0 });
      await server.stop();
    });
    beforeEach(() => void counted());
    afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

    it('counts tagged templates, with values, names and fragments', async () => {
      const rows = await sql`SELECT * FROM users WHERE id < ${3} ORDER BY id`;
      assert.deepEqual([...rows], [{ id: 1, name: 'u1' }, { id: 2, name: 'u2' }]); // prettier-ignore
      assert.equal(rows.count, 2);
      await sql`SELECT ${sql('name')} FROM ${sql('users')} ${sql`WHERE id = ${1}`}`;
      await sql`INSERT INTO users ${sql({ id: 100, name: 'x' })}`;
      await sql`UPDATE users SET ${sql({ name: 'y' }, 'name')} WHERE id = 100`;
      await sql`DELETE FROM users WHERE id IN ${sql([100, 101])}`;
      assert.deepEqual(counted(), {
        'SELECT users success': 2, 'INSERT users success': 1, 'UPDATE users success': 1, 'DELETE users success': 1,
      }); // prettier-ignore
    });

    it('counts a query once, however often it is awaited, and not before it is sent', async () => {
      const query = sql`SELECT 1 FROM users`;
      await new Promise(setImmediate);
      assert.deepEqual(counted(), {});
      await Promise.all([query, query.then(() => 1), query.catch(() => 2), query.finally(() => {})]);
      assert.equal(await query, await query);
      assert.deepEqual(counted(), { 'SELECT users success': 1 });
    });

    it('counts unsafe texts, simple and with values, and raw values', async () => {
      await sql.unsafe('SELECT * FROM users WHERE id = $1', [1]);
      const several = await sql.unsafe('SELECT 1 FROM users LIMIT 1; SELECT 2');
      assert.equal(several.length, 2);
      assert.deepEqual([...(await sql`SELECT id FROM users WHERE id = 1`.values())], [[1]]);
      assert.deepEqual(counted(), { 'SELECT users success': 3 });
    });

    it('counts transactions, savepoints and reserved connections', async () => {
      const result = await sql.begin(async (inside) => {
        await inside`UPDATE users SET name = name WHERE id = 1`;
        await inside.savepoint((deeper) => deeper`SELECT 1 FROM users`);
        return 'done';
      });
      assert.equal(result, 'done');
      const error = await failure(
        sql.begin(async (inside) => {
          await inside`DELETE FROM users`;
          throw new Error('no');
        }),
      );
      assert.equal(error.message, 'no');
      const reserved = await sql.reserve();
      assert.equal(inUse()['postgres'], 1);
      await reserved`UPDATE users SET name = name WHERE id = 2`;
      reserved.release();
      while (inUse()['postgres'] !== 0) await new Promise(setImmediate);
      const { length } = await sql`SELECT * FROM users`;
      assert.equal(length, 20);
      assert.deepEqual(counted(), {
        'BEGIN success': 2, 'UPDATE users success': 2, 'SAVEPOINT success': 1, 'SELECT users success': 2,
        'COMMIT success': 1, 'DELETE users success': 1, 'ROLLBACK success': 1,
      }); // prettier-ignore
    });

    it('times a cursor to its last row, in both of its ways, and each() too', async () => {
      let begun = seconds();
      let rows = 0;
      for await (const batch of sql`SELECT * FROM users`.cursor(8)) {
        rows += batch.length;
        test.advance(1);
      }
      // The oldest hands its last rows out after the query's end.
      assert.deepEqual([rows, seconds() - begun], [20, version === '3.4.0' ? 2 : 3]);
      begun = seconds();
      await sql`SELECT * FROM users`.cursor(10, () => test.advance(1));
      assert.equal(seconds() - begun, 2);
      await sql`SELECT * FROM users`.forEach(() => test.advance(1));
      assert.equal(seconds() - begun, 22);
      for await (const _ of sql`SELECT id FROM users`.cursor(1)) break;
      await sql`SELECT 1`;
      await sql`SELECT 1`;
      assert.deepEqual(counted(), { 'SELECT users success': 4, 'SELECT success': 2 });
      const broken = failure(sql`SELECT 1 / (id - 15) FROM users`.cursor(10, () => {}));
      assert.equal((await broken).code, '22012');
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
    });

    it('times COPY to its end, which comes after its stream', async () => {
      const begun = seconds();
      const single = connect({ max: 1 });
      const input = await single`COPY users FROM STDIN`.writable();
      test.advance(1);
      input.end('200\tZoe\n');
      await once(input, 'finish');
      const output = await single`COPY users TO STDOUT`.readable();
      let lines = 0;
      for await (const chunk of output) lines += String(chunk).split('\n').length - 1;
      assert.equal(lines, 21);
      await single`DELETE FROM users WHERE id = 200`;
      await single.end();
      assert.equal(seconds() - begun, 1);
      assert.deepEqual(counted(), { 'COPY users success': 2, 'DELETE users success': 1 });
    });

    it('counts each error once, and leaves it to the caller', async () => {
      const query = sql`SELECT * FROM missing`;
      const error = await failure(query);
      assert.deepEqual([error.name, error.code], ['PostgresError', '42P01']);
      assert.equal(await failure(query), error);
      assert.match(error.stack ?? '', /postgres\.test/);
      assert.equal((await failure(sql`INSERT INTO users VALUES (1, 'x')`)).code, '23505');
      assert.equal((await failure(sql.unsafe('SELEC 1'))).code, '42601');
      assert.match((await failure(sql`SELECT ${undefined as never} FROM users`)).code, /UNDEFINED_VALUE/);
      assert.deepEqual(counted(), {
        'SELECT missing error': 1, 'INSERT users error': 1, 'OTHER error': 1, 'SELECT users error': 1,
      }); // prettier-ignore
    });

    it('leaves a rejection that nobody handles unhandled', async () => {
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
      void sql`SELECT * FROM missing`.execute();
      assert.match(String(await unhandled), /missing/);
      for (const listener of listeners) process.on('unhandledRejection', listener);
      assert.deepEqual(counted(), { 'SELECT missing error': 1 });
    });

    it('counts what is cancelled, before and after it is sent, and what takes too long', async () => {
      const slow = sql`SELECT pg_sleep(30) FROM users`.execute();
      await sql`SELECT 1`;
      void slow.cancel();
      assert.equal((await failure(slow)).code, '57014');
      const single = connect({ max: 1 });
      const first = single`SELECT pg_sleep(0.05) FROM pg_class LIMIT 1`.execute();
      await new Promise(setImmediate);
      const waiting = single`SELECT 2 FROM users`.execute();
      await new Promise(setImmediate);
      void waiting.cancel();
      assert.equal((await failure(waiting)).code, '57014');
      await first;
      await single.end();
      const hasty = connect({ connection: { statement_timeout: 20 } });
      assert.equal((await failure(hasty`SELECT pg_sleep(30) FROM users`)).code, '57014');
      await hasty.end();
      assert.deepEqual(counted(), {
        'SELECT users error': 3,
        'SELECT success': 1,
        'SELECT pg_class success': 1,
      });
    });

    it('counts what no connection could be had for', async () => {
      const port = await freePort();
      const refused = postgres({ host: '127.0.0.1', port, database: 'shop', backoff: false as never });
      assert.equal((await failure(refused`SELECT 1 FROM ${refused('users')}`)).code, 'ECONNREFUSED');
      // The error is told before the connection is given up.
      while (test.inUse(`127.0.0.1:${port}/`)['shop'] !== 0) await new Promise(setImmediate);
      await refused.end({ timeout: 0 });
      assert.equal(
        (await failure(refused`SELECT 2 FROM users ${refused`WHERE id = ${1}`}`)).code,
        'CONNECTION_ENDED',
      );
      const silent = createServer(() => {});
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port: mute } = silent.address() as AddressInfo;
      const hasty = postgres({ host: '127.0.0.1', port: mute, database: 'shop', connect_timeout: 0.05 });
      assert.equal((await failure(hasty`SELECT 3 FROM users`)).code, 'CONNECT_TIMEOUT');
      await hasty.end({ timeout: 0 });
      silent.close();
      const lost = connect({ max: 1 });
      const [{ pid } = {}] = await lost`SELECT pg_backend_pid() AS pid`;
      const cut = failure(lost`SELECT pg_sleep(30) FROM users`);
      await sql`SELECT pg_terminate_backend(${pid as number})`;
      await cut;
      const ended = failure(lost`SELECT pg_sleep(30), 1 FROM users`);
      await sql`SELECT 1`;
      await lost.end({ timeout: 0 });
      await ended;
      assert.deepEqual(counted(), { 'SELECT users error': 5, 'SELECT success': 3 });
    });

    it('does not take a subscription for a long query', async () => {
      let hear: (text: string) => void = () => {};
      const heard = new Promise((resolve) => (hear = resolve));
      const { unlisten } = await sql.listen('news', hear);
      await sql.notify('news', 'hi');
      assert.equal(await heard, 'hi');
      assert.equal(inUse()['postgres#2'], 0);
      await unlisten();
      assert.equal(Object.values(counted()).reduce((sum, n) => sum + n, 0), 3); // prettier-ignore
      assert.equal(inUse()['postgres'], 0);
    });

    it('reads each pool by itself, after errors, after its end', async () => {
      const { host, port, user, password } = server;
      const one = connect({ database: 'one', max: 3 });
      const two = postgres({ host, port, user, password, database: 'two', max: 1 });
      const named = connect({ database: 'named' });
      const held: (() => void)[] = [];
      const holding = [one, one, two].map((pool) =>
        pool.begin(() => new Promise<void>((resolve) => held.push(resolve))),
      );
      await named`SELECT 1`;
      while (held.length < 3) await named`SELECT 1`;
      const { one: ones, two: twos } = inUse();
      assert.deepEqual([ones, twos, test.inUse('main')], [2, 1, { '': 0 }]);
      assert.deepEqual([idle()['one'], idle()['two'], test.idle('main')], [0, 0, { '': 1 }]);
      await failure(one`SELECT * FROM missing`);
      // Versions differ in whether an error is told before or after the connection is free.
      while (inUse()['one'] !== 2) await new Promise(setImmediate);
      for (const release of held) release();
      await Promise.all(holding);
      while (inUse()['one'] !== 0 || inUse()['two'] !== 0) await new Promise(setImmediate);
      assert.deepEqual([idle()['one'], idle()['two']], [3, 1]);
      await Promise.all([one.end(), two.end(), named.end()]);
      assert.deepEqual([idle()['one'], idle()['two'], test.idle('main')], [0, 0, { '': 0 }]);
      const again = connect({ database: 'one', max: 1 });
      const running = again`SELECT pg_sleep(0.05)`.execute();
      await new Promise(setImmediate);
      assert.equal(inUse()['one'], 1);
      await running;
      await again.end();
      assert.equal(inUse()['one'], 0);
      const shown = Object.keys(test.series('intelia_db_connections_active')).join();
      assert.ok(!/intelia|pa55/.test(shown), shown);
    });
  });
}
