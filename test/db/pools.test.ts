import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { poolTracker } from '../../src/db/pools.js';
import { testContext } from '../support/context.js';
import { counted, pg, test } from './drivers/hooked-pg.js';

describe('pools of pg', () => {
  let postgres: TestPostgres;
  const opened: Pool[] = [];

  const open = (config: PoolConfig = {}): Pool => {
    const pool = new pg.Pool({ connectionString: postgres.url, ...config });
    pool.on('error', () => {});
    opened.push(pool);
    return pool;
  };
  /** Connections in use, by pool, of this server. */
  const inUse = (): Record<string, number> => {
    test.collect();
    const all = Object.entries(test.series('intelia_db_connections_active'));
    const own = `pool=127.0.0.1:${postgres.port}/`;
    return Object.fromEntries(
      all
        .filter(([name]) => name.startsWith(own) || name === 'pool=main')
        .map(([name, n]) => [name.replace(own, '').replace('pool=', ''), n]),
    );
  };

  before(async () => {
    postgres = await startPostgres();
    const admin = new pg.Client(postgres.url);
    await admin.connect();
    for (const name of ['one', 'two', 'named']) await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
  });
  after(async () => {
    await postgres.stop();
  });
  beforeEach(() => void counted());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((pool) => (pool.ended ? undefined : pool.end())));
    assert.deepEqual(test.errors, []);
  });

  const address = (database: string): PoolConfig => ({ connectionString: undefined, host: '127.0.0.1', port: postgres.port, user: 'intelia', database } as PoolConfig); // prettier-ignore
  const take = (pool: Pool, n: number): Promise<PoolClient[]> =>
    Promise.all(Array.from({ length: n }, () => pool.connect()));

  it('reads each pool by itself: 5 and 1 in use are 5 and 1', async () => {
    const one = open(address('one'));
    const two = open(address('two'));
    assert.deepEqual(inUse(), { one: 0, two: 0 });
    const fives = await take(one, 5);
    const single = await take(two, 1);
    assert.deepEqual(inUse(), { one: 5, two: 1 });
    fives.slice(0, 2).forEach((client) => client.release());
    assert.deepEqual(inUse(), { one: 3, two: 1 });
    fives.slice(2).forEach((client) => client.release());
    single[0]?.release();
    assert.deepEqual(inUse(), { one: 0, two: 0 });
    await Promise.all([one.end(), two.end()]);
    assert.deepEqual(inUse(), { one: 0, two: 0 });
  });

  it('is right after errors, removed clients, failed connections', async () => {
    const pool = open({ ...address('one'), max: 3 });
    await assert.rejects(pool.query('SELECT * FROM missing'));
    assert.deepEqual(inUse()['one'], 0);
    const [a, b] = await take(pool, 2);
    a?.release(new Error('broken'));
    assert.equal(inUse()['one'], 1);
    b?.release();
    await pool.query('SELECT 1');
    const wrong = open({ ...address('one'), database: 'not_there' });
    await assert.rejects(wrong.connect());
    assert.deepEqual([inUse()['one'], inUse()['not_there']], [0, 0]);
  });

  it('counts down a pool that ends while it is in use', async () => {
    const pool = open(address('two'));
    const [client] = await take(pool, 1);
    const ended = pool.end();
    assert.equal(inUse()['two'], 1);
    client?.release();
    await ended;
    assert.equal(inUse()['two'], 0);
  });

  it('tells two pools of one database apart, and gives the name of a closed one to the next', async () => {
    const first = open(address('one'));
    const second = open(address('one'));
    const held = await take(first, 2);
    const other = await take(second, 1);
    assert.deepEqual([inUse()['one'], inUse()['one#2']], [2, 1]);
    for (const client of [...held, ...other]) client.release();
    await first.end();
    const [third] = await take(open(address('one')), 1);
    assert.deepEqual([inUse()['one'], inUse()['one#2'], inUse()['one#3']], [1, 0, undefined]);
    third?.release();
  });

  it('takes the operator’s names, and a pool made by pg-pool itself', async () => {
    const PgPool = require('pg-pool') as typeof import('pg-pool');
    const pool = new PgPool(address('named') as never);
    assert.equal(pool.constructor, PgPool);
    assert.ok(pool instanceof PgPool);
    const client = await pool.connect();
    assert.equal(inUse()['main'], 1);
    client.release();
    await pool.end();
  });

  it('counts queries of a pool once, each', async () => {
    const pool = open({ ...address('one'), max: 2 });
    await Promise.all(Array.from({ length: 20 }, () => pool.query('SELECT 1 AS n FROM pg_class LIMIT 1')));
    await new Promise((resolve) => void pool.query('SELECT 2 FROM pg_class', resolve));
    await assert.rejects(pool.query('SELECT nothing FROM pg_class'));
    assert.deepEqual(counted(), { 'SELECT pg_class success': 21, 'SELECT pg_class error': 1 });
  });

  it('counts a query that gets no connection as failed', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const pool = open({ host: '127.0.0.1', port, connectionString: undefined } as never);
    const error = await pool.query('SELECT 1 FROM users').catch((failure: unknown) => failure);
    assert.equal((error as { code: string }).code, 'ECONNREFUSED');
    const inCallback = await new Promise(
      (resolve) => void pool.query('SELECT 1 FROM users', [], resolve as never),
    );
    assert.equal((inCallback as { code: string }).code, 'ECONNREFUSED');
    await assert.rejects(pool.connect());
    assert.deepEqual(counted(), { 'SELECT users error': 2 });
    await pool.end();
    await assert.rejects(pool.query('SELECT 2 FROM users'), /after calling end/);
    const full = open({ ...address('one'), max: 1, connectionTimeoutMillis: 500 });
    const [client] = await take(full, 1);
    await assert.rejects(full.query('SELECT 3 FROM users'), /timeout exceeded/);
    client?.release();
    assert.deepEqual(counted(), { 'SELECT users error': 2 });
  });

  it('lets pools be collected, and shows no user and no password', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const ref = (() =>
      new WeakRef(new pg.Pool({ connectionString: 'postgres://bob:hunter2@db.test/collected' })))();
    test.collect();
    const shown = Object.keys(test.series('intelia_db_connections_active'));
    assert.ok(shown.includes('pool=db.test:5432/collected'));
    assert.ok(!/bob|hunter2|intelia|pa55/.test(shown.join()), shown.join());
    for (let i = 0; i < 10 && ref.deref() !== undefined; i++) {
      await turn();
      collect();
    }
    assert.equal(ref.deref(), undefined);
    test.collect();
    assert.equal(test.value('intelia_db_connections_active', { pool: 'db.test:5432/collected' }), 0);
  });

  it('keeps to the bound of names: further pools are one', () => {
    const { context, series, collect, warnings, value } = testContext();
    const add = poolTracker(context);
    assert.equal(poolTracker(context), add);
    const pools = Array.from({ length: 60 }, () => ({}));
    pools.forEach((pool, i) => add(pool, `db${i}`, { active: () => i, closed: () => false }));
    collect();
    const shown = series('intelia_db_connections_active');
    assert.equal(Object.keys(shown).length, 51);
    assert.equal(shown['pool=db49'], 49);
    assert.equal(shown['pool=other'], 50 + 51 + 52 + 53 + 54 + 55 + 56 + 57 + 58 + 59);
    assert.equal(warnings.length, 1);
    assert.equal(value('intelia_otel_dropped_measurements_total', { reason: 'label_limit' }), 10);
  });
});
