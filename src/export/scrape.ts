/** Renders a scrape: the cells, foreign metrics, `target_info`. Scrapes that come together share one rendering. */
import { promisify } from 'node:util';
import type * as Zlib from 'node:zlib';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Cell } from '../metrics/cell.js';
import type { Registry } from '../metrics/registry.js';
import type { Log } from '../log.js';
import { writeForeign } from './foreign.js';
import type { Format } from './format.js';
import { targetInfo } from './target-info.js';
import { announce, writeCells } from './text.js';

export interface Scrape {
  /** The text, in pieces. */
  readonly body: readonly Buffer[];
  /** The same, compressed once for all who ask for it. */
  gzipped(): Promise<readonly Buffer[]>;
  /** To be called when a scraper has it: new series have then been shown as 0. */
  delivered(): void;
}

export interface ScrapeOptions {
  readonly registry: Registry;
  readonly log: Log;
  /** Attributes of the process, for `target_info`. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** What the application records with other meters; undefined when there is none. */
  readonly collectForeign?: (() => Promise<ResourceMetrics | undefined>) | undefined;
}

/** Milliseconds for the application's own observable callbacks, less than the 10 s that a scraper waits. */
const FOREIGN_TIMEOUT = 8_000;

/** `isPeek`: for somebody who is no scraper, so that the zeros of new series are left to the next one who is. */
export type RenderScrape = (format: Format, isPeek?: boolean) => Promise<Scrape>;

/** Renders now, or joins the rendering of that kind which is under way. Rejects when any part fails. */
export function createScraper(options: ScrapeOptions): RenderScrape {
  const underWay = new Map<string, Promise<Scrape>>();
  return (format, isPeek = false) => {
    const kind = isPeek ? `${format}, a look` : format;
    let scrape = underWay.get(kind);
    if (scrape === undefined) {
      scrape = render(options, format, isPeek).finally(() => underWay.delete(kind));
      underWay.set(kind, scrape);
    }
    return scrape;
  };
}

async function render(
  { registry, log, resource, collectForeign }: ScrapeOptions,
  format: Format,
  isPeek: boolean,
): Promise<Scrape> {
  const body: Buffer[] = [];
  const write = (piece: string): void => void body.push(Buffer.from(piece));
  const info = targetInfo(format, resource);
  if (info !== '') write(info);
  const fresh = await writeCells(registry, format, write, isPeek);
  const foreign = await inTime(collectForeign?.());
  if (foreign !== undefined) {
    const isTaken = (name: string): boolean => name === 'target_info' || name in registry.families;
    await writeForeign(foreign, format, write, isTaken, (name, why) =>
      log.warnOnce(`hidden:${name}`, `${name} of another meter is not shown on the pull endpoint: ${why}`),
    );
  }
  if (format === 'openmetrics') write('# EOF\n');
  return sharedScrape(body, fresh);
}

function sharedScrape(body: readonly Buffer[], fresh: readonly Cell[]): Scrape {
  let gzipped: Promise<readonly Buffer[]> | undefined;
  return {
    body,
    gzipped: () => (gzipped ??= compress(body)),
    delivered: () => announce(fresh),
  };
}

/** On the thread pool, and at the fastest level: the text shrinks to a twentieth there already. */
async function compress(body: readonly Buffer[]): Promise<readonly Buffer[]> {
  const { gzip, constants } = require('node:zlib') as typeof Zlib;
  return [await promisify(gzip)(Buffer.concat(body), { level: constants.Z_BEST_SPEED })];
}

/** A callback of the application that never answers must not end all scrapes to come. */
async function inTime<T>(work: Promise<T> | undefined): Promise<T | undefined> {
  if (work === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('foreign metrics took too long')), FOREIGN_TIMEOUT).unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
