/** A failed query of pg over libpq is one `db_error`. */
import { assertErrors } from '../../support/error-totals.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';

describe('errors of pg.native, from the door', () => {
  let postgres: TestPostgres;
  before(async () => void (postgres = await startPostgres()));
  after(() => postgres.stop());

  it('one of two', () => {
    const code = `(async () => {
      const client = new (require('pg').native.Client)(${JSON.stringify(postgres.url)});
      await client.connect();
      await client.query('SELECT 1');
      await client.query('SELECT * FROM missing').catch(() => {});
      await client.end();
    })();`;
    return assertErrors({ code, cwd: __dirname }, { 'db_error error': 1 });
  });
});
