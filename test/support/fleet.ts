/**
 * Replicas of an application on their three ways to a Prometheus of their own: scraped; pushed by OTLP; pushed through
 * a Collector. A day of it takes half a minute: what is a minute in production is half a second here.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { History } from '../../src/grafana/history.js';
import type { Backends } from './backends.js';
import { startCollector } from './collector.js';
import { chatAnswer, chatEvents, json, sse, startLlmServer, type Answer } from './llm-server.js';
import { knownOf } from './known.js';
import {
  historyOf,
  INTERVAL_MS,
  instanceOf,
  JOB,
  LOOKBACK_SECONDS,
  mismatches,
  pushedBy,
  storedBy,
  WAYS,
  type Life,
  type Place,
  type Way,
} from './lives.js';
import type { Point } from './otlp-decode.js';
import { opened, type Opened } from './opened.js';
import { startPostgres } from './postgres.js';
import { until } from './program.js';
import { LATE_SAMPLES, scrapeConfig, startPrometheus, type Prometheus } from './prometheus.js';
import { startPushRelay, startScrapeRelay } from './relay.js';
import { startReplica } from './replica.js';
import type { KnownSeries } from './truth.js';

/** US dollars of a call to each model, as the prices and the usage below make it. */
const PRICES = { 'gpt-4o': 0.5, 'gpt-4o-mini': 0.25 };
const USAGE = { prompt: 100, completion: 50, cached: 20, reasoning: 30 };
/** Per million tokens: $0.50 is 80 at 0.002, 20 cached at 0.002 and 50 at 0.006. */
const OWN_PRICES = {
  'gpt-4o': { input_mtok: 2000, cache_read_mtok: 2000, output_mtok: 6000 },
  'gpt-4o-mini': { input_mtok: 1000, cache_read_mtok: 1000, output_mtok: 3000 },
};
export interface Fleet {
  readonly prometheus: Readonly<Record<Way, Prometheus>>;
  readonly places: readonly Place[];
  readonly lives: readonly Life[];
  start(place: Place): Promise<Life>;
  /** SIGTERM; returns when it has gone. */
  end(life: Life): Promise<void>;
  /** The last totals that a process pushed. */
  pushed(life: Life): Map<string, Point>;
  /** Waits until all three have all that the ledgers say. */
  settled(): Promise<void>;
  /** What the scraping Prometheus was told, at the times of its own samples. */
  history(): Promise<History>;
  /** What is known of every series, as one of the three has it. */
  known(way: Way, at: number): Promise<KnownSeries[]>;
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly places: number;
  /** A rule file's text, for all three. */
  readonly rules: string;
}

export async function startFleet(backends: Backends, options: FleetOptions): Promise<Fleet> {
  const servers = opened();
  try {
    return await openFleet(servers, backends, options);
  } catch (error) {
    await servers.close();
    throw error;
  }
}

