/** A failed query of each MySQL driver is one `db_error`, whatever way the application hears of it. */
import { assertErrors } from '../../support/error-totals.js';
import { startMariadb, type TestMariadb } from '../../support/mariadb.js';

/** Each sends one statement that succeeds and one that fails, and handles that. */
const DRIVERS = {
  'mysql2, by callback': `
    const connection = require('mysql2').createConnection(options);
    connection.query('SELECT 1', () => connection.query('SELECT * FROM missing', () => connection.end()));`,
  'mysql2, by promise': `
    const connection = await require('mysql2/promise').createConnection(options);
    await connection.query('SELECT 1');
    await connection.execute('INSERT INTO users VALUES (1, 2)').catch(() => {});
    await connection.end();`,
  'mysql, by callback': `
    const connection = require('mysql').createConnection(options);
    connection.query('SELECT 1', () => connection.query('SELECT * FROM missing', () => connection.end()));`,
  'mysql, by event': `
    const connection = require('mysql').createConnection(options);
    connection.query('SELECT 1');
    connection.query('boom').on('error', () => {});
    connection.end();`,
  'mariadb, by promise': `
    const connection = await require('mariadb').createConnection(options);
    await connection.query('SELECT 1');
    await connection.query('SELECT * FROM missing').catch(() => {});
    await connection.end();`,
  'mariadb, by callback': `
    const connection = require('mariadb/callback').createConnection(options);
    connection.query('SELECT 1', () => connection.query('SELECT * FROM missing', () => connection.end()));`,
};

describe('errors of MySQL drivers, from the door', () => {
  let mariadb: TestMariadb;
  before(async function () {
    mariadb = await startMariadb(this);
  });
  after(() => mariadb?.stop());

  for (const [name, app] of Object.entries(DRIVERS)) {
    it(name, () => {
      const { host, port, user, password, database } = mariadb;
      const options = JSON.stringify({ host, port, user, password, database });
      const code = `const options = ${options}; (async () => {${app}})();`;
      return assertErrors({ code, cwd: __dirname }, { 'db_error error': 1 });
    });
  }
});
