/** A real Collector with the repository's own otel-collector.yaml: as it is, but for its ports and waiting times. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram, type Program } from './program.js';

const CONFIG = join(__dirname, '../../otel-collector.yaml');

export interface Collector {
  /** Base of its OTLP endpoint. */
  readonly url: string;
  /** What it says of itself on its health port: the status, undefined when nobody answers. */
  health(): Promise<number | undefined>;
  /** Its own metrics as text. */
  ownMetrics(): Promise<string>;
  log(): string;
  /** As a crash does it: no moment to put anything in order. */
  kill(): Promise<void>;
  /** Starts it again with the same addresses and the same queue. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

export interface CollectorOptions {
  readonly program: string;
  /** Base of the OTLP endpoint it sends to, as GRAFANA_CLOUD_OTLP_ENDPOINT. */
  readonly backend: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More configuration in YAML, after the file. */
  readonly more?: readonly string[];
}

/** Shorter waits, so that a test need not last minutes; everything else is the file's. */
const QUICK = `exporters:
  otlp_http:
    retry_on_failure: {initial_interval: 200ms, max_interval: 500ms}
    sending_queue: {batch: {flush_timeout: 200ms}}`;

export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const folder = await mkdtemp(join(tmpdir(), 'otelcol-'));
  const [otlp, health, own] = await freePorts(3);
  const ports = `extensions: {health_check: {endpoint: '127.0.0.1:${health}'}}
service:
  telemetry:
    metrics:
      readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${own}, without_type_suffix: true}}}}]`;
  const configs = [CONFIG, ...[ports, QUICK, ...(options.more ?? [])].map((text) => `yaml:${text}`)];
  let program: Program;
  async function up(): Promise<void> {
    program = startProgram(options.program, configs.flatMap((config) => ['--config', config]), {
      OTLP_LISTEN: `127.0.0.1:${otlp}`,
      GRAFANA_CLOUD_OTLP_ENDPOINT: options.backend,
      OTELCOL_STORAGE: join(folder, 'queue'),
      ...options.env,
    }); // prettier-ignore
    await program.said(/Everything is ready/);
  }
  await up();
  return {
    url: `http://127.0.0.1:${otlp}`,
    health: () => fetch(`http://127.0.0.1:${health}`).then(({ status }) => status, () => undefined),
    ownMetrics: () => fetch(`http://127.0.0.1:${own}/metrics`).then((answer) => answer.text()),
    log: () => program.log(),
    kill: () => program.stop('SIGKILL'),
    up,
    async stop() {
      await program.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  }; // prettier-ignore
}

/** All open at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
