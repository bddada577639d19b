/** Processes in their places, what each has pushed, and what the backends have stored of it. */
import { createHistory, type History } from '../../src/grafana/history.js';
import { decodeProtobuf, seriesKey, type Point } from './otlp-decode.js';
import type { Prometheus, StoredSeries } from './prometheus.js';
import type { PushRelay, ScrapeRelay } from './relay.js';
import type { Replica } from './replica.js';

export const JOB = 'intelia-expert';
export const INTERVAL_MS = 500;
/** As many intervals as Prometheus' own five minutes are, at a scrape a minute. */
export const LOOKBACK_SECONDS = 3;
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

export function instanceOf({ pushes }: Place, { pid }: Replica): string | undefined {
  const decoded = pushes.taken.map(({ body }) => decodeProtobuf(body));
  return decoded.find(({ resource }) => resource['process.pid'] === pid)?.resource['service.instance.id'] as
    string | undefined;
}

export function pushedBy({ place, instance }: Life): Map<string, Point> {
  const decoded = place.pushes.taken.map(({ body }) => decodeProtobuf(body));
  const last = decoded.filter(({ resource }) => resource['service.instance.id'] === instance).at(-1);
  return new Map((last?.points ?? []).map((point) => [seriesKey(point.name, point.labels), point]));
}

/** By series name and labels. */
export async function storedBy(prometheus: Prometheus): Promise<StoredSeries[]> {
  return prometheus.stored('{__name__=~"up|intelia_.+"}');
}

export const nameOf = ({ labels }: StoredSeries): string => labels['__name__'] ?? '';

/** Without its name, and with bounds written in one way: Prometheus writes 5.0 what OTLP brings as 5. */
export function labelsOf({ labels: { __name__: _, le, ...labels } }: StoredSeries): Record<string, string> {
  return le === undefined ? labels : { ...labels, le: le === '+Inf' ? le : String(Number(le)) };
}

/** Where a life's series stand. */
export const identity = (way: Way, { place, instance }: Life): Record<string, string> => ({
  job: JOB,
  instance: way === 'scrape' ? place.scrapes.host : instance,
});

/** What the last samples are of what the ledgers of living processes say, line by line; empty when all is well. */
export function mismatches(lives: readonly Life[], way: Way, stored: readonly StoredSeries[]): string[] {
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

function parseKey(key: string): { name: string; labels: Record<string, string> } {
  const labels = [...key.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  return { name: key.replace(/\{.*/, ''), labels: Object.fromEntries(labels) };
}

export function withLabels(key: string, more: Record<string, string>): string {
  const { name, labels } = parseKey(key);
  return seriesKey(name, { ...labels, ...more });
}

export async function historyOf(prometheus: Prometheus, places: readonly Place[]): Promise<History> {
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
