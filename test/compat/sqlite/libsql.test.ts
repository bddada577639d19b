import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@libsql/client';
import { hookLibsql } from '../../../src/db/drivers/libsql.js';
import { freePort } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { runProcess } from '../../support/run-process.js';
import { startHrana, type HranaServer } from './hrana-server.js';

const test = dbCounts([hookLibsql]);
const { counted } = test;
const { createClient } = require('@libsql/client') as typeof import('@libsql/client');

const SETUP = [
  'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)',
  "INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob')",
];

/** What counts the same in a file, in memory and on a server. */
function cases(make: () => Client): void {
  let client: Client;
  beforeEach(async () => {
    client = make();
    for (const each of ['DROP TABLE IF EXISTS users', ...SETUP]) await client.execute(each);
    counted();
  });
  afterEach(() => {
    client.close();
    assert.deepEqual([test.errors, test.warnings], [[], []]);
  });

  it('counts execute with and without values', async () => {
    const { rows } = await client.execute('SELECT name FROM users ORDER BY id');
    assert.deepEqual(rows.map((row) => row['name']), ['Ada', 'Bob']); // prettier-ignore
    const found = await client.execute({ sql: 'SELECT * FROM users WHERE name = ?', args: ['Bob'] });
    assert.equal(String(found.rows[0]?.['id']), '2');
    assert.deepEqual(counted(), { 'SELECT users success': 2 });
  });

  it('counts each error once, and leaves it to the caller', async () => {
    await assert.rejects(client.execute('SELECT * FROM missing'), { name: 'LibsqlError' });
    await assert.rejects(client.execute("INSERT INTO users VALUES (1, 'Ada')"), /UNIQUE/);
    assert.deepEqual(counted(), { 'SELECT missing error': 1, 'INSERT users error': 1 });
  });

  it('counts each statement of a batch that was run', async () => {
    await client.batch(["INSERT INTO users VALUES (3, 'Eve')", 'SELECT 1 FROM users'], 'write');
    assert.deepEqual(counted(), {
      'BEGIN success': 1, 'INSERT users success': 1, 'SELECT users success': 1, 'COMMIT success': 1,
    }); // prettier-ignore
    await assert.rejects(client.batch(['DELETE FROM users', 'SELECT * FROM missing', 'SELECT 2 FROM users']));
    const { rows } = await client.execute('SELECT * FROM users');
    assert.equal(rows.length, 3);
    assert.deepEqual(counted(), {
      'BEGIN success': 1, 'DELETE users success': 1, 'SELECT missing error': 1, 'ROLLBACK success': 1,
      'SELECT users success': 1,
    }); // prettier-ignore
  });

  it('counts transactions', async () => {
    const transaction = await client.transaction('write');
    await transaction.execute("UPDATE users SET name = 'x' WHERE id = 1");
    await transaction.batch(['SELECT 1 FROM users', 'SELECT 2 FROM users']);
    await transaction.commit();
    assert.deepEqual(counted(), {
      'BEGIN success': 1, 'UPDATE users success': 1, 'SELECT users success': 2, 'COMMIT success': 1,
    }); // prettier-ignore
  });

  it('counts a text of several statements once', async () => {
    await client.executeMultiple('DELETE FROM users; SELECT 1;');
    assert.deepEqual(counted(), { 'DELETE users success': 1 });
  });
}

describe('@libsql/client 0.18', () => {
  describe('in memory', () => {
    cases(() => createClient({ url: ':memory:' }));

    it('counts what is asked of a closed client, or of one whose connection a transaction holds', async () => {
      const client = createClient({ url: ':memory:' });
      const transaction = await client.transaction('deferred');
      await assert.rejects(client.execute('SELECT 1 FROM users'), { code: 'TRANSACTION_ACTIVE' });
      transaction.close();
      client.close();
      await assert.rejects(client.execute('SELECT 2 FROM users'), { code: 'CLIENT_CLOSED' });
      await assert.rejects(client.batch(['SELECT 3 FROM users']), { code: 'CLIENT_CLOSED' });
      assert.deepEqual(counted(), { 'BEGIN success': 1, 'ROLLBACK success': 1, 'SELECT users error': 3 });
    });

    it('leaves a rejection that nobody handles unhandled', async () => {
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
      void createClient({ url: ':memory:' }).execute('SELECT * FROM missing');
      assert.match(String(await unhandled), /missing/);
      for (const listener of listeners) process.on('unhandledRejection', listener);
      assert.deepEqual(counted(), { 'SELECT missing error': 1 });
    });
  });

  describe('in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'intelia-libsql-'));
    after(() => rmSync(folder, { recursive: true }));
    cases(() => createClient({ url: `file:${join(folder, 'shop.db')}` }));

    it('counts a database that is locked', async () => {
      const [one, two] = [1, 2].map(() => createClient({ url: `file:${join(folder, 'shop.db')}` })) as [
        Client,
        Client,
      ];
      const transaction = await one.transaction('write');
      await assert.rejects(two.execute('DELETE FROM users'), { code: 'SQLITE_BUSY' });
      transaction.close();
      one.close();
      two.close();
      assert.deepEqual(counted(), { 'BEGIN success': 1, 'DELETE users error': 1, 'ROLLBACK success': 1 });
    });
  });

  describe('on a server (a stand-in)', () => {
    let server: HranaServer;
    before(async () => void (server = await startHrana()));
    after(() => server.stop());
    cases(() => createClient({ url: server.url }));

    it('counts a server that is not there', async () => {
      const client = createClient({ url: `http://127.0.0.1:${await freePort()}` });
      await assert.rejects(client.execute('SELECT 1 FROM users'));
      await assert.rejects(client.batch(['SELECT 2 FROM users']));
      assert.deepEqual(counted(), { 'SELECT users error': 1, 'BEGIN error': 1 });
    });
  });

  it('is counted by import', async () => {
    const code = `
      import { createClient } from '@libsql/client';
      const local = createClient({ url: ':memory:' });
      await local.execute('CREATE TABLE a (b)');
      await local.batch(['SELECT * FROM a']);
      local.close();
      await local.execute('SELECT 1 FROM a').catch(() => {});
      const remote = createClient({ url: process.argv[1] });
      await remote.execute('SELECT 2 FROM b').catch(() => {});
      await remote.batch(['SELECT 3 FROM b']).catch(() => {});
      console.log(JSON.stringify([test.counted(), test.errors, test.warnings]));`;
    const server = await startHrana();
    const { stdout, stderr } = await runProcess({
      nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, 'measured.cts'), '--input-type=module'],
      code,
      args: [server.url],
      cwd: __dirname,
    });
    await server.stop();
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), [
      {
        'CREATE TABLE a success': 1, 'BEGIN success': 2, 'SELECT a success': 1, 'COMMIT success': 1,
        'SELECT a error': 1, 'SELECT b error': 2, 'ROLLBACK success': 1,
      },
      [],
      [],
    ]); // prettier-ignore
  });
});
