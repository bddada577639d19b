import assert from 'node:assert/strict';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { hookSqlite3 } from '../../../src/db/drivers/sqlite3.js';
import { dbCounts } from '../../support/db-counts.js';

const test = dbCounts([hookSqlite3]);
const { counted } = test;
const sqlite3 = require('sqlite3');

describe('sqlite3 6.0', () => {
  let db: any;
  /** What a method's callback is told: the error first. */
  const ask = (of: any, method: string, ...args: unknown[]) =>
    new Promise<any[]>((resolve) => of[method](...args, (...told: unknown[]) => resolve(told)));
  const uncaught = async (cause: () => void): Promise<any> => {
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const caught = new Promise((resolve) => process.once('uncaughtException', resolve));
    cause();
    const error = await caught;
    for (const listener of listeners) process.on('uncaughtException', listener);
    return error;
  };

  beforeEach(async () => {
    db = new sqlite3.Database(':memory:');
    await ask(db, 'exec', 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)');
    await ask(db, 'run', "INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Eve')");
    counted();
  });
  afterEach(async () => {
    await ask(db, 'close');
    assert.deepEqual([test.errors, test.warnings], [[], []]);
  });

  it('counts run, get, all, map and exec, before the callback', async () => {
    const seen = await new Promise((resolve) =>
      db.all('SELECT * FROM users', (_error: unknown, rows: unknown[]) => resolve([rows.length, counted()])),
    );
    assert.deepEqual(seen, [3, { 'SELECT users success': 1 }]);
    const [, row] = await ask(db, 'get', 'SELECT name FROM users WHERE id = ?', 2);
    assert.deepEqual(row, { name: 'Bob' });
    assert.deepEqual(await ask(db, 'map', 'SELECT id, name FROM users WHERE id < 3'), [null, { 1: 'Ada', 2: 'Bob' }]); // prettier-ignore
    const changes = await new Promise((resolve) =>
      db.run('DELETE FROM users WHERE id > $id', { $id: 1 }, function (this: any) {
        resolve(this.changes);
      }),
    );
    assert.equal(changes, 2);
    await ask(db, 'exec', "UPDATE users SET name = 'x'; SELECT 1");
    assert.equal((await promisify(db.all.bind(db))('SELECT 1 FROM users')).length, 1);
    assert.deepEqual(counted(), {
      'SELECT users success': 3, 'DELETE users success': 1, 'UPDATE users success': 1,
    }); // prettier-ignore
  });

  it('counts calls without a callback', async () => {
    assert.equal(db.run("INSERT INTO users (name) VALUES ('Zoe')"), db);
    db.exec('DELETE FROM users WHERE id = 1');
    await ask(db, 'wait');
    assert.deepEqual(counted(), { 'INSERT users success': 1, 'DELETE users success': 1 });
  });

  it('counts prepared statements each time they run', async () => {
    const statement = db.prepare('SELECT * FROM users WHERE id = ?');
    await ask(statement, 'get', 1);
    await ask(statement, 'all', 2);
    statement.run(3);
    await ask(statement, 'finalize');
    assert.deepEqual(counted(), { 'SELECT users success': 3 });
    await ask(statement, 'get', 1).then(([error]) => assert.match(String(error), /finalized/));
    assert.deepEqual(counted(), { 'SELECT users error': 1 });
  });

  it('counts each error once, and leaves it to the caller', async () => {
    const [missing] = await ask(db, 'all', 'SELECT * FROM missing');
    assert.deepEqual([missing.code, missing.errno], ['SQLITE_ERROR', 1]);
    const [twice] = await ask(db, 'run', "INSERT INTO users VALUES (1, 'Ada')");
    assert.equal(twice.code, 'SQLITE_CONSTRAINT');
    const [odd] = await ask(db, 'exec', 'SELEC 1');
    assert.match(odd.message, /syntax error/);
    const [prepared] = await ask(db, 'prepare', 'SELECT x FROM users');
    assert.match(prepared.message, /no such column/);
    assert.deepEqual(counted(), {
      'SELECT missing error': 1, 'INSERT users error': 1, 'OTHER error': 1, 'SELECT users error': 1,
    }); // prettier-ignore
  });

  it('leaves errors without a callback where they were', async () => {
    const failing = db.prepare('SELECT x FROM users');
    failing.run(1);
    const [error] = await once(failing, 'error');
    assert.equal(error.code, 'SQLITE_ERROR');
    const statement = db.prepare("INSERT INTO users VALUES (1, 'Ada')");
    statement.run();
    assert.equal((await once(statement, 'error'))[0].code, 'SQLITE_CONSTRAINT');
    statement.finalize();
    const onDatabase = once(db, 'error');
    db.exec('DELETE FROM missing');
    assert.match((await onDatabase)[0].message, /no such table/);
    assert.deepEqual(counted(), {
      'SELECT users error': 1, 'INSERT users error': 1, 'DELETE missing error': 1,
    }); // prettier-ignore
    assert.match((await uncaught(() => db.run('SELECT y FROM users'))).message, /no such column: y/);
    assert.match((await uncaught(() => db.each('SELECT z FROM users'))).message, /no such column: z/);
    assert.deepEqual(counted(), { 'SELECT users error': 2 });
  });

  it('times each() to its last row, with one callback and with two', async () => {
    const seconds = () => test.sum('intelia_db_query_duration_seconds') ?? 0;
    const begun = seconds();
    const names: string[] = [];
    const [error, count] = await ask(db, 'each', 'SELECT * FROM users', (_: unknown, { name }: any) => {
      names.push(name);
      test.advance(1);
    });
    assert.deepEqual([error, count, names], [null, 3, ['Ada', 'Bob', 'Eve']]);
    assert.equal(seconds() - begun, 3);
    await new Promise((resolve) => {
      db.each('SELECT id FROM users', (_: unknown, { id }: any) => {
        test.advance(1);
        if (id === 3) setImmediate(resolve);
      });
    });
    assert.equal(seconds() - begun, 6);
    assert.deepEqual(counted(), { 'SELECT users success': 2 });
    const told = new Promise<any>((resolve) => db.each('SELECT x FROM users', resolve));
    assert.match((await told).message, /no such column/);
    assert.deepEqual(counted(), { 'SELECT users error': 1 });
  });

  it('counts what is interrupted, and what is asked of a closed database', async () => {
    const numbers =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n, users';
    const running = ask(db, 'all', numbers);
    setTimeout(() => db.interrupt(), 20);
    assert.equal((await running)[0].code, 'SQLITE_INTERRUPT');
    const closed = new sqlite3.Database(':memory:');
    await ask(closed, 'close');
    const [error] = await ask(closed, 'run', 'DELETE FROM users');
    assert.equal(error.code, 'SQLITE_MISUSE');
    assert.deepEqual(counted(), { 'SELECT users error': 1, 'DELETE users error': 1 });
  });

  it('looks like the library, in verbose mode, too', async () => {
    const { run, exec } = sqlite3.Database.prototype;
    assert.deepEqual([run.length, exec.name], [1, 'exec']);
    sqlite3.verbose();
    const [error] = await ask(db, 'all', 'SELECT x FROM users');
    assert.match(error.stack, /--> in Database#all/);
    assert.deepEqual(counted(), { 'SELECT users error': 1 });
  });
});
