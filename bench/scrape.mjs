// A scrape of 10,000 and of 50,000 lines: how long it takes, and how long it keeps the event loop from anything else.
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTEL, OURS, PLT, PROM, PROMS } from './lib/peers.mjs';
import { interleave, isQuick, report } from './lib/rounds.mjs';
import { fillOtel, fillOurs, fillProm, LINES_A_STEP } from './lib/series.mjs';

function ours(steps) {
  const { registry, log, createScraper } = fillOurs(steps);
  const scraper = createScraper({ registry, log, resource: { 'service.name': 'bench' } });
  return async () => {
    const scrape = await scraper('text');
    scrape.delivered();
    return scrape.body;
  };
}

function prom(library, steps) {
  const registry = fillProm(library, steps);
  return async () => [Buffer.from(await registry.metrics())];
}

function otel(steps) {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer();
  fillOtel(reader, steps);
  return async () => {
    const { resourceMetrics } = await reader.collect();
    return [Buffer.from(serializer.serialize(resourceMetrics))];
  };
}

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

const countLines = (body) => body.reduce((sum, piece) => sum + piece.toString().split('\n').length - 1, 0);

async function measure(lines, marks) {
  const steps = Math.round(lines / LINES_A_STEP);
  const scrapes = [
    [OURS, ours(steps)],
    ...PROMS.map(([name, library]) => [name, prom(library, steps)]),
    [`${OTEL}, exporter-prometheus 0.223.0`, otel(steps)],
  ];
  for (const [name, scrape] of scrapes) {
    const written = countLines(await scrape());
    if (Math.abs(written - lines) > lines / 50)
      throw new Error(`${name} wrote ${written} lines, not ${lines}`);
  }
  const contenders = scrapes.map(([name, scrape]) => ({
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
  return scrapes;
}

async function measureBlock(scrapes) {
  const times = Object.fromEntries(scrapes.map(([name]) => [name, []]));
  for (let round = 0; round < (isQuick ? 3 : 15); round++) {
    for (const [name, scrape] of scrapes) {
      globalThis.gc?.();
      times[name].push(await longestBlock(scrape));
    }
  }
  report({
    title: 'Event loop blocked by a scrape of 50,000 lines',
    unit: 'ms',
    times,
    over: PROM,
    marks: [{ text: '≤ 5 ms', of: OURS, max: 5 }],
  });
}

const mark = [{ text: '≤ 0.4 × prom-client', of: OURS, over: PROM, max: 0.4 }];
await measure(10_000, [...mark, { text: 'no slower than the faster fork', of: OURS, over: PLT, max: 1 }]);
await measureBlock(await measure(50_000, mark));
