/** What has to hold with every supported version of better-sqlite3; each runs on a Node that it has a binary for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hookBetterSqlite3 } from '../../src/db/drivers/better-sqlite3.js';
import { dbCounts } from './db-counts.js';

/** `load` requires the version to be tested: only after the hook, as an application does. */
export function describeBetterSqlite3(name: string, load: () => any): void {
  describe(name, () => {
    const test = dbCounts([hookBetterSqlite3]);
    const { counted } = test;
    const Database = load();
    const seconds = () => test.sum('intelia_db_query_duration_seconds') ?? 0;
    let db: any;

    beforeEach(() => {
      db = new Database(':memory:');
      db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)');
      db.prepare("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Eve')").run();
      counted();
    });
    afterEach(() => {
      db.close();
      assert.deepEqual([test.errors, test.warnings], [[], []]);
    });

    it('counts run, get, all and exec, and changes nothing of what they give', () => {
      const select = db.prepare('SELECT * FROM users WHERE id = ?');
      assert.deepEqual({ ...select.get(1) }, { id: 1, name: 'Ada' });
      assert.equal(select.all(2)[0].name, 'Bob');
      assert.equal(select.get(9), undefined);
      const { changes, lastInsertRowid } = db
        .prepare('INSERT INTO users (name) VALUES (@name)')
        .run({ name: 'Zoe' });
      assert.deepEqual([changes, lastInsertRowid], [1, 4]);
      assert.equal(db.exec('UPDATE users SET name = lower(name); DELETE FROM users WHERE id = 4'), db);
      assert.equal(db.prepare('SELECT count(*) FROM users').pluck().get(), 3);
      assert.deepEqual(counted(), {
        'SELECT users success': 4, 'INSERT users success': 1, 'UPDATE users success': 1,
      }); // prettier-ignore
    });

    it('does not count a statement that is only prepared', () => {
      const statement = db.prepare('SELECT * FROM users');
      assert.equal(statement.source, 'SELECT * FROM users');
      assert.equal(statement.columns().length, 2);
      assert.deepEqual(counted(), {});
    });

    it('counts transactions, and savepoints within', () => {
      const insert = db.prepare('INSERT INTO users (name) VALUES (?)');
      const add = db.transaction((names: unknown[]) => names.forEach((each) => insert.run(each)));
      add(['Zoe', 'Max']);
      assert.throws(() => add(['Kim', null]), { code: 'SQLITE_CONSTRAINT_NOTNULL' });
      db.transaction(() => add(['Joe']))();
      assert.deepEqual(counted(), {
        'BEGIN success': 3, 'COMMIT success': 2, 'ROLLBACK success': 1, 'SAVEPOINT success': 1, 'RELEASE success': 1,
        'INSERT users success': 4, 'INSERT users error': 1,
      }); // prettier-ignore
    });

    it('counts pragmas', () => {
      assert.equal(db.pragma('user_version', { simple: true }), 0);
      db.pragma('user_version = 7');
      assert.equal(Object.values(counted()).reduce((sum, n) => sum + n, 0), 2); // prettier-ignore
    });

    it('counts each error once, and leaves it to the caller', () => {
      assert.throws(() => db.prepare('SELECT * FROM missing'), { name: 'SqliteError', code: 'SQLITE_ERROR' });
      assert.throws(() => db.prepare("INSERT INTO users VALUES (1, 'Ada')").run(), {
        code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
      });
      assert.throws(() => db.exec('SELEC 1'), /syntax error/);
      assert.throws(() => db.prepare('SELECT ? FROM users').get(), RangeError);
      assert.deepEqual(counted(), {
        'SELECT missing error': 1, 'INSERT users error': 1, 'OTHER error': 1, 'SELECT users error': 1,
      }); // prettier-ignore
    });

    it('times an iteration to its last row, or to where it is left', () => {
      const select = db.prepare('SELECT * FROM users');
      const begun = seconds();
      const names: string[] = [];
      for (const { name: each } of select.iterate()) {
        names.push(each);
        test.advance(1);
      }
      assert.deepEqual(names, ['Ada', 'Bob', 'Eve']);
      assert.equal(seconds() - begun, 3);
      for (const _ of select.iterate()) {
        test.advance(5);
        break;
      }
      assert.equal(seconds() - begun, 8);
      assert.deepEqual(counted(), { 'SELECT users success': 2 });
    });

    it('counts an iteration that fails on its way', () => {
      db.function('odd', (id: number) => {
        if (id === 2) throw new Error('odd row');
        return id;
      });
      const rows = db.prepare('SELECT odd(id) AS id FROM users').iterate();
      assert.equal(rows.next().value.id, 1);
      assert.throws(() => rows.next(), /odd row/);
      assert.deepEqual(counted(), { 'SELECT users error': 1 });
    });

    it('counts a query within a function of another query, each by itself', () => {
      const other = new Database(':memory:');
      const inner = other.prepare('SELECT count(*) FROM sqlite_master');
      db.function('nested', () => inner.pluck().get());
      db.prepare('SELECT nested() FROM users LIMIT 1').get();
      assert.deepEqual(counted(), { 'SELECT users success': 1, 'SELECT sqlite_master success': 1 });
      other.close();
    });

    it('counts one that waits in vain for a locked database, and one on a closed database', () => {
      const folder = mkdtempSync(join(tmpdir(), 'intelia-sqlite-'));
      const [one, two] = [1, 2].map(() => new Database(join(folder, 'shop.db'), { timeout: 10 }));
      one.exec('CREATE TABLE orders (id INT)');
      one.exec('BEGIN EXCLUSIVE');
      counted();
      assert.throws(() => two.exec('INSERT INTO orders VALUES (1)'), { code: 'SQLITE_BUSY' });
      one.exec('ROLLBACK');
      two.close();
      assert.throws(() => two.prepare('SELECT * FROM orders'), TypeError);
      one.close();
      rmSync(folder, { recursive: true });
      assert.throws(() => new Database(join(folder, 'shop.db')), /directory does not exist/);
      assert.deepEqual(counted(), {
        'INSERT orders error': 1, 'ROLLBACK success': 1, 'SELECT orders error': 1,
      }); // prettier-ignore
    });

    it('looks like the library', () => {
      const { prepare, exec } = Database.prototype;
      assert.deepEqual([prepare.name, prepare.length, exec.name, exec.length], ['prepare', 1, 'exec', 1]);
      const select = db.prepare('SELECT 1');
      assert.equal(select.run.name, 'run');
      const rows = select.iterate();
      assert.deepEqual(Object.keys(rows), ['statement']);
      assert.deepEqual(rows.return(), { value: undefined, done: true });
    });
  });
}
