// How long a scrape of 50,000 lines keeps the event loop from anything else. In a process as an application has it: memory
// of the usual size, and nothing collected before, which would leave V8 sweeping on another thread meanwhile.
import { OURS, PROM } from './lib/peers.mjs';
import { isQuick, report } from './lib/rounds.mjs';
import { scrapesOf } from './lib/scrapes.mjs';

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

const scrapes = await scrapesOf(50_000);
const times = Object.fromEntries(scrapes.map(([name]) => [name, []]));
for (let round = -5; round < (isQuick ? 3 : 25); round++) {
  for (const [name, scrape] of scrapes) {
    const block = await longestBlock(scrape);
    if (round >= 0) times[name].push(block);
  }
}
report({
  title: 'Event loop blocked by a scrape of 50,000 lines',
  unit: 'ms',
  times,
  over: PROM,
  marks: [{ text: '≤ 5 ms', of: OURS, max: 5 }],
});
