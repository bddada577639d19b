import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hookMysql } from '../../../src/db/drivers/mysql.js';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { startMariadb, type TestMariadb } from '../../support/mariadb.js';

const test = dbCounts([hookMysql]);
const { counted } = test;
const { version } = nearestPackage(join(__dirname, 'node_modules/mysql'));
const mysql = require('mysql') as any;

describe(`mysql ${version}`, () => {
  let mariadb: TestMariadb;
  let connection: any;
  const options = () => {
    const { host, port, user, password, database } = mariadb;
    return { host, port, user, password, database };
  };
  const inUse = () => test.inUse(`127.0.0.1:${mariadb.port}/`);
  const idle = () => test.idle(`127.0.0.1:${mariadb.port}/`);
  /** What `query` of a connection, pool or cluster gives its callback. */
  const ask = (of: any, ...args: any[]): Promise<any[]> =>
    new Promise((resolve) => of.query(...args, (...given: any[]) => resolve(given)));
  const codeOf = async (of: any, ...args: any[]): Promise<string> => (await ask(of, ...args))[0]?.code;
  const take = (pool: any): Promise<any> =>
    new Promise((resolve, reject) =>
      pool.getConnection((error: any, held: any) => (error ? reject(error) : resolve(held))),
    );
  const end = (pool: any) => new Promise((resolve) => pool.end(resolve));

  before(async function () {
    mariadb = await startMariadb(this);
    connection = mysql.createConnection(options());
  });
  after(async () => {
    connection?.destroy();
    await mariadb?.stop();
  });
  beforeEach(() => void counted());
  afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

  it('counts queries however they are called, errors once', async () => {
    const [error, rows, fields] = await ask(connection, 'SELECT * FROM users ORDER BY id');
    assert.deepEqual([error, rows.length, fields.length], [null, 2, 2]);
    await ask(connection, 'SELECT name FROM users WHERE id = ?', [1]);
    await ask(connection, { sql: 'SELECT name FROM users WHERE id = ?' }, [1]);
    await new Promise((resolve) => connection.beginTransaction(resolve));
    await new Promise((resolve) => connection.rollback(resolve));
    await new Promise((resolve) => connection.ping(resolve));
    assert.equal(await codeOf(connection, 'SELECT * FROM missing'), 'ER_NO_SUCH_TABLE');
    assert.equal(await codeOf(connection, "INSERT INTO users VALUES (1, 'Ada')"), 'ER_DUP_ENTRY');
    assert.deepEqual(counted(), {
      'SELECT users success': 3, 'BEGIN success': 1, 'ROLLBACK success': 1, 'SELECT missing error': 1,
      'INSERT users error': 1,
    }); // prettier-ignore
  });

  it('times events and streams to the last row', async () => {
    const begun = test.sum('intelia_db_query_duration_seconds') ?? 0;
    const query = connection.query('SELECT seq FROM seq_1_to_3');
    query.on('result', () => test.advance(1));
    await new Promise((resolve) => query.on('end', resolve));
    assert.equal((test.sum('intelia_db_query_duration_seconds') ?? 0) - begun, 3);
    const rows: unknown[] = [];
    const stream = connection.query('SELECT id FROM users').stream();
    await new Promise((resolve) => stream.on('data', (row: unknown) => rows.push(row)).on('end', resolve));
    assert.equal(rows.length, 2);
    const error: any = await new Promise((resolve) =>
      connection.query('SELECT * FROM missing').on('error', resolve),
    );
    assert.equal(error.code, 'ER_NO_SUCH_TABLE');
    assert.deepEqual(counted(), {
      'SELECT seq_1_to_3 success': 1, 'SELECT users success': 1, 'SELECT missing error': 1,
    }); // prettier-ignore
  });

  it('counts what is cut off, and what is asked of a closed connection', async () => {
    const open = async () => {
      const raw = mysql.createConnection(options());
      raw.on('error', () => {});
      await new Promise((resolve) => raw.connect(resolve));
      return raw;
    };
    const timed = await open();
    assert.equal(
      await codeOf(timed, { sql: 'SELECT SLEEP(1) FROM users', timeout: 5 }),
      'PROTOCOL_SEQUENCE_TIMEOUT',
    );
    const killed = await open();
    const sleeping = codeOf(killed, 'SELECT SLEEP(20), 1 FROM users');
    await ask(connection, `KILL ${killed.threadId}`);
    assert.equal(await sleeping, 'PROTOCOL_CONNECTION_LOST');
    const destroyed = await open();
    destroyed.query('SELECT SLEEP(20), 2 FROM users', () => {});
    destroyed.destroy();
    assert.equal(await codeOf(destroyed, 'SELECT 3 FROM users'), 'PROTOCOL_ENQUEUE_AFTER_DESTROY');
    const refused = mysql.createConnection({ ...options(), port: await freePort() });
    assert.equal(await codeOf(refused, 'SELECT 4 FROM users'), 'ECONNREFUSED');
    assert.equal(counted()['SELECT users error'], 5);
  });

  it('reads each pool by itself, and counts its queries once', async () => {
    const one = mysql.createPool({ ...options(), database: 'one', connectionLimit: 5 });
    const two = mysql.createPool({ ...options(), database: 'two' });
    const held = await Promise.all([1, 2, 3, 4, 5].map(() => take(one)));
    const other = await take(two);
    assert.deepEqual(inUse(), { one: 5, two: 1 });
    held[0].release();
    held[1].destroy();
    other.release();
    assert.equal(await codeOf(two, 'SELECT * FROM missing'), 'ER_NO_SUCH_TABLE');
    await ask(two, 'SELECT 1 FROM shop.users');
    assert.deepEqual(inUse(), { one: 3, two: 0 });
    assert.deepEqual(idle(), { one: 1, two: 1 });
    await end(two);
    one.end();
    assert.deepEqual(inUse(), { one: 0, two: 0 });
    assert.deepEqual(idle(), { one: 0, two: 0 });
    assert.deepEqual(counted(), { 'SELECT missing error': 1, 'SELECT shop.users success': 1 });
  });

  it('counts queries that get no connection', async () => {
    const full = mysql.createPool({ ...options(), connectionLimit: 1, waitForConnections: false });
    const held = await take(full);
    assert.equal(await codeOf(full, 'SELECT 1 FROM users'), 'POOL_CONNLIMIT');
    held.release();
    await end(full);
    assert.equal(await codeOf(full, 'SELECT 2 FROM users'), 'POOL_CLOSED');
    const refused = mysql.createPool({ ...options(), port: await freePort() });
    assert.equal(await codeOf(refused, 'SELECT 3 FROM users'), 'ECONNREFUSED');
    await end(refused);
    assert.deepEqual(counted(), { 'SELECT users error': 3 });
  });

  it('counts queries of a pool cluster once', async () => {
    const cluster = mysql.createPoolCluster({ removeNodeErrorCount: 1 });
    cluster.add('a', options());
    cluster.add('dead', { ...options(), port: await freePort() });
    await ask(cluster.of('a'), 'SELECT 1 FROM users');
    assert.equal(await codeOf(cluster.of('b*'), 'SELECT 2 FROM users'), 'POOL_NOEXIST');
    assert.equal(await codeOf(cluster.of('dead'), 'SELECT 3 FROM users'), 'ECONNREFUSED');
    // The dead node is left out from now on: the query is handed on to the other.
    cluster.add('dead', { ...options(), port: await freePort() });
    assert.equal((await ask(cluster.of('*', 'ORDER'), 'SELECT 4 FROM users'))[0], null);
    assert.deepEqual(counted(), { 'SELECT users success': 2, 'SELECT users error': 2 });
    await end(cluster);
  });

  it('leaves an error that nobody listens for uncaught', async () => {
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const uncaught = new Promise<any>((resolve) => process.once('uncaughtException', resolve));
    connection.query('SELECT * FROM missing');
    const error = await uncaught;
    for (const listener of listeners) process.on('uncaughtException', listener);
    assert.equal(error.code, 'ER_NO_SUCH_TABLE');
    assert.deepEqual(counted(), { 'SELECT missing error': 1 });
  });
});
