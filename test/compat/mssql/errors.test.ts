/** A failed request of SQL Server's drivers is one `db_error`, by itself and in a pool. */
import { assertErrors } from '../../support/error-totals.js';
import { startTds, type TdsServer } from './tds-server.js';

/** Each sends one request that succeeds and one that fails, and handles that. */
const DRIVERS = {
  'tedious': `
    const { Connection, Request } = require('tedious');
    const authentication = { type: 'default', options: { userName: 'intelia', password: 'pa55-word' } };
    const connection = new Connection({ server: '127.0.0.1', authentication, options: { port, encrypt: false, database: 'shop' } });
    const ask = (text) => new Promise((done) => connection.execSql(new Request(text, done)));
    await new Promise((done) => connection.connect(done));
    await ask('SELECT id FROM users');
    await ask('SELECT id FROM missing');
    connection.close();`,
  'mssql': `
    const sql = require('mssql');
    const pool = await sql.connect({ server: '127.0.0.1', port, user: 'intelia', password: 'pa55-word', database: 'shop', options: { encrypt: false } });
    await pool.query('SELECT id FROM users');
    await pool.query('SELECT id FROM missing').catch(() => {});
    await pool.close();`,
}; // prettier-ignore

describe("errors of SQL Server's drivers, from the door", () => {
  let server: TdsServer;
  before(async () => void (server = await startTds()));
  after(() => server.stop());

  for (const [name, app] of Object.entries(DRIVERS)) {
    it(name, () => {
      const code = `const port = ${server.port}; (async () => {${app}})();`;
      return assertErrors({ code, cwd: __dirname }, { 'db_error error': 1 });
    });
  }
});
