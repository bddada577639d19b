import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hookNodeSqlite } from '../../../src/db/drivers/node-sqlite.js';
import { dbCounts } from '../../support/db-counts.js';
import { runProcess } from '../../support/run-process.js';

const test = dbCounts([hookNodeSqlite]);
const { counted } = test;
// After the hook, as an application does.
const { DatabaseSync } = (process as any).getBuiltinModule('node:sqlite');

describe(`node:sqlite of Node ${process.version}`, () => {
  let db: any;
  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)');
    db.exec("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Eve')");
    counted();
  });
  afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

  it('counts prepare, run, get, all and exec', () => {
    const select = db.prepare('SELECT * FROM users WHERE id = ?');
    assert.deepEqual({ ...select.get(1) }, { id: 1, name: 'Ada' });
    assert.equal(select.all(2)[0].name, 'Bob');
    assert.equal(select.sourceSQL, 'SELECT * FROM users WHERE id = ?');
    assert.deepEqual(
      { ...db.prepare('DELETE FROM users WHERE id = $id').run({ id: 3 }) },
      {
        changes: 1,
        lastInsertRowid: 3,
      },
    );
    db.exec('BEGIN');
    assert.equal(db.exec("UPDATE users SET name = 'x'; SELECT 1"), undefined);
    db.exec('ROLLBACK');
    assert.deepEqual(counted(), {
      'SELECT users success': 2, 'DELETE users success': 1, 'UPDATE users success': 1,
      'BEGIN success': 1, 'ROLLBACK success': 1,
    }); // prettier-ignore
  });

  it('counts each error once, and leaves it to the caller', () => {
    assert.throws(() => db.prepare('SELECT * FROM missing'), { code: 'ERR_SQLITE_ERROR' });
    assert.throws(() => db.prepare("INSERT INTO users VALUES (1, 'Ada')").run(), { errcode: 1555 });
    assert.throws(() => db.exec('SELEC 1'), /syntax error/);
    const select = db.prepare('SELECT * FROM users');
    db.close();
    assert.throws(() => db.exec('SELECT 1 FROM users'), { code: 'ERR_INVALID_STATE' });
    assert.throws(() => select.all(), { code: 'ERR_INVALID_STATE' });
    assert.deepEqual(counted(), {
      'SELECT missing error': 1, 'INSERT users error': 1, 'OTHER error': 1, 'SELECT users error': 2,
    }); // prettier-ignore
  });

  it('times an iteration to its last row, or to where it is left', () => {
    const seconds = () => test.sum('intelia_db_query_duration_seconds') ?? 0;
    const select = db.prepare('SELECT * FROM users');
    const begun = seconds();
    const names: string[] = [];
    for (const { name } of select.iterate()) {
      names.push(name as string);
      test.advance(1);
    }
    assert.deepEqual(names, ['Ada', 'Bob', 'Eve']);
    assert.equal(seconds() - begun, 3);
    for (const _ of select.iterate()) {
      test.advance(5);
      break;
    }
    assert.equal(seconds() - begun, 8);
    assert.deepEqual(select.iterate().map(({ id }: any) => id).toArray(), [1, 2, 3]); // prettier-ignore
    assert.deepEqual(counted(), { 'SELECT users success': 3 });
  });

  it('counts tagged templates, where Node has them', function () {
    if (db.createTagStore === undefined) return this.skip();
    const sql = db.createTagStore();
    assert.equal(sql.get`SELECT * FROM users WHERE id = ${2}`.name, 'Bob');
    assert.equal([...sql.iterate`SELECT * FROM users`].length, 3);
    assert.throws(() => sql.run`DELETE FROM missing WHERE id = ${2}`, { code: 'ERR_SQLITE_ERROR' });
    assert.deepEqual(counted(), { 'SELECT users success': 2, 'DELETE missing error': 1 });
  });

  /** `code` on this Node and with our hook before it. */
  const child = (code: string, ...nodeArgs: string[]) =>
    runProcess({
      nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, 'measured.cts'), ...nodeArgs],
      code,
    });
  const warns = process.version.startsWith('v22.') || process.version.startsWith('v24.');

  it('gives the warning of Node with the first statement, and none where it is not used', async () => {
    const unused = await child("require('node:sqlite')");
    assert.deepEqual([unused.code, unused.stderr], [0, '']);
    const used = await child(
      "const { DatabaseSync: D } = require('node:sqlite'); new D(':memory:').exec('SELECT 1'); new D(':memory:').exec('SELECT 1')",
    );
    assert.equal(used.code, 0);
    assert.equal(used.stderr.split('ExperimentalWarning: SQLite').length - 1, warns ? 1 : 0);
  });

  it('is counted by import, too', async () => {
    const code =
      "import { DatabaseSync } from 'node:sqlite'; const db = new DatabaseSync(':memory:');" +
      "db.exec('CREATE TABLE a (b)'); db.prepare('SELECT * FROM a').all(); console.log(JSON.stringify(test.counted()))";
    const { stdout } = await child(code, '--input-type=module');
    assert.deepEqual(JSON.parse(stdout), { 'CREATE TABLE a success': 1, 'SELECT a success': 1 });
  });
});
