/** A failed query of postgres.js is one `db_error`, also within a transaction. */
import { assertErrors } from '../../support/error-totals.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';

const APPS = {
  'a query': ['await sql`SELECT 1`; await sql`SELECT * FROM missing`.catch(() => {});', 1],
  'a value that cannot be': ['await sql`SELECT ${"x"}::int AS n`.catch(() => {});', 1],
  // The query failed; that the transaction is then rolled back is no failure of its own.
  'a transaction': ['await sql.begin((one) => one`SELECT * FROM missing`).catch(() => {});', 1],
} as const;

describe('errors of postgres.js, from the door', () => {
  let postgres: TestPostgres;
  before(async () => void (postgres = await startPostgres()));
  after(() => postgres.stop());

  for (const [name, [app, count]] of Object.entries(APPS)) {
    it(name, () => {
      const sql = `require('postgres')(${JSON.stringify(postgres.url)})`;
      const code = `(async () => { const sql = ${sql}; ${app} await sql.end(); })();`;
      return assertErrors({ code, cwd: __dirname }, { 'db_error error': count });
    });
  }
});
