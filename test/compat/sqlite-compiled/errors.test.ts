/** A failed statement of sqlite3 is one `db_error`, whoever is told of it. */
import { assertErrors } from '../../support/error-totals.js';

const DRIVERS = {
  'sqlite3, by callback': `
    const database = new (require('sqlite3').Database)(':memory:');
    database.run('CREATE TABLE users (id INTEGER PRIMARY KEY)', () =>
      database.get('SELECT * FROM missing', () => database.close()));`,
  'better-sqlite3 12': `
    const database = new (require('better-sqlite3'))(':memory:');
    database.exec('SELECT 1');
    try { database.exec('SELECT * FROM missing') } catch {}`,
};

describe('errors of compiled SQLite drivers, from the door', () => {
  for (const [name, code] of Object.entries(DRIVERS))
    it(name, () => assertErrors({ code, cwd: __dirname }, { 'db_error error': 1 }));

  it('sqlite3, by nobody: the process ends of it, which is an error of its own', () => {
    const code = `new (require('sqlite3').Database)(':memory:').run('boom');`;
    return assertErrors({ code, cwd: __dirname }, { 'db_error error': 1, 'uncaught_exception critical': 1 });
  });
});
