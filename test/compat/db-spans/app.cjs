// An application that traces its databases with OTel, and knows nothing of who counts. Its environment says which SDK,
// which driver; it prints its spans and what it was counted for. Packages are those of the folder it is started in.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { ownMetrics } = require('../../support/own-metrics.cjs');
const { SDK, PACKAGE, POSTGRES, MYSQL, WORK } = process.env;
const load = createRequire(join(process.cwd(), 'app.cjs'));

exports.main = async ({ NodeTracerProvider, TracerProvider }) => {
  const { context, trace } = load('@opentelemetry/api');
  const told = [];
  const processor = {
    onStart() {},
    onEnd: ({ name }) => void told.push(name),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const tracerProvider = new (NodeTracerProvider ?? TracerProvider)({ spanProcessors: [processor] });
  if (NodeTracerProvider) {
    tracerProvider.register();
  } else {
    trace.setGlobalTracerProvider(tracerProvider);
    const { AsyncLocalStorageContextManager } = load('@opentelemetry/context-async-hooks');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }
  load('@opentelemetry/instrumentation').registerInstrumentations({
    tracerProvider,
    instrumentations: [
      new (load('@opentelemetry/instrumentation-pg').PgInstrumentation)(),
      new (load('@opentelemetry/instrumentation-mysql2').MySQL2Instrumentation)(),
      new (load('@opentelemetry/instrumentation-knex').KnexInstrumentation)(),
    ],
  });
  for (const work of WORK.split(',')) await works[work](trace);
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log(JSON.stringify({ told, text: await ownMetrics(PACKAGE) }));
};

const inSpan = (trace, name, run) =>
  trace.getTracer('app').startActiveSpan(name, async (span) => {
    await run();
    span.end();
  });

function mysqlOptions() {
  const { hostname: host, port, username: user, password, pathname } = new URL(MYSQL);
  return { host, port: Number(port), user, password, database: pathname.slice(1) };
}

const works = {
  /** A driver that is hooked. */
  async pg(trace) {
    const { Pool } = load('pg');
    const pool = new Pool({ connectionString: POSTGRES });
    await pool.query('SELECT $1::int AS n', [1]);
    await inSpan(trace, 'request', () => pool.query('SELECT relname FROM pg_class LIMIT 1'));
    await pool.query('SELECT * FROM missing').catch(() => {});
    await pool.end();
  },
  /** An ORM on a driver that is hooked. */
  async knex() {
    const knex = load('knex')({ client: 'pg', connection: POSTGRES });
    await knex('pg_class').select('relname').limit(1);
    await knex('missing')
      .select('*')
      .catch(() => {});
    await knex.destroy();
  },
  /** A driver of a version that is left alone. */
  async mysql2() {
    const connection = load('mysql2').createConnection(mysqlOptions());
    const ask = (...args) => new Promise((done) => connection.query(...args, (error) => done(error)));
    await ask('SELECT name FROM users WHERE id = ?', [1]);
    await ask('UPDATE users SET name = ? WHERE id = 7', ['x']);
    await ask('SELECT * FROM missing');
    await new Promise((done) => connection.end(done));
  },
  /** An ORM on that. */
  async 'knex mysql2'() {
    const knex = load('knex')({ client: 'mysql2', connection: mysqlOptions() });
    await knex('users').select('name').where({ id: 1 });
    await knex('missing')
      .select('*')
      .catch(() => {});
    await knex.destroy();
  },
};

if (require.main === module) void exports.main(load(SDK));
