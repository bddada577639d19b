// Runs every benchmark, each in a process of its own, and writes RESULTS.md.
// Usage: npm run bench [-- --quick] [name…]   (--quick: for the shape only, writes nothing)
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bundleInternals } from './lib/bundle.mjs';
import { writeResults } from './lib/results.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const NAMES = [
  'record',
  'http-hook',
  'fetch',
  'llm-stream',
  'llm-call',
  'start-up',
  'scrape',
  'loop-block',
  'push',
  'pg-query',
  'sql',
  'throughput',
];
/** Room for all that a round allocates, so that no collection falls into it and bytes can be counted. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=128', '--min-semi-space-size=128'];
/** Run as an application would be. */
const PLAIN = new Set(['llm-stream', 'loop-block', 'llm-call', 'throughput', 'start-up', 'sql']);

const args = process.argv.slice(2);
const isQuick = args.includes('--quick');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no such benchmark: ${unknown.join(', ')}; there are ${NAMES.join(', ')}\n`);
  process.exit(2);
}

/** What we compare with is installed here, apart from the root's own install; for LLM calls apart from the rest too. */
function installPeers(folder) {
  const stamp = here(`${folder}node_modules/.stamp`);
  const lock = readFileSync(here(`${folder}package-lock.json`), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  // Some name peers that they do without, and a newer Node than they need.
  const flags = ['--no-audit', '--no-fund', '--silent', '--legacy-peer-deps', '--ignore-scripts'];
  const npm = spawnSync('npm', ['ci', ...flags], { cwd: here(folder), stdio: 'inherit' });
  if (npm.status !== 0) throw new Error('the peers could not be installed');
  writeFileSync(stamp, lock);
}

/** The results that one benchmark reports, a line of JSON each. */
async function run(name) {
  const child = spawn(
    process.execPath,
    [...(PLAIN.has(name) ? [] : FLAGS), here(`${name}.mjs`), ...(isQuick ? ['--quick'] : [])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  const code = child.exitCode ?? (await new Promise((resolve) => child.on('exit', resolve)));
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  const results = text.trim().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
  for (const { title, times } of results) {
    for (const [contender, values] of Object.entries(times)) {
      const isFine = values.length > 0 && values.every((value) => Number.isFinite(value) && value >= 0);
      if (!isFine) throw new Error(`${title}: ${contender} has no figures: ${values}`);
    }
  }
  return results;
}

installPeers('./');
installPeers('./llm-peers/');
bundleInternals();
const results = [];
for (const name of wanted.length > 0 ? wanted : NAMES) {
  const started = performance.now();
  process.stdout.write(`${name} … `);
  results.push(...(await run(name)));
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
const text = writeResults(results, { node: process.version, cores: availableParallelism() });
process.stdout.write(`\n${text}`);
if (isQuick || wanted.length > 0) process.stdout.write('\nRESULTS.md is written by a whole run only.\n');
else writeFileSync(here('RESULTS.md'), text);
