/** A failed statement of each SQLite driver is one `db_error`, thrown or rejected. */
import { assertErrors } from '../../support/error-totals.js';

/** Each runs one statement that succeeds and two that fail: one that is no SQL for this database, one by a constraint. */
const DRIVERS = {
  'better-sqlite3': `
    const database = new (require('better-sqlite3'))(':memory:');
    database.exec('CREATE TABLE users (id INTEGER PRIMARY KEY)');
    tried(() => database.exec('SELECT * FROM missing'));
    const insert = database.prepare('INSERT INTO users VALUES (1)');
    insert.run();
    tried(() => insert.run());`,
  'node:sqlite': `
    const database = new (require('node:sqlite').DatabaseSync)(':memory:');
    database.exec('CREATE TABLE users (id INTEGER PRIMARY KEY)');
    tried(() => database.exec('SELECT * FROM missing'));
    const insert = database.prepare('INSERT INTO users VALUES (1)');
    insert.run();
    tried(() => insert.run());`,
  '@libsql/client': `
    const client = require('@libsql/client').createClient({ url: ':memory:' });
    await client.execute('CREATE TABLE users (id INTEGER PRIMARY KEY)');
    await client.execute('SELECT * FROM missing').catch(() => {});
    await client.execute('INSERT INTO users VALUES (1)');
    await client.execute('INSERT INTO users VALUES (1)').catch(() => {});`,
};

describe('errors of SQLite drivers, from the door', () => {
  for (const [name, app] of Object.entries(DRIVERS)) {
    it(name, () => {
      const code = `const tried = (work) => { try { work() } catch {} }; (async () => {${app}})();`;
      return assertErrors({ code, cwd: __dirname }, { 'db_error error': 2 });
    });
  }
});
