/**
 * Replicas of an application on their three ways to a Prometheus of their own: scraped; pushed by OTLP; pushed through
 * a Collector. A day of it takes half a minute: what is a minute in production is half a second here.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistory, type History } from '../../src/grafana/history.js';
import type { Backends } from './backends.js';
import { startCollector } from './collector.js';
import { chatAnswer, chatEvents, json, sse, startLlmServer, type Answer } from './llm-server.js';
import { decodeProtobuf, seriesKey, type Point } from './otlp-decode.js';
import { startPostgres } from './postgres.js';
import { until } from './program.js';
import {
  LATE_SAMPLES,
  scrapeConfig,
  startPrometheus,
  type Prometheus,
  type StoredSeries,
} from './prometheus.js';
import { startPushRelay, startScrapeRelay, type PushRelay, type ScrapeRelay } from './relay.js';
import { startReplica, type Replica } from './replica.js';
import type { Interval, KnownSeries } from './truth.js';

export const JOB = 'intelia-expert';
export const INTERVAL_MS = 500;
/** As many intervals as Prometheus' own five minutes are, at a scrape a minute. */
export const LOOKBACK_SECONDS = 3;
/** US dollars of a call to each model, as the prices and the usage below make it. */
const PRICES = { 'gpt-4o': 0.5, 'gpt-4o-mini': 0.25 };
const USAGE = { prompt: 100, completion: 50, cached: 20, reasoning: 30 };
/** Per million tokens: $0.50 is 80 at 0.002, 20 cached at 0.002 and 50 at 0.006. */
const OWN_PRICES = {
  'gpt-4o': { input_mtok: 2000, cache_read_mtok: 2000, output_mtok: 6000 },
  'gpt-4o-mini': { input_mtok: 1000, cache_read_mtok: 1000, output_mtok: 3000 },
};
/** What runs by itself, or is about us: not in the ledger. */
const NOISE = /^intelia_gc_duration_seconds/;

export const WAYS = ['scrape', 'OTLP', 'Collector'] as const;
export type Way = (typeof WAYS)[number];

/** One process, from start to end, in the place of a replica. */
export interface Life {
  readonly place: Place;
  readonly replica: Replica;
  /** `service.instance.id`. */
  readonly instance: string;
  isOver: boolean;
}

/** What a process manager keeps filled: the same address for scrapes, whoever runs there. */
export interface Place {
  readonly scrapes: ScrapeRelay;
  readonly pushes: PushRelay;
}

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

