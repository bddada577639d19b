// A scrape of the same series by each library: what is sent for it, in pieces.
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTEL, OURS, PROMS } from './peers.mjs';
import { fillOtel, fillOurs, fillProm, LINES_A_STEP } from './series.mjs';

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

const countLines = (body) => body.reduce((sum, piece) => sum + piece.toString().split('\n').length - 1, 0);

const LIBRARIES = {
  [OURS]: ours,
  ...Object.fromEntries(PROMS.map(([name, library]) => [name, (steps) => prom(library, steps)])),
  [`${OTEL}, exporter-prometheus 0.223.0`]: otel,
};
export const SCRAPERS = Object.keys(LIBRARIES);

/** Pairs of a name and what scrapes, each found to write about so many lines. */
export async function scrapesOf(lines, names = SCRAPERS) {
  const steps = Math.round(lines / LINES_A_STEP);
  const scrapes = names.map((name) => [name, LIBRARIES[name](steps)]);
  for (const [name, scrape] of scrapes) {
    const written = countLines(await scrape());
    if (Math.abs(written - lines) > lines / 50)
      throw new Error(`${name} wrote ${written} lines, not ${lines}`);
  }
  return scrapes;
}