async function openFleet(servers: Opened, backends: Backends, { places, rules }: FleetOptions): Promise<Fleet> {
  const folder = await servers.add(mkdtemp(join(tmpdir(), 'fleet-')), (path) => rm(path, { recursive: true }));
  await writeFile(join(folder, 'prices.json'), JSON.stringify(OWN_PRICES));
  const relay = <T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T> =>
    servers.add(starting, (one) => one.close());
  const program = <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> =>
    servers.add(starting, (one) => one.stop());
  const scrapeRelays = await Promise.all(Array.from({ length: places }, () => relay(startScrapeRelay())));
  const targets = scrapeRelays.map(({ host }) => host);
  const start = (config = LATE_SAMPLES): Promise<Prometheus> =>
    program(startPrometheus({ program: backends.prometheus, config, rules, lookbackSeconds: LOOKBACK_SECONDS }));
  const [scrape, otlp, behind, postgres, provider] = await Promise.all([
    start(scrapeConfig(JOB, INTERVAL_MS, targets)), start(), start(), program(startPostgres()),
    relay(startLlmServer(provide)),
  ]); // prettier-ignore
  const collector = await program(startCollector({ program: backends.otelcol, backend: behind.otlpUrl }));
  const prometheus = { scrape, OTLP: otlp, Collector: behind };
  const all = await Promise.all(
    scrapeRelays.map(async (scrapes): Promise<Place> => {
      return { scrapes, pushes: await relay(startPushRelay(otlp.otlpUrl, collector.url)) };
    }),
  );
  const lives: Life[] = [];
  const pool = `127.0.0.1:${postgres.port}/${postgres.database}`;
  await createTable(postgres.url);

  async function startLife(place: Place): Promise<Life> {
    const replica = await startReplica({
      prices: PRICES,
      usage: USAGE,
      env: {
        OTEL_SERVICE_NAME: JOB, OTEL_METRICS_EXPORTER: 'otlp,prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        OTEL_EXPORTER_OTLP_ENDPOINT: place.pushes.url, OTEL_METRIC_EXPORT_INTERVAL: String(INTERVAL_MS),
        INTELIA_LLM_PRICES: join(folder, 'prices.json'),
        APP_DATABASE: postgres.url, APP_PROVIDER: provider.url, APP_POOL: pool,
      },
    }); // prettier-ignore
    const asked = place.scrapes.scrapes.length;
    place.scrapes.upstream = replica.pullUrl;
    const instance = await until('a first push', () => instanceOf(place, replica));
    const isScraped = (): true | undefined =>
      place.scrapes.scrapes.slice(asked).some((text) => text !== undefined) ? true : undefined;
    await until('a first scrape', isScraped);
    const life = { place, replica, instance, isOver: false };
    lives.push(life);
    return life;
  }

  const fleet: Fleet = {
    prometheus,
    places: all,
    lives,
    start: startLife,
    pushed: (life) => pushedBy(life),
    async end(life) {
      life.place.scrapes.upstream = undefined;
      await life.replica.stop();
      life.isOver = true;
      life.replica.gauges.clear();
    },
    async settled() {
      for (const way of WAYS) {
        let wrong: string[] = [];
        const check = async (): Promise<true | undefined> => {
          wrong = mismatches(lives, way, await storedBy(prometheus[way]));
          return wrong.length === 0 ? true : undefined;
        };
        await until('all is there', check, 8_000).catch(() => {
          throw new Error(`by ${way}:\n  ${wrong.join('\n  ')}\n${lives.map(({ replica }) => replica.log()).join('\n')}`);
        });
      }
    },
    history: () => historyOf(scrape, all),
    known: async (way, at) => knownOf(lives, way, at, await storedBy(prometheus[way])),
    async stop() {
      await Promise.all(lives.filter(({ isOver }) => !isOver).map((life) => fleet.end(life)));
      await servers.close();
    },
  };
  return fleet;
} // prettier-ignore

/** As OpenAI, but that a model called flaky fails at the first try. */
const provide: Answer = (response, request) => {
  const { model, stream } = JSON.parse(request.text) as { model: string; stream?: boolean };
  const isFirst = request.headers['x-stainless-retry-count'] === '0';
  if (model.startsWith('flaky') && isFirst)
    return json({ error: { message: 'overloaded' } }, 500, { 'retry-after-ms': '1' })(response, request);
  const usage = {
    prompt_tokens: USAGE.prompt,
    completion_tokens: USAGE.completion,
    total_tokens: USAGE.prompt + USAGE.completion,
    prompt_tokens_details: { cached_tokens: USAGE.cached },
    completion_tokens_details: { reasoning_tokens: USAGE.reasoning },
  };
  const named = (text: string): string => text.replaceAll('gpt-4o-mini-2024-07-18', model);
  if (stream === true) return sse(...chatEvents({ usage }).map(named))(response, request);
  return json(named(JSON.stringify(chatAnswer({ usage }))))(response, request);
};

async function createTable(url: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE questions (id serial PRIMARY KEY, model text)');
  await client.end();
}
