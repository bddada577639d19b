/** One table of settings, and the only reader of `process.env`. docs/configuration.md is derived from the table. */

/** Reads one value; undefined when the text is not one. */
type Parse<T> = (text: string) => T | undefined;

interface Setting<T> {
  readonly env: string;
  readonly default: T;
  /** What a value looks like, for docs and for the line that a bad one gives. */
  readonly type: string;
  readonly parse: Parse<T>;
  readonly doc: string;
  /** Never printed. */
  readonly secret?: true;
}

const text: Parse<string> = (value) => value;

const flag: Parse<boolean> = (value) =>
  ({ true: true, false: false })[value.toLowerCase() as 'true' | 'false'] as boolean | undefined;

const integer =
  (min: number, max: number): Parse<number> =>
  (value) => {
    const n = /^\d+$/.test(value) ? Number(value) : NaN;
    return n >= min && n <= max ? n : undefined;
  };

const oneOf =
  <T extends string>(...values: readonly T[]): Parse<T> =>
  (value) =>
    values.find((known) => known === value.toLowerCase());

const list: Parse<readonly string[]> = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const listOf =
  <T extends string>(...values: readonly T[]): Parse<readonly T[]> =>
  (value) => {
    const items = (list(value) ?? []).map((item) => values.find((known) => known === item.toLowerCase()));
    return items.includes(undefined) ? undefined : (items as T[]);
  };

const url: Parse<string> = (value) => (/^https?:$/.test(parseUrl(value)?.protocol ?? '') ? value : undefined);

const secretKey: Parse<string> = (value) => (value.length >= 8 ? value : undefined);

/** `k=v` pairs, percent-encoded, separated by commas: the W3C Baggage form that OTel uses for headers and attributes. */
const pairs: Parse<Readonly<Record<string, string>>> = (value) => {
  const result: Record<string, string> = {};
  for (const item of list(value) ?? []) {
    const at = item.indexOf('=');
    const key = percentDecoded(item.slice(0, Math.max(at, 0)).trim());
    const decoded = percentDecoded(item.slice(at + 1).trim());
    if (at < 1 || key === undefined || key === '' || decoded === undefined) return undefined;
    result[key] = decoded;
  }
  return result;
};

function percentDecoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function parseUrl(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}

/** Keeps the value type of each row while the table stays a plain object. */
const setting = <T>(row: Setting<T>): Setting<T> => row;

const optional = <T>(row: Omit<Setting<T>, 'default'>): Setting<T | undefined> => ({
  ...row,
  default: undefined,
});

const endpoint = (env: string, doc: string) =>
  optional({ env, type: 'an http or https URL', parse: url, doc });
const file = (env: string, doc: string) => optional({ env, type: 'a path', parse: text, doc });
const headers = (env: string, doc: string) =>
  optional({ env, type: 'key=value,key=value with percent-encoded values', parse: pairs, doc, secret: true });
const protocol = (env: string, doc: string) =>
  optional({ env, type: 'http/protobuf or http/json', parse: oneOf('http/protobuf', 'http/json'), doc });
const compression = (env: string, doc: string) =>
  optional({ env, type: 'gzip or none', parse: oneOf('gzip', 'none'), doc });
const milliseconds = (env: string, doc: string) =>
  optional({ env, type: 'milliseconds, 1 to 2147483647', parse: integer(1, 2 ** 31 - 1), doc });

