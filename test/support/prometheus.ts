/** A real Prometheus on loopback, with a folder of its own that goes with it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram, type Program } from './program.js';

export type Labels = Readonly<Record<string, string>>;

/** One series of an instant query; `value` may be NaN. */
export interface Row {
  readonly labels: Labels;
  readonly value: number;
}

/** The samples of one series as they are stored, without staleness marks. */
export interface StoredSeries {
  readonly labels: Labels;
  /** Seconds since the epoch, and the value. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Prometheus {
  readonly url: string;
  readonly port: number;
  /** Where it takes OTLP; `/v1/metrics` is appended by who pushes. */
  readonly otlpUrl: string;
  /** Throws with Prometheus' own words when the query is refused. A scalar is one row without labels. */
  query(promql: string, atSeconds?: number): Promise<Row[]>;
  /** The one value of a query that gives one row; undefined when it gives none. */
  value(promql: string, atSeconds?: number): Promise<number | undefined>;
  /** A course, as a chart asks for it: the samples of each series. Seconds. */
  course(promql: string, start: number, end: number, step: number): Promise<StoredSeries[]>;
  /** Every sample there is of these series. */
  stored(selector: string): Promise<StoredSeries[]>;
  /** Ends the server; its data stays. */
  down(): Promise<void>;
  /** Starts it again, at the same address. */
  up(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  readonly program: string;
  /** `prometheus.yml`; without it nothing is scraped, and late samples are taken as docs/grafana-cloud.md has it. */
  readonly config?: string;
  /** A rule file's text. */
  readonly rules?: string;
  /** How long a series is shown after its last sample. Seconds; Prometheus' own default is 300. */
  readonly lookbackSeconds?: number;
}

/** Without it Prometheus refuses a whole request for one sample that it has already; Grafana Cloud does not. */
export const LATE_SAMPLES = 'storage: {tsdb: {out_of_order_time_window: 30m}}\n';

/** As a scrape of targets under one job would be configured, but for the interval. */
export const scrapeConfig = (job: string, intervalMs: number, targets: readonly string[]): string =>
  `scrape_configs:
  - job_name: ${job}
    scrape_interval: ${intervalMs}ms
    scrape_timeout: ${intervalMs}ms
    static_configs:
      - targets: ${JSON.stringify(targets)}
`;

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const configFile = join(folder, 'prometheus.yml');
  const rules = options.rules === undefined ? '' : 'rule_files: [rules.yml]\n';
  await writeFile(join(folder, 'rules.yml'), options.rules ?? '');
  await writeFile(configFile, `${options.config ?? LATE_SAMPLES}${rules}`);
  let port = 0;
  let program: Program;
  async function up(): Promise<void> {
    program = startProgram(options.program, [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
      `--query.lookback-delta=${options.lookbackSeconds ?? 300}s`,
    ]);
    const [, listening] = (await program.said(/Listening on.*address=127\.0\.0\.1:(\d+)/)) as unknown as [
      string,
      string,
    ];
    port = Number(listening);
    await program.said(/Server is ready to receive web requests/);
  }
  await up();
  const url = `http://127.0.0.1:${port}`;
  const ask = (query: string, atSeconds?: number): Promise<QueryData> =>
    askPrometheus(url, 'query', { query, ...(atSeconds === undefined ? {} : { time: String(atSeconds) }) });
  const series = ({ result }: QueryData): StoredSeries[] =>
    (result as Matrix).map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([at, value]) => [at, toNumber(value)] as const),
    }));

  const prometheus: Prometheus = {
    url,
    port,
    otlpUrl: `${url}/api/v1/otlp`,
    async query(promql, atSeconds) {
      const { resultType, result } = await ask(promql, atSeconds);
      if (resultType === 'scalar') return [{ labels: {}, value: Number((result as [number, string])[1]) }];
      assert.equal(resultType, 'vector', promql);
      return (result as Vector).map(({ metric, value }) => ({ labels: metric, value: toNumber(value[1]) }));
    },
    async value(promql, atSeconds) {
      const rows = await prometheus.query(promql, atSeconds);
      assert.ok(rows.length < 2, `${rows.length} series: ${promql}`);
      return rows[0]?.value;
    },
    course: async (query, start, end, step) =>
      series(
        await askPrometheus(url, 'query_range', {
          query, start: String(start), end: String(end), step: String(step),
        }),
      ), // prettier-ignore
    stored: async (selector) => series(await ask(`${selector}[1d]`)),
    down: () => program.stop('SIGKILL'),
    up,
    async stop() {
      await program.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
  return prometheus;
}

type Vector = { metric: Labels; value: [number, string] }[];
type Matrix = { metric: Labels; values: [number, string][] }[];
interface QueryData {
  resultType: string;
  result: Vector | Matrix | [number, string];
}

async function askPrometheus(url: string, path: string, params: Record<string, string>): Promise<QueryData> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
  });
  const answer = (await response.json()) as { status: string; error?: string; data?: QueryData };
  if (answer.status !== 'success' || answer.data === undefined)
    throw new Error(`${answer.error ?? response.status}: ${params['query']}`);
  return answer.data;
}

/** Prometheus writes infinities as `+Inf`. */
const toNumber = (text: string): number => Number(text.replace('Inf', 'Infinity'));
