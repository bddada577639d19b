// A scrape of 10,000 and of 50,000 lines: how long it takes.
import { OURS, PLT, PROM } from './lib/peers.mjs';
import { interleave, report } from './lib/rounds.mjs';
import { scrapesOf } from './lib/scrapes.mjs';

async function measure(lines, marks) {
  const contenders = (await scrapesOf(lines)).map(([name, scrape]) => ({
    name,
    run: async (n) => {
      for (let i = 0; i < n; i++) await scrape();
    },
  }));
  const ns = await interleave(contenders, { iterations: 5, rounds: 11 });
  const times = Object.fromEntries(
    Object.entries(ns).map(([name, values]) => [name, values.map((v) => v / 1e6)]),
  );
  report({ title: `Scrape of ${lines.toLocaleString('en')} lines`, unit: 'ms', times, over: PROM, marks });
}

const mark = [{ text: '≤ 0.4 × prom-client', of: OURS, over: PROM, max: 0.4 }];
await measure(10_000, [...mark, { text: 'no slower than the faster fork', of: OURS, over: PLT, max: 1 }]);
await measure(50_000, mark);
