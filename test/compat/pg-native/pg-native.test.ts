import assert from 'node:assert/strict';
import { once } from 'node:events';
import { hookPg } from '../../../src/db/drivers/pg.js';
import { dbCounts } from '../../support/db-counts.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';

const test = dbCounts([hookPg]);
const { counted } = test;
const pg = require('pg').native;

describe('pg 8.23 over libpq', () => {
  let server: TestPostgres;
  let client: any;
  const connect = async (more: object = {}): Promise<any> => {
    const made = new pg.Client({ connectionString: server.url, ...more });
    made.on('error', () => {});
    await made.connect();
    return made;
  };

  before(async () => {
    server = await startPostgres();
    client = await connect();
    await client.query('CREATE TABLE users (id int PRIMARY KEY, name text)');
    await client.query("INSERT INTO users SELECT i, 'u' || i FROM generate_series(1, 9) i");
  });
  after(async () => {
    await client.end();
    await server.stop();
  });
  beforeEach(() => void counted());
  afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

  it('counts promises, callbacks, prepared statements and queries of the caller', async () => {
    assert.equal((await client.query('SELECT * FROM users WHERE id < $1', [3])).rowCount, 2);
    await new Promise((resolve) => client.query('SELECT id FROM users', resolve));
    await client.query({ name: 'one', text: 'SELECT name FROM users WHERE id = $1', values: [1] });
    await client.query({ name: 'one', values: [2] });
    const query = client.query(new pg.Query('SELECT id FROM users ORDER BY id LIMIT 2'));
    await once(query, 'end');
    await client.query('UPDATE users SET name = $1 WHERE id = $2', ['x', 1]);
    assert.deepEqual(counted(), { 'SELECT users success': 5, 'UPDATE users success': 1 });
  });

  it('measures to the last row', async () => {
    const before = test.sum('intelia_db_query_duration_seconds') ?? 0;
    const promise = client.query('SELECT * FROM users');
    test.advance(0.25);
    await promise;
    assert.equal((test.sum('intelia_db_query_duration_seconds') ?? 0) - before, 0.25);
    counted();
  });

  it('counts each error once, and leaves it to the caller', async () => {
    await assert.rejects(client.query('SELECT * FROM missing'), { code: '42P01' });
    await assert.rejects(client.query("INSERT INTO users VALUES (1, 'x')"), { code: '23505' });
    await assert.rejects(client.query('SELECT 1 FROM users', 'no array'));
    assert.throws(() => client.query(null), /null or undefined query/);
    assert.deepEqual(counted(), {
      'SELECT missing error': 1, 'INSERT users error': 1, 'SELECT users error': 1, 'OTHER error': 1,
    }); // prettier-ignore
  });

  it('counts what takes too long, what is cancelled, and what is asked of a closed client', async () => {
    const slow = await connect();
    await slow.query('SET statement_timeout = 20');
    await assert.rejects(slow.query('SELECT pg_sleep(30) FROM users'), { code: '57014' });
    await slow.end();
    await assert.rejects(slow.query('SELECT 1 FROM users'), /closed/);
    const running = assert.rejects(client.query('SELECT pg_sleep(30), 1 FROM users'), { code: '57014' });
    setTimeout(() => client.cancel(client._activeQuery), 20);
    await running;
    assert.deepEqual(counted(), { 'SET success': 1, 'SELECT users error': 3 });
  });

  it('works in pipeline mode', async () => {
    const other = await connect({ pipeline: true });
    const results = await Promise.allSettled([
      other.query('SELECT id FROM users WHERE id = $1', [1]),
      other.query('SELECT no FROM users'),
      other.query('SELECT name FROM users WHERE id = $1', [2]),
    ]);
    await other.end();
    const failed = results.filter(({ status }) => status === 'rejected').length;
    assert.deepEqual(counted(), { 'SELECT users success': 3 - failed, 'SELECT users error': failed });
  });

  it('reads pools, and counts their queries', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 2, connectionTimeoutMillis: 500 });
    const inUse = () => test.inUse(`127.0.0.1:${server.port}/`)['postgres'];
    const held = await Promise.all([pool.connect(), pool.connect()]);
    assert.equal(inUse(), 2);
    await assert.rejects(pool.query('SELECT 1 FROM users'), /timeout/);
    held[0].release();
    await pool.query('SELECT 2 FROM users');
    assert.equal(inUse(), 1);
    const idle = () => test.idle(`127.0.0.1:${server.port}/`)['postgres'];
    assert.equal(idle(), 1);
    held[1].release();
    await pool.end();
    assert.equal(idle(), 0);
    await assert.rejects(pool.query('SELECT 3 FROM users'));
    assert.equal(inUse(), 0);
    assert.deepEqual(counted(), { 'SELECT users error': 2, 'SELECT users success': 1 });
  });
});