export async function startFleet(backends: Backends, { places, rules }: FleetOptions): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  await writeFile(join(folder, 'prices.json'), JSON.stringify(OWN_PRICES));
  const scrapeRelays = await Promise.all(Array.from({ length: places }, startScrapeRelay));
  const targets = scrapeRelays.map(({ host }) => host);
  const start = (config = LATE_SAMPLES): Promise<Prometheus> =>
    startPrometheus({ program: backends.prometheus, config, rules, lookbackSeconds: LOOKBACK_SECONDS });
  const [scrape, otlp, behind, postgres, provider] = await Promise.all([
    start(scrapeConfig(JOB, INTERVAL_MS, targets)), start(), start(), startPostgres(), startLlmServer(provide),
  ]); // prettier-ignore
  const collector = await startCollector({ program: backends.otelcol, backend: behind.otlpUrl });
  const prometheus = { scrape, OTLP: otlp, Collector: behind };
  const all = await Promise.all(
    scrapeRelays.map(async (scrapes): Promise<Place> => {
      return { scrapes, pushes: await startPushRelay(otlp.otlpUrl, collector.url) };
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
          wrong = mismatches(fleet, way, await storedBy(prometheus[way]));
          return wrong.length === 0 ? true : undefined;
        };
        await until('all is there', check, 8_000).catch(() => {
          throw new Error(`by ${way}:\n  ${wrong.join('\n  ')}\n${lives.map(({ replica }) => replica.log()).join('\n')}`);
        });
      }
    },
    history: () => historyOf(scrape, all),
    known: async (way, at) => knownOf(fleet, way, at, await storedBy(prometheus[way])),
    async stop() {
      await Promise.all(lives.filter(({ isOver }) => !isOver).map((life) => fleet.end(life)));
      await Promise.all([
        ...all.flatMap(({ scrapes, pushes }) => [scrapes.close(), pushes.close()]),
        ...Object.values(prometheus).map((one) => one.stop()),
        collector.stop(), postgres.stop(), provider.close(), rm(folder, { recursive: true }),
      ]); // prettier-ignore
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

// ── What was pushed ──────────────────────────────────────────────────────────────────────────────────────────

function instanceOf({ pushes }: Place, { pid }: Replica): string | undefined {
  const decoded = pushes.taken.map(({ body }) => decodeProtobuf(body));
  return decoded.find(({ resource }) => resource['process.pid'] === pid)?.resource['service.instance.id'] as
    string | undefined;
}

function pushedBy({ place, instance }: Life): Map<string, Point> {
  const decoded = place.pushes.taken.map(({ body }) => decodeProtobuf(body));
  const last = decoded.filter(({ resource }) => resource['service.instance.id'] === instance).at(-1);
  return new Map((last?.points ?? []).map((point) => [seriesKey(point.name, point.labels), point]));
}

// ── What is stored ───────────────────────────────────────────────────────────────────────────────────────────

/** By series name and labels. */
async function storedBy(prometheus: Prometheus): Promise<StoredSeries[]> {
  return prometheus.stored('{__name__=~"up|intelia_.+"}');
}

const nameOf = ({ labels }: StoredSeries): string => labels['__name__'] ?? '';

/** Without its name, and with bounds written in one way: Prometheus writes 5.0 what OTLP brings as 5. */
function labelsOf({ labels: { __name__: _, le, ...labels } }: StoredSeries): Record<string, string> {
  return le === undefined ? labels : { ...labels, le: le === '+Inf' ? le : String(Number(le)) };
}

/** Where a life's series stand. */
const identity = (way: Way, { place, instance }: Life): Record<string, string> => ({
  job: JOB,
  instance: way === 'scrape' ? place.scrapes.host : instance,
});

/** What the last samples are of what the ledgers of living processes say, line by line; empty when all is well. */
function mismatches({ lives }: Fleet, way: Way, stored: readonly StoredSeries[]): string[] {
  const last = new Map(stored.map((one) => [seriesKey(nameOf(one), labelsOf(one)), one.points.at(-1)?.[1]]));
  return lives
    .filter(({ isOver }) => !isOver)
    .flatMap((life) =>
      [...life.replica.ledger, ...life.replica.gauges].flatMap(([key, value]) => {
        const found = last.get(withLabels(key, identity(way, life)));
        return isClose(found, value) ? [] : [`${key}: ${found} and not ${value}`];
      }),
    );
}

const isClose = (a: number | undefined, b: number): boolean =>
  a !== undefined && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

export function parseKey(key: string): { name: string; labels: Record<string, string> } {
  const labels = [...key.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  return { name: key.replace(/\{.*/, ''), labels: Object.fromEntries(labels) };
}

function withLabels(key: string, more: Record<string, string>): string {
  const { name, labels } = parseKey(key);
  return seriesKey(name, { ...labels, ...more });
}

async function historyOf(prometheus: Prometheus, places: readonly Place[]): Promise<History> {
  const up = await prometheus.stored(`up{job="${JOB}"}`);
  const scrapes = places.flatMap(({ scrapes: { host, scrapes } }) => {
    const times = up.find(({ labels }) => labels['instance'] === host)?.points ?? [];
    // One sample of `up` a scrape: the nth is the nth.
    return times.map(([at, isUp], i) => ({
      atMs: Math.round(at * 1000), target: { job: JOB, instance: host }, text: isUp === 1 ? scrapes[i] : undefined,
    }));
  }); // prettier-ignore
  const history = createHistory({ keepMs: 86_400_000 });
  for (const one of scrapes.sort((a, b) => a.atMs - b.atMs)) history.add(one);
  return history;
}

// ── What is known ────────────────────────────────────────────────────────────────────────────────────────────

const exactly = (value: number): Interval => ({ lo: value, hi: value });

function knownOf({ lives }: Fleet, way: Way, at: number, stored: readonly StoredSeries[]): KnownSeries[] {
  const series = new Map<string, KnownSeries>();
  const times = new Map(
    stored.map((one) => [seriesKey(nameOf(one), labelsOf(one)), one.points.map(([time]) => time)]),
  );
  for (const life of lives) {
    for (const point of pushedBy(life).values()) {
      if (point.kind === 'gauge' || NOISE.test(point.name)) continue;
      const labels = { ...point.labels, ...identity(way, life) };
      const key = seriesKey(point.name, labels);
      const sampled = times.get(seriesKey(point.kind === 'histogram' ? `${point.name}_count` : point.name, labels)) ?? [];
      series.set(key, merged(series.get(key), growthOf(point, labels, sampled, life)));
    }
  }
  return [...series.values(), ...gaugesOf(lives, way, at, stored), ...noiseOf(upTo(stored, at))];
} // prettier-ignore

/** The ledger's word where it has one; the process' own where only it can know, as for a duration. */
function growthOf(point: Point, labels: Record<string, string>, times: readonly number[], { replica }: Life): KnownSeries {
  const common = { metric: point.name, labels, times };
  const inLedger = (name: string): number => replica.ledger.get(seriesKey(name, point.labels)) ?? NaN;
  if (point.kind !== 'histogram') return { ...common, value: exactly(inLedger(point.name)) };
  const bounds = [...(point.bounds ?? []), Infinity];
  return {
    ...common,
    value: exactly(inLedger(`${point.name}_count`)),
    sum: exactly(point.sum ?? NaN),
    buckets: bounds.map((le, i) => ({ le, count: exactly(point.counts?.[i] ?? NaN) })),
  };
} // prettier-ignore

/** Two lives in one series: what a scrape makes of a restart. */
function merged(a: KnownSeries | undefined, b: KnownSeries): KnownSeries {
  if (a === undefined) return b;
  const sum = (x: Interval | undefined, y: Interval | undefined): Interval => ({
    lo: (x?.lo ?? 0) + (y?.lo ?? 0),
    hi: (x?.hi ?? 0) + (y?.hi ?? 0),
  });
  return {
    ...b,
    value: sum(a.value, b.value),
    ...(b.sum === undefined ? {} : { sum: sum(a.sum, b.sum) }),
    ...(b.buckets === undefined
      ? {}
      : { buckets: b.buckets.map(({ le, count }, i) => ({ le, count: sum(a.buckets?.[i]?.count, count) })) }),
  };
}

/** What still counts as now: the value that was set where the test sets it, else the last sample's. */
function gaugesOf(lives: readonly Life[], way: Way, at: number, stored: readonly StoredSeries[]): KnownSeries[] {
  const set = new Map(
    lives.filter(({ isOver }) => !isOver).flatMap((life) =>
      [...life.replica.gauges].map(([key, value]) => [withLabels(key, identity(way, life)), exactly(value)] as const),
    ),
  );
  for (const life of lives.filter(({ isOver }) => !isOver)) {
    const up = at - life.replica.startedAt;
    set.set(seriesKey('intelia_uptime_seconds', identity(way, life)), { lo: up - 2, hi: up });
  }
  const lastScrapes = new Map(
    stored.filter((one) => nameOf(one) === 'up').map(({ labels, points }) =>
      [labels['instance'] ?? '', points.findLast(([time]) => time <= at)?.[0] ?? 0] as const),
  );
  return stored.filter((one) => !/^up$|_(total|bucket|sum|count)$/.test(nameOf(one))).flatMap((one) => {
    const labels = labelsOf(one);
    const last = one.points.filter(([time]) => time <= at && time > at - LOOKBACK_SECONDS).at(-1);
    // What a scrape has no longer has ended; a push that does not come says nothing.
    const isGone = way === 'scrape' && last !== undefined && last[0] < (lastScrapes.get(labels['instance'] ?? '') ?? 0);
    if (last === undefined || isGone) return [];
    return [{ metric: nameOf(one), labels, times: [], value: set.get(seriesKey(nameOf(one), labels)) ?? exactly(last[1]) }];
  });
} // prettier-ignore

const upTo = (stored: readonly StoredSeries[], at: number): StoredSeries[] =>
  stored.map((one) => ({ ...one, points: one.points.filter(([time]) => time <= at) }));

/** Garbage collections: how many there were only the samples tell. */
function noiseOf(stored: readonly StoredSeries[]): KnownSeries[] {
  const of = (suffix: string): StoredSeries[] => stored.filter((one) => nameOf(one).endsWith(suffix) && NOISE.test(nameOf(one)));
  const growth = (one: StoredSeries | undefined): number => {
    const values = (one?.points ?? []).map(([, value]) => value);
    return values.reduce((sum, value, i) => sum + (i === 0 ? 0 : value < (values[i - 1] ?? 0) ? value : value - (values[i - 1] ?? 0)), 0);
  };
  return of('_count').map((one) => {
    const labels = labelsOf(one);
    const isSame = (other: StoredSeries): boolean => {
      const { le: _, ...rest } = labelsOf(other);
      return seriesKey('', rest) === seriesKey('', labels);
    };
    const cumulative = of('_bucket').filter(isSame).map((bucket) => ({
      le: Number((bucket.labels['le'] ?? '').replace('+Inf', 'Infinity')), count: growth(bucket),
    })).sort((a, b) => a.le - b.le);
    return {
      metric: nameOf(one).replace(/_count$/, ''), labels, isNoise: true,
      times: one.points.map(([time]) => time),
      value: exactly(growth(one)),
      sum: exactly(growth(of('_sum').find(isSame))),
      buckets: cumulative.map(({ le, count }, i) => ({ le, count: exactly(count - (cumulative[i - 1]?.count ?? 0)) })),
    };
  });
} // prettier-ignore
