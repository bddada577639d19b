/** INTELIA_SEMCONV_METRICS=db from the door: OTel's database metrics on pull and push, of real queries. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { parsePromText, seriesOf } from '../support/prom-text.js';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');

/** Asks two pools, holds a connection of one, and prints what a second scrape shows. */
const APP = `
  const { createServer } = require('node:http');
  const { Pool } = require('pg');
  const { metricsHandler, flush, shutdown } = require(process.env.PACKAGE);
  void (async () => {
    const [one, two] = [process.env.POSTGRES, process.env.POSTGRES].map((connectionString) => new Pool({ connectionString }));
    for (let i = 0; i < 3; i++) await one.query('SELECT relname FROM pg_class LIMIT 1');
    await two.query('SELECT * FROM missing').catch(() => {});
    await two.query('SELECT relname FROM pg_class LIMIT 1');
    const held = await one.connect();
    const server = createServer(metricsHandler()).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const url = 'http://127.0.0.1:' + server.address().port;
    await (await fetch(url)).text();
    process.stdout.write(await (await fetch(url)).text());
    await flush();
    held.release();
    await Promise.all([one.end(), two.end()]);
    server.close();
    server.closeAllConnections();
    await shutdown();
  })();`;

describe('OTel database metrics from the door', () => {
  let receiver: OtlpReceiver;
  let postgres: TestPostgres;
  before(async () => void (postgres = await startPostgres()));
  after(() => postgres?.stop());
  beforeEach(async () => void (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  async function run(env: Record<string, string>): Promise<Record<string, number>> {
    const { code, stdout, stderr } = await runProcess({
      nodeArgs: ['--require', join(root, 'dist/register.cjs')],
      code: APP,
      cwd: root,
      env: {
        PACKAGE: join(root, 'dist/index.cjs'),
        POSTGRES: postgres.url,
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        ...env,
      },
    });
    assert.equal(code, 0, stderr);
    return seriesOf(parsePromText(stdout));
  }

  it('are the same figures on pull and push', async () => {
    const series = await run({ INTELIA_SEMCONV_METRICS: 'db' });
    const system = 'db_system_name="postgresql"';
    const pool = `db_client_connection_pool_name="${postgres.host}:${postgres.port}/${postgres.database}`;
    const pulled = Object.fromEntries(
      Object.entries(series).filter(([key]) => /^db_.*(_count|connection_count)\{/.test(key)),
    );
    assert.deepEqual(pulled, {
      [`db_client_operation_duration_seconds_count{db_collection_name="missing",db_operation_name="SELECT",${system},error_type="_OTHER"}`]: 1,
      [`db_client_operation_duration_seconds_count{db_collection_name="pg_class",db_operation_name="SELECT",${system}}`]: 4,
      [`db_client_connection_count{${pool}",db_client_connection_state="used"}`]: 1,
      [`db_client_connection_count{${pool}",db_client_connection_state="idle"}`]: 0,
      [`db_client_connection_count{${pool}#2",db_client_connection_state="used"}`]: 0,
      [`db_client_connection_count{${pool}#2",db_client_connection_state="idle"}`]: 1,
    });
    const pushed = Object.values(receiver.totals()).filter(({ name }) => name.startsWith('db.'));
    const names = pushed.map(({ name, labels, value }) => [
      `${name.replaceAll('.', '_')}${name.endsWith('duration') ? '_seconds_count' : ''}{${labelsOf(labels)}}`,
      value,
    ]);
    // The last push is made when the pools are closed.
    const atEnd = Object.entries(pulled).map(([key, value]) => [
      key,
      key.startsWith('db_client_connection') ? 0 : value,
    ]);
    assert.deepEqual(Object.fromEntries(names), Object.fromEntries(atEnd));
  }).timeout(30_000);

  it('are not there where nobody asked', async () => {
    assert.deepEqual(Object.keys(await run({})).filter((key) => key.startsWith('db_')), []); // prettier-ignore
  }).timeout(30_000);
});

/** As in Prometheus: by name. */
function labelsOf(attributes: object): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name.replaceAll('.', '_')}=${JSON.stringify(String(value))}`)
    .sort()
    .join(',');
}
