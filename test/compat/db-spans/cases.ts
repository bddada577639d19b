/** INTELIA_DB_SPANS under applications that trace their databases: each call once, by a hook of ours or by its span. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { startMariadb, type TestMariadb } from '../../support/mariadb.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { parsePromText, seriesOf } from '../../support/prom-text.js';
import { runProcess } from '../../support/run-process.js';

const root = resolve(__dirname, '../../..');

/** How an application traces. */
export interface Tracing {
  /** In which folder it lives, and so with which packages. */
  readonly folder: string;
  readonly node?: string;
  readonly script?: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Said {
  /** The names of the spans, in the order of their ends. */
  readonly told: readonly string[];
  readonly text: string;
}

export function databaseSpans(tracings: Readonly<Record<string, Tracing>>): void {
  let postgres: TestPostgres;
  let mariadb: TestMariadb;
  before(async function () {
    mariadb = await startMariadb(this);
    postgres = await startPostgres();
  });
  after(() => Promise.all([postgres?.stop(), mariadb?.stop()]));

  async function run(
    { folder, node = process.execPath, script = 'app.cjs', env }: Tracing,
    work: string,
    spans = true,
  ) {
    const { user, password, host, port, database } = mariadb;
    const { code, stdout, stderr } = await runProcess({
      node,
      cwd: folder,
      nodeArgs: ['--require', join(root, 'dist/register.cjs')],
      script: join(folder, script),
      env: {
        WORK: work,
        PACKAGE: join(root, 'dist/index.cjs'),
        POSTGRES: postgres.url,
        MYSQL: `mysql://${user}:${password}@${host}:${port}/${database}`,
        OTEL_METRICS_EXPORTER: 'none',
        ...(spans && { INTELIA_DB_SPANS: 'true' }),
        ...env,
      },
    });
    assert.equal(code, 0, stderr);
    const { told, text } = JSON.parse(stdout) as Said;
    const counted = Object.entries(seriesOf(parsePromText(text)))
      .filter(([key, value]) => key.startsWith('intelia_db_queries_total{') && value > 0)
      .map(([key, value]) => [[...key.matchAll(/="(.*?)"/g)].map(([, label]) => label).join(' '), value]);
    return { told, text, counted: Object.fromEntries(counted) };
  }

  for (const [name, tracing] of Object.entries(tracings)) {
    it(`leave to our hook what it sees: pg, alone and under knex; ${name}`, async () => {
      const { told, counted } = await run(tracing, 'pg');
      assert.equal(told.filter((name) => name.startsWith('pg.query')).length, 3, String(told));
      assert.deepEqual(counted, {
        'SELECT success ': 1,
        'SELECT error missing': 1,
        'SELECT success pg_class': 1,
      });
      const orm = await run(tracing, 'knex');
      // Each of the two by knex, and by pg; and that knex asks for the version.
      assert.equal(orm.told.filter((told) => /select/i.test(told)).length, 5, String(orm.told));
      assert.deepEqual(orm.counted, {
        'SELECT success ': 1,
        'SELECT error missing': 1,
        'SELECT success pg_class': 1,
      });
    });

    it(`count for a driver that is left alone; ${name}`, async () => {
      const { counted, text } = await run(tracing, 'mysql2');
      assert.deepEqual(counted, {
        'SELECT error missing': 1,
        'SELECT success users': 1,
        'UPDATE success users': 1,
      });
      const series = seriesOf(parsePromText(text));
      assert.equal(series['intelia_db_query_duration_seconds_count{operation="UPDATE",table="users"}'], 1);
      assert.equal(series['intelia_errors_total{severity="error",type="db_error"}'], 1);
      assert.ok(
        (series['intelia_db_query_duration_seconds_sum{operation="UPDATE",table="users"}'] as number) < 5,
      );
      const orm = await run(tracing, 'knex mysql2');
      assert.deepEqual(orm.counted, { 'SELECT error missing': 1, 'SELECT success users': 1 });
    });
  }

  it('count side by side with hooks, each its own database', async () => {
    const { counted } = await run(Object.values(tracings)[0] as Tracing, 'pg,mysql2,knex');
    assert.deepEqual(counted, { 'SELECT success ': 2, 'SELECT error missing': 3, 'SELECT success pg_class': 2, 'SELECT success users': 1, 'UPDATE success users': 1 }); // prettier-ignore
  });

  it('say nothing where nobody asked', async () => {
    assert.deepEqual((await run(Object.values(tracings)[0] as Tracing, 'mysql2', false)).counted, {});
  });
}
