// How long a scrape of 50,000 lines keeps the event loop from anything else. In a process of its own, as an application
// has it: memory of the usual size, nothing collected before, and no other library's garbage.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OURS, PROM } from './lib/peers.mjs';
import { isQuick, report } from './lib/rounds.mjs';
import { SCRAPERS, scrapesOf } from './lib/scrapes.mjs';

const WARM_UP = 8;
const SCRAPES = isQuick ? 3 : 10;
const ROUNDS = isQuick ? 1 : 4;

/** The longest time between two turns of the event loop while `work` is under way, in milliseconds. */
async function longestBlock(work) {
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
  let longest = 0;
  let isOver = false;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await nextTurn();
  longest = 0;
  await work();
  await nextTurn();
  isOver = true;
  return longest;
}

/** In the child: the blocks of one library's scrapes, as a line of JSON. */
async function measure(name) {
  const [[, scrape]] = await scrapesOf(50_000, [name]);
  const blocks = [];
  for (let i = -WARM_UP; i < SCRAPES; i++) {
    const block = await longestBlock(scrape);
    if (i >= 0) blocks.push(block);
  }
  process.stdout.write(JSON.stringify(blocks));
}

function measureApart(name) {
  const self = fileURLToPath(import.meta.url);
  const args = [self, '--of', name, ...(isQuick ? ['--quick'] : [])];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

function compare() {
  const times = Object.fromEntries(SCRAPERS.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of SCRAPERS) times[name].push(...measureApart(name));
  }
  report({
    title: 'Event loop blocked by a scrape of 50,000 lines',
    unit: 'ms',
    times,
    over: PROM,
    marks: [{ text: '≤ 5 ms', of: OURS, max: 5 }],
  });
}

const of = process.argv.indexOf('--of');
if (of === -1) compare();
else await measure(process.argv[of + 1]);
