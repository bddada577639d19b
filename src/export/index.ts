/** Where metrics leave: decides which ways are open, opens them, and says so in one line. */
import type { Config, Surroundings } from '../config.js';
import type { Guard } from '../guard.js';
import type { Log } from '../log.js';
import type { Registry } from '../metrics/registry.js';
import { deliverAtEnd } from '../shutdown.js';
import { createAuth } from './auth.js';
import { startConsole, type ConsoleExport } from './console.js';
import { startEndpoint, type Endpoint } from './endpoint.js';
import { createMetricsHandler, type MetricsHandler } from './handler.js';
import { startOtlpPush, type OtlpPush } from './otlp-push.js';
import type { Reader } from './reader.js';
import type { ResourceAttributes } from './resource.js';
import { createScraper } from './scrape.js';
import { redactUrl } from './settings.js';

export interface ExportOptions {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly registry: Registry;
  readonly reader: Reader;
  readonly resource: ResourceAttributes;
  readonly guard: Guard;
  readonly log: Log;
  readonly version: string;
  /** Run before the totals are read for the last time. */
  readonly beforeLast: readonly (() => void)[];
}

export interface Exports {
  readonly handler: MetricsHandler;
  /** Sends the totals of now. Never rejects. */
  flush(): Promise<void>;
  /** Sends them a last time and closes everything. Never rejects. */
  shutdown(): Promise<void>;
}

export function startExports(options: ExportOptions): Exports {
  const { config, guard, reader, registry } = options;
  const push = startOtlpPush({ ...options, emit: registry.emit }, reader, options.surroundings);
  const stopWatching =
    push === undefined ? undefined : deliverAtEnd({ push, guard, beforeLast: options.beforeLast });
  const printer = config.exporters?.includes('console')
    ? startConsole({ reader, guard, intervalMs: config.exportInterval, isAlone: push === undefined })
    : undefined;
  const { endpoint, handler } = openPull(options);
  void announce(options, push, endpoint);
  const ways: Ways = { push, printer };
  return {
    handler,
    flush: () => flushAll(ways),
    async shutdown() {
      printer?.stop();
      await Promise.all([push?.shutdown(), printer?.flush(), endpoint?.close()]);
      stopWatching?.(); // Last: a process.exit in between still has its totals sent.
    },
  };
}

interface Ways {
  readonly push: OtlpPush | undefined;
  readonly printer: ConsoleExport | undefined;
}

async function flushAll({ push, printer }: Ways): Promise<void> {
  await Promise.all([push?.flush(), printer?.flush()]);
}

/** The handler is there for the application's own server even where no endpoint is. */
function openPull(options: ExportOptions): { endpoint: Endpoint | undefined; handler: MetricsHandler } {
  const { config, log, guard, registry, resource, reader } = options;
  const scraping = { registry, log, resource, collectForeign: () => reader.collectForeign() };
  const auth = createAuth(config, log);
  if (config.exporters?.includes('prometheus') ?? true) {
    const endpoint = startEndpoint({ ...scraping, config, auth, guard });
    return { endpoint, handler: endpoint.handler };
  }
  return {
    endpoint: undefined,
    handler: createMetricsHandler({ scrape: createScraper(scraping), auth, guard, emit: registry.emit }),
  };
}

/** The one line at start: what is measured and where it goes. No credential, no query. */
async function announce(
  { resource, log, config, version }: ExportOptions,
  push: OtlpPush | undefined,
  endpoint: Endpoint | undefined,
): Promise<void> {
  await endpoint?.ready;
  const url = endpoint?.url();
  const ways = [
    ...(url === undefined ? [] : [`pull ${url}`]),
    ...(push === undefined ? [] : [`push ${redactUrl(push.url)} every ${config.exportInterval / 1000} s`]),
    ...(config.exporters?.includes('console') ? ['console'] : []),
  ];
  const where = ways.length === 0 ? 'no export' : ways.join(', ');
  log.say(`${version} measures ${String(resource['service.name'])}: ${where}`);
}
