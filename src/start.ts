/** The hallway: config → cells → hooks → export. Everything that exists once in a process is made here. */
import type { MeterProvider } from '@opentelemetry/api';
import { createTracking, type Tracking } from './business/track.js';
import { readConfig, readSurroundings, type Config } from './config.js';
import type { Context } from './context.js';
import { DATABASE_HOOKS } from './db/index.js';
import { hookDbSemconv } from './db/semconv.js';
import { lateHandler, type MetricsHandler } from './export/handler.js';
import { startExports, type Exports } from './export/index.js';
import { createReader, type Reader } from './export/reader.js';
import { appFolder, describeResource, readHost } from './export/resource.js';
import { createGuard, type Guard } from './guard.js';
import { HTTP_HOOKS } from './http/index.js';
import { setRoute } from './http/route.js';
import { hookHttpSemconv, withoutHttpTwins } from './http/semconv.js';
import { offerProvider } from './hook/otel-api.js';
import { inertReason } from './inert.js';
import { withLlmFeature } from './llm/feature.js';
import { createLlm, type Llm } from './llm/index.js';
import { createGenAiMeasure, GEN_AI_METRICS } from './llm/semconv.js';
import { createLog, type Log } from './log.js';
import { createProvider } from './metrics/provider.js';
import { createRegistry, type Registry } from './metrics/registry.js';
import { createHistograms } from './metrics/semconv.js';
import { hookSystem } from './system/index.js';
import { VERSION } from './version.js';

/** The parts that stand before anything is started: what is recorded by then is not lost. */
interface Core {
  readonly config: Config;
  readonly log: Log;
  readonly guard: Guard;
  readonly registry: Registry;
  readonly llm: Llm;
}

/** What an application may call: the same for every copy of this package in a process. */
export interface Runtime extends Tracking {
  readonly withLlmFeature: typeof withLlmFeature;
  readonly setRoute: typeof setRoute;
  start(): void;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  metricsHandler(): MetricsHandler;
}

const NOT_MEASURED =
  'metricsHandler was asked for metrics of a process that is not measured: start() has not run, or does nothing here';

export function createRuntime(): Runtime {
  const core = createCore();
  const { guard, log } = core;
  let running: Exports | 'inert' | undefined;
  const active = (): Exports | undefined => (running === 'inert' ? undefined : running);
  return {
    ...createTracking({ ...core.registry, recordLlm: core.llm.record }),
    withLlmFeature,
    setRoute,
    start() {
      if (running !== undefined) return;
      running = 'inert';
      running = guard.run('start', () => launch(core)) ?? 'inert';
    },
    flush: async () => void (await active()?.flush()),
    shutdown: async () => void (await active()?.shutdown()),
    metricsHandler: () =>
      lateHandler(
        () => active()?.handler,
        () => log.warnOnce('handler', NOT_MEASURED),
      ),
  };
}

function createCore(): Core {
  const log = createLog();
  const guard = createGuard(log, (where) => registry.emit('intelia_otel_errors_total', 1, { where }));
  const warn = (key: string, line: string): void => log.warnOnce(key, line);
  const registry = createRegistry({
    nowMs: Date.now,
    warn,
    onError: (where, error) => guard.report(where, error),
  });
  const config = readConfig(warn);
  return { config, log, guard, registry, llm: createLlm({ config, log, guard, registry }) };
}

function launch(core: Core): Exports | 'inert' {
  const { config, log, guard, registry, llm } = core;
  if (inertReason(config) !== undefined) return 'inert';
  const surroundings = readSurroundings();
  const host = readHost(surroundings);
  const resource = describeResource(config, host);
  // The global is a getter, which costs as much as the clock itself.
  const clock = performance;
  const context: Context = {
    config,
    log,
    guard,
    resource,
    emit: registry.emit,
    bind: registry.bind,
    observe: (name, observer) => registry.observe(name, observer),
    now: () => clock.now() / 1000,
  };
  for (const hook of [...HTTP_HOOKS, ...DATABASE_HOOKS, llm.hook, hookSystem]) {
    guard.run(hook.name, () => hook(context));
  }
  const reader = createReader({ registry, attributes: resource, nowMs: Date.now });
  guard.run('semconv metrics', () => addSemconv(core, context, reader));
  const warn = (key: string, line: string): void => log.warnOnce(key, line);
  const foreign = (): MeterProvider =>
    config.semconvMetrics.includes('http')
      ? withoutHttpTwins(reader.foreignProvider())
      : reader.foreignProvider();
  const provider = createProvider({ registry, foreign, warn });
  offerProvider(context, provider, appFolder(host));
  return startExports({
    ...core,
    resource,
    reader,
    surroundings,
    beforeLast: [llm.flushOpenCalls],
    version: VERSION,
  });
}

/** OTel's own metrics beside ours, where they are asked for: only then is the SDK loaded. */
function addSemconv(core: Core, context: Context, reader: Reader): void {
  const { semconvMetrics } = core.config;
  const scope = { name: '@intelia/otel', version: VERSION };
  if (semconvMetrics.includes('http')) hookHttpSemconv(core, reader.foreignProvider());
  if (semconvMetrics.includes('db')) hookDbSemconv(context, reader.foreignProvider(), scope);
  if (semconvMetrics.includes('gen_ai'))
    core.llm.alsoTo(createGenAiMeasure(createHistograms(reader.foreignProvider(), scope, GEN_AI_METRICS)));
}
