/** INTELIA_DB_SPANS under an application that traces Prisma by @prisma/instrumentation: each query once. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { parsePromText, seriesOf } from '../../support/prom-text.js';
import { runProcess } from '../../support/run-process.js';
import { generatePrisma, TABLES } from './prisma.js';

const root = resolve(__dirname, '../../..');
const QUERY = 'prisma:client:db_query';

describe('ended spans of @prisma/instrumentation 7.10', () => {
  let postgres: TestPostgres;
  before(async () => {
    generatePrisma();
    postgres = await startPostgres();
    const client = new (require('pg').Client)(postgres.url);
    await client.connect();
    for (const each of TABLES) await client.query(each);
    await client.end();
  });
  after(() => postgres?.stop());

  async function run(DRIVER: string) {
    const { code, stdout, stderr } = await runProcess({
      nodeArgs: ['--require', 'tsx/cjs', '--require', join(root, 'dist/register.cjs')],
      script: join(__dirname, 'prisma-app.cjs'),
      cwd: root,
      timeoutMs: 100_000,
      env: {
        DRIVER,
        TABLES: JSON.stringify(TABLES),
        POSTGRES: postgres.url,
        PACKAGE: join(root, 'dist/index.cjs'),
        OTEL_METRICS_EXPORTER: 'none',
        INTELIA_DB_SPANS: 'true',
      },
    });
    assert.equal(code, 0, stderr);
    const { told, text } = JSON.parse(stdout) as { told: string[]; text: string };
    const counted = Object.entries(seriesOf(parsePromText(text)))
      .filter(([key, value]) => key.startsWith('intelia_db_queries_total{') && value > 0)
      .map(([key, value]) => [[...key.matchAll(/="(.*?)"/g)].map(([, label]) => label).join(' '), value]);
    return {
      spans: told.filter((name) => name === QUERY).length,
      counted: Object.fromEntries(counted) as object,
    };
  }

  it('count over a driver that is not known: PGlite', async () => {
    const { spans, counted } = await run('PGlite');
    // Its spans do not tell that a query failed, nor that a transaction began.
    assert.deepEqual(counted, {
      'SELECT success public.users': 2, 'INSERT success public.users': 2, 'SELECT success public.orders': 1,
      'SELECT success missing': 1, 'UPDATE success public.users': 1, 'ROLLBACK success ': 1,
    }); // prettier-ignore
    assert.equal(spans, 8);
    // A PostgreSQL in WebAssembly takes its time to begin.
  }).timeout(120_000);

  it('leave to our hook what it sees: pg', async () => {
    const { spans, counted } = await run('pg');
    assert.ok(spans >= 8, String(spans));
    assert.deepEqual(counted, {
      'SELECT success public.users': 2, 'INSERT success public.users': 1, 'INSERT error public.users': 1,
      'SELECT success public.orders': 1, 'SELECT error missing': 1, 'BEGIN success ': 1, 'UPDATE success public.users': 1,
      'ROLLBACK success ': 1,
    }); // prettier-ignore
  });
});