/** Every setting. A per-signal OTLP setting (`…_METRICS_…`) wins over the general one. */
export const SETTINGS = {
  disabled: setting({
    env: 'OTEL_SDK_DISABLED', default: false, type: 'true or false', parse: flag,
    doc: 'Switches the package off: nothing is measured, patched, served or sent.',
  }),
  serviceName: optional({
    env: 'OTEL_SERVICE_NAME', type: 'text', parse: text,
    doc: 'The `service.name` (Prometheus `job`). Wins over `service.name` in OTEL_RESOURCE_ATTRIBUTES; without either the name in the application\'s package.json, else `unknown_service:node`.',
  }),
  resourceAttributes: setting({
    env: 'OTEL_RESOURCE_ATTRIBUTES', default: {} as Readonly<Record<string, string>>, parse: pairs,
    type: 'key=value,key=value with percent-encoded values',
    doc: 'Attributes of the process, such as `deployment.environment.name=production,service.version=1.4.2`. A `service.instance.id` given here is kept.',
  }),
  exporters: optional({
    env: 'OTEL_METRICS_EXPORTER', type: 'otlp, prometheus, console or none, or several with commas',
    parse: listOf('otlp', 'prometheus', 'console', 'none'),
    doc: 'Where metrics go. Without it: the pull endpoint, and OTLP too as soon as an OTLP endpoint is set.',
  }),
  exportInterval: setting({
    env: 'OTEL_METRIC_EXPORT_INTERVAL', default: 60_000, type: 'milliseconds, 1 to 2147483647', parse: integer(1, 2 ** 31 - 1),
    doc: 'Time between two pushes, in milliseconds.',
  }),
  exportTimeout: setting({
    env: 'OTEL_METRIC_EXPORT_TIMEOUT', default: 30_000, type: 'milliseconds, 1 to 2147483647', parse: integer(1, 2 ** 31 - 1),
    doc: 'The most time one push may take, retries included, in milliseconds.',
  }),
  otlpEndpoint: endpoint('OTEL_EXPORTER_OTLP_ENDPOINT', 'The OTLP backend; `/v1/metrics` is appended. For Grafana Cloud: `https://otlp-gateway-<zone>.grafana.net/otlp`.'),
  otlpMetricsEndpoint: endpoint('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'The OTLP backend for metrics, used as it is.'),
  otlpHeaders: headers('OTEL_EXPORTER_OTLP_HEADERS', 'Headers of each push. For Grafana Cloud: `Authorization=Basic%20<base64 of instance id:token>`.'),
  otlpMetricsHeaders: headers('OTEL_EXPORTER_OTLP_METRICS_HEADERS', 'The same for metrics only; added to and winning over the general ones.'),
  otlpProtocol: protocol('OTEL_EXPORTER_OTLP_PROTOCOL', 'The encoding of a push. Without it `http/protobuf`. gRPC is not offered: Grafana Cloud takes OTLP over HTTP.'),
  otlpMetricsProtocol: protocol('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'The same for metrics only.'),
  otlpCompression: compression('OTEL_EXPORTER_OTLP_COMPRESSION', 'Compression of a push. Without it none.'),
  otlpMetricsCompression: compression('OTEL_EXPORTER_OTLP_METRICS_COMPRESSION', 'The same for metrics only.'),
  otlpTimeout: milliseconds('OTEL_EXPORTER_OTLP_TIMEOUT', 'The most time one request of a push may take, in milliseconds. Without it 10000.'),
  otlpMetricsTimeout: milliseconds('OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', 'The same for metrics only.'),
  otlpCertificate: file('OTEL_EXPORTER_OTLP_CERTIFICATE', "PEM file with the certificate authority of the backend's certificate."),
  otlpMetricsCertificate: file('OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE', 'The same for metrics only.'),
  otlpClientCertificate: file('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', 'PEM file with the client certificate, for mutual TLS.'),
  otlpClientKey: file('OTEL_EXPORTER_OTLP_CLIENT_KEY', "PEM file with the client certificate's key."),
  temporality: optional({
    env: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', type: 'cumulative', parse: oneOf('cumulative'),
    doc: 'Only `cumulative`: Grafana Cloud refuses delta with 400.',
  }),
  prometheusHost: setting({
    env: 'OTEL_EXPORTER_PROMETHEUS_HOST', default: '127.0.0.1', type: 'a host name or address', parse: text,
    doc: 'Where the pull endpoint listens. Loopback unless set.',
  }),
  prometheusPort: setting({
    env: 'OTEL_EXPORTER_PROMETHEUS_PORT', default: 9464, type: 'a port, 0 to 65535', parse: integer(0, 65_535),
    doc: 'The port of the pull endpoint; 0 takes a free one.',
  }),
  metricsToken: optional({
    env: 'INTELIA_METRICS_TOKEN', type: 'at least 8 characters', parse: secretKey, secret: true,
    doc: 'Bearer token that a scrape must show.',
  }),
  jwtSecret: optional({
    env: 'INTELIA_METRICS_JWT_SECRET', type: 'at least 8 characters', parse: secretKey, secret: true,
    doc: 'HS256 secret: a scrape may show a JWT signed with it, not expired, with the role `super_admin`.',
  }),
  jwksUrl: endpoint('INTELIA_METRICS_JWKS_URL', 'JWKS address: a scrape may show a JWT signed by one of its keys, not expired, with the role `super_admin`.'),
  llmPrices: file('INTELIA_LLM_PRICES', 'JSON file of own prices: model id to US dollars per million tokens (`input_mtok`, `output_mtok`, …). Wins over every other price but one the answer itself states. Read again within seconds when it has changed.'),
  llmStreamUsage: setting({
    env: 'INTELIA_LLM_STREAM_USAGE', default: [] as readonly string[], type: 'host names with commas, or off', parse: list,
    doc: 'Hosts, beside api.openai.com, that are asked for the usage of a streamed chat when the caller did not ask. `off` asks nobody.',
  }),
  semconvMetrics: setting({
    env: 'INTELIA_SEMCONV_METRICS', default: [] as readonly ('http' | 'db' | 'gen_ai')[], type: 'http, db or gen_ai, or several with commas',
    parse: listOf('http', 'db', 'gen_ai'),
    doc: "OTel's own metrics beside ours, for tools that read those. `http` adds `http.server.request.duration` and `http.client.request.duration` (HTTP/1 over Node's http and https, not `fetch`), bounded to 200 routes, hosts and error types. `db` adds `db.client.operation.duration` and `db.client.connection.count` (`used`, and `idle` where the driver tells), bounded to 200 tables; `error.type` is always `_OTHER`. `gen_ai` adds `gen_ai.client.token.usage`, `gen_ai.client.operation.duration` and `gen_ai.client.operation.time_to_first_chunk`, bounded to 100 models; `error.type` is the status that `intelia_llm_requests_total` has. Past a bound a value is `_OTHER`. Loads the OTel SDK at start.",
  }),
  httpIgnore: setting({
    env: 'INTELIA_HTTP_IGNORE', default: [] as readonly string[], type: 'paths with commas, each exact or ending in /*', parse: list,
    doc: 'Requests that are not counted, by their path as sent, without the query: `/health,/internal/*`. `/internal/*` is everything below `/internal/`, not `/internal` itself.',
  }),
  dbSpans: setting({
    env: 'INTELIA_DB_SPANS', default: false, type: 'true or false', parse: flag,
    doc: "Counts, for databases whose driver we do not hook, the spans of an application that traces them with OTel's SDK: of any instrumentation, in the old and the new conventions. Calls that a hook of ours has seen are not counted again; see docs/supported.md.",
  }),
  dbPoolNames: setting({
    env: 'INTELIA_DB_POOL_NAMES', default: {} as Readonly<Record<string, string>>, parse: pairs,
    type: 'host/database=name pairs with commas',
    doc: 'Names of database pools for `intelia_db_connections_active`, such as `db.internal/app=main`; `host:port/database` where ports differ. Without it a pool is named `host:port/database`.',
  }),
} satisfies Record<string, Setting<unknown>>; // prettier-ignore

type Settings = typeof SETTINGS;
export type Config = { readonly [K in keyof Settings]: Settings[K]['default'] };

/**
 * Reads all settings once. A bad value gives one line to `warn` (its name, the value unless it is secret, and what
 * is used instead) and is as if it were not set.
 */
export function readConfig(
  warn: (key: string, line: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const config: Record<string, unknown> = {};
  for (const [key, row] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const given = env[row.env]?.trim() ?? '';
    const value = given === '' ? undefined : row.parse(given);
    if (given !== '' && value === undefined) warn(`config:${row.env}`, describeBadValue(row, given));
    config[key] = value ?? row.default;
  }
  return Object.freeze(config) as Config;
}

function describeBadValue(row: Setting<unknown>, given: string): string {
  const shown = row.secret ? 'its value (not shown)' : JSON.stringify(given.slice(0, 100));
  const instead = row.default === undefined ? 'it is ignored' : `${JSON.stringify(row.default)} is used`;
  const hint = /grpc/i.test(given) ? ' (gRPC is not offered; use http/protobuf)' : '';
  return `${row.env}: ${shown} is not ${row.type}${hint}; ${instead}`;
}

/** What else the environment tells: no settings of ours, but of those who start this process. */
export interface Surroundings {
  /** PM2's number of this worker, and the script it runs (`process.argv[1]` is PM2's own until that starts). */
  readonly pm2Worker: string | undefined;
  readonly pm2Script: string | undefined;
  /** Node's TLS settings, for the short-lived process that sends the last totals; it gets nothing else of ours. */
  readonly tlsEnv: Readonly<Record<string, string>>;
}

const TLS_ENV = ['NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

export function readSurroundings(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Surroundings {
  const tls = TLS_ENV.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return Object.freeze({
    pm2Worker: env['NODE_APP_INSTANCE'],
    pm2Script: env['pm_exec_path'],
    tlsEnv: Object.freeze(Object.fromEntries(tls)),
  });
}

/** Where libpq and pg connect when nobody says. Read when asked: dotenv may set them after the preload. */
export function readPostgresDefaults(env: Readonly<Record<string, string | undefined>> = process.env) {
  return { host: env['PGHOST'], port: env['PGPORT'], database: env['PGDATABASE'] };
}
