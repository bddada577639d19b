/**
 * Lets every copy of `@opentelemetry/api` find our MeterProvider without taking the place of an application's own.
 *
 * The API keeps one provider on a global object that carries the version of the copy which made it: older copies read
 * it, newer ones do not, and of other versions none may register anything. So
 * - the global object carries the version of the application's own copy;
 * - on it our provider is a property that gives way: whoever registers a provider does not see it, and replaces it;
 * - a CommonJS copy that still finds nothing (it is newer) is given our provider as it is loaded.
 *
 * The API itself is not loaded for any of this.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { MeterProvider } from '@opentelemetry/api';
import { nearestPackage, readPackage, type Package } from '../package-json.js';
import { onKnownFile, type Tools } from './version.js';
import { wrapMethod } from './wrap.js';

/** Of all 1.x: `opentelemetry.js.api.${major}`. */
const GLOBAL = Symbol.for('opentelemetry.js.api.1');

const KNOWN = '1';

/** Where 1.x keeps its metrics API: up to 1.9, and from 1.10 on. */
const FILES = ['@opentelemetry/api/build/src/api/metrics.js', '@opentelemetry/api/dist/api/metrics.cjs'];

/** `appFolder` is where the application resolves its packages from. */
export function offerProvider(tools: Tools, provider: MeterProvider, appFolder: string): void {
  tools.guard.run('otel api global', () => placeGlobal(provider, appFolder));
  for (const file of FILES) {
    onKnownFile(tools, file, KNOWN, ({ MetricsAPI }) => {
      wrapMethod(MetricsAPI.prototype, 'getMeterProvider', (original) => {
        return function getMeterProvider(this: unknown): MeterProvider {
          const registered: any = original.call(this);
          return registered.constructor.name === 'NoopMeterProvider' ? provider : registered;
        };
      });
    });
  }
}

function placeGlobal(provider: MeterProvider, appFolder: string): void {
  const holder = globalThis as { [GLOBAL]?: { metrics?: unknown } };
  const version = apiVersion(appFolder);
  if (holder[GLOBAL] === undefined && version === undefined) return;
  const api = (holder[GLOBAL] ??= Object.defineProperty({}, 'version', { value: version, enumerable: true }));
  if (api.metrics !== undefined) return;
  Object.defineProperty(api, 'metrics', {
    configurable: true,
    enumerable: true,
    get: () => (isRegistering() ? undefined : provider),
    set(value: unknown) {
      Object.defineProperty(api, 'metrics', { value, configurable: true, enumerable: true, writable: true });
    },
  });
}

/** Asked when somebody reads the provider, which is once for each meter: not a hot path. */
function isRegistering(): boolean {
  return /\b(registerGlobal|setGlobalMeterProvider)\b/.test(new Error().stack ?? '');
}

/** The version of the application's copy, else of ours. */
function apiVersion(appFolder: string): string | undefined {
  for (const folder of [appFolder, __dirname]) {
    const { version } = installedApi(folder) ?? resolvedApi(folder) ?? {};
    if (version?.startsWith('1.') === true) return version;
  }
  return undefined;
}

/** In a `node_modules` over the folder. To have Node resolve it takes ten times as long. */
function installedApi(folder: string): Package | undefined {
  for (; ; folder = dirname(folder)) {
    const found = readPackage(join(folder, 'node_modules', '@opentelemetry', 'api', 'package.json'));
    if (found.version !== undefined) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Where NODE_PATH or a resolver such as Yarn's Plug'n'Play has it. */
function resolvedApi(folder: string): Package | undefined {
  try {
    return nearestPackage(dirname(createRequire(join(folder, 'app.js')).resolve('@opentelemetry/api')));
  } catch {
    return undefined; // Not to be found from there.
  }
}
