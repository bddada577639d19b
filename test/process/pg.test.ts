import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { runProcess, withoutOurs } from '../support/run-process.js';

const ROOT = join(__dirname, '../..');
const script = join(ROOT, 'test/fixtures/db/app.mjs');
const DOORS = { '--require': 'dist/register.cjs', '--import': 'dist/register.mjs' };

describe('an ESM application with pg', () => {
  let postgres: TestPostgres;
  let receiver: OtlpReceiver;

  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    receiver = await startOtlpReceiver();
  });
  afterEach(() => receiver.close());

  const run = (door: readonly string[], args: readonly string[] = []) =>
    runProcess({
      nodeArgs: door, script, args,
      env: {
        APP_HOST: postgres.host, APP_PORT: String(postgres.port),
        OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      },
    }); // prettier-ignore

  for (const [option, file] of Object.entries(DOORS)) {
    it(`is measured by ${option}, and behaves as it does without`, async () => {
      const bare = await run([]);
      const measured = await run([option, join(ROOT, file)]);
      assert.equal(bare.code, 0, bare.stderr);
      assert.deepEqual([measured.code, measured.stdout], [bare.code, bare.stdout]);
      assert.equal(withoutOurs(measured.stderr), bare.stderr);
      const queries = (operation: string, table: string, status: string) =>
        receiver.total('intelia_db_queries_total', { operation, table, status });
      assert.equal(queries('SELECT', 'pg_database', 'success'), 1);
      assert.equal(queries('SELECT', 'pg_class', 'error'), 1);
      assert.equal(receiver.total('intelia_errors_total', { type: 'db_error', severity: 'error' }), 1);
      const pool = `127.0.0.1:${postgres.port}/postgres`;
      assert.equal(receiver.total('intelia_db_connections_active', { pool }), 0);
    });
  }

  it('still ends of a query whose failure nobody handles', async () => {
    const bare = await run([], ['reject']);
    const measured = await run(['--require', join(ROOT, DOORS['--require'])], ['reject']);
    assert.equal(bare.code, 1);
    assert.deepEqual([measured.code, measured.stdout], [bare.code, bare.stdout]);
    assert.match(measured.stderr, /nothing/);
    const labels = { operation: 'SELECT', table: 'pg_index', status: 'error' };
    assert.equal(receiver.total('intelia_db_queries_total', labels), 1);
  });
});
