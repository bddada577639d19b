/**
 *   npm run demo
 *
 * Starts the backend of server.js under `node --require @intelia/otel/register` with a real PostgreSQL and a local
 * provider, sends it real traffic, shows what /metrics says, and compares that with what the provider billed,
 * PostgreSQL ran and the driver sent. Everything is on loopback; nothing is left behind.
 *
 * Exit code 0 and `measured = true` when every figure is equal; 1 when any differs. On a terminal it goes on with
 * light traffic until Ctrl-C.
 *
 *   --requests=500   how many requests are sent before the comparison (230)
 *   --bill-extra     the provider bills one token more for each call: the comparison must fail, which shows that it looks
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBackend } from './demo/backend.mjs';
import { compare } from './demo/compare.mjs';
import { comparison, dashboard } from './demo/dashboard.mjs';
import { startPostgres } from './demo/postgres.mjs';
import { scrape, sumBy } from './demo/scrape.mjs';
import { bold, dim, green, progress, red, showLive } from './demo/screen.mjs';
import { createTraffic } from './demo/traffic.mjs';
import { startProvider } from './provider.js';

const SEED = 20;
const PARALLEL = 8;
const ROLE = 'expert';

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '230' },
    'bill-extra': { type: 'boolean', default: false },
  },
});
const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;

const stopping = new AbortController();
const { signal } = stopping;
const cleanUps = [];

async function startAll() {
  console.log(dim('  starting PostgreSQL, a local provider and the backend …'));
  const provider = await startProvider({ seed: SEED, billExtra: options['bill-extra'] ? 1 : 0 });
  cleanUps.push(provider.close);
  const schema = (name) => readFileSync(new URL(`schema-${name}.sql`, import.meta.url), 'utf8');
  const databases = { main: schema('main'), analytics: schema('analytics') };
  const postgres = await startPostgres({ role: ROLE, databases });
  cleanUps.push(postgres.stop);
  const backend = await startBackend({ databaseUrl: postgres.url, providerUrl: provider.url });
  cleanUps.push(backend.stop);
  const traffic = createTraffic({ baseUrl: backend.url, provider, seed: SEED });
  cleanUps.push(traffic.close);
  return { provider, postgres, backend, traffic };
}

/** Waits until nothing moves any more. Also a new series reads 0 in the first scrape that shows it. */
async function settle({ provider, backend }) {
  let before = '';
  for (let tries = 0; tries < 50; tries++) {
    const now = (await (await fetch(backend.metricsUrl)).text()).replace(
      /^(?!intelia_(llm|http|db_q|err|que|rev|feed)).*\n/gm,
      '',
    );
    if (now === before && provider.working() === 0) return;
    before = now;
    await sleep(100);
  }
}

/** Connections in use, by pool, while two slow reports run: what the metrics say and what PostgreSQL sees. */
async function readPools({ postgres, backend, traffic }) {
  const busy = async () => {
    const rows = await postgres.query(
      'postgres',
      `SELECT datname AS pool, count(*)::int AS n FROM pg_stat_activity WHERE usename = $1 AND state <> 'idle' GROUP BY 1`,
      [ROLE],
    );
    return new Map(rows.map(({ pool, n }) => [pool, n]));
  };
  return traffic.slowReports(async () => {
    for (let tries = 0; tries < 40 && (await busy()).get('analytics') !== 2; tries++) await sleep(10);
    const measured = sumBy(await scrape(backend.metricsUrl), 'intelia_db_connections_active', ['pool']);
    return { measured, counted: await busy() };
  });
}

async function check(all) {
  const { provider, postgres, backend, traffic } = all;
  const pools = await readPools(all);
  await settle(all);
  const sums = async (sql) =>
    new Map((await postgres.query('main', sql)).map(({ key, sum }) => [key, Number(sum)]));
  const database = {
    statements: await postgres.statements(),
    revenue: await sums('SELECT plan AS key, sum(amount_usd) FROM subscriptions GROUP BY 1'),
    ratings: await sums('SELECT rating AS key, count(*) AS sum FROM feedback GROUP BY 1'),
  };
  const activeUsers = traffic.activeUsers();
  const samples = await scrape(backend.metricsUrl);
  const checks = compare(samples, {
    ledger: provider.ledger,
    counts: traffic.counts,
    activeUsers,
    database,
    pools,
  });
  return { samples, checks, equal: checks.every(({ differing }) => differing.length === 0) };
}

const verdict = (equal) => (equal ? green('measured = true') : red('measured = false'));

/** Light traffic and a picture of it every two seconds, until Ctrl-C. */
async function live(all, equal) {
  const trickle = all.traffic.trickle(signal);
  while (!signal.aborted) {
    const samples = await scrape(all.backend.metricsUrl);
    showLive(
      dashboard(samples),
      `${verdict(equal)} at the start · ${all.backend.metricsUrl} · Ctrl-C to stop`,
    );
    await sleep(2_000, undefined, { signal }).catch(() => undefined);
  }
  await trickle;
}

function show({ checks, equal }) {
  console.log(`\n${comparison(checks)}\n\n${verdict(equal)}`);
}

async function main() {
  const all = await startAll();
  console.log(`  ${bold(all.backend.metricsUrl)}\n`);
  await all.traffic.run(Number(options.requests), PARALLEL, progress, signal);
  // The preload's start-up line, and a warning if it had one.
  for (const line of all.backend.said) console.log(dim(`  ${line}`));
  if (signal.aborted) return 130;
  let result = await check(all);
  console.log(`\n${dashboard(result.samples)}`);
  show(result);
  if (!isTerminal || !result.equal) return result.equal ? 0 : 1;
  await sleep(4_000, undefined, { signal }).catch(() => undefined);
  await live(all, result.equal);
  console.log(dim('\n  stopping …'));
  result = await check(all);
  show(result);
  return result.equal ? 0 : 1;
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    // Asked twice: no more waiting. What was started is ended by the `exit` handlers.
    if (signal.aborted) process.exit(130);
    stopping.abort();
  });
}
// `npm run demo | head`: nobody reads on.
process.stdout.on('error', () => process.exit(1));
// Without a terminal nobody would stop a demo that hangs.
if (!isTerminal) setTimeout(() => process.exit(1), 58_000).unref();

let code = 1;
try {
  code = await main();
} catch (error) {
  // What Ctrl-C interrupts may fail in its own way; that is no news.
  if (signal.aborted) code = 130;
  else console.error(red(error.stack));
}
// Users first, then the backend, the database and the provider, in the order in which they lean on each other.
for (const cleanUp of cleanUps.reverse()) await cleanUp();
process.exit(code);
