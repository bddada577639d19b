/**
 * Tells when a package that is a real ES module is loaded by `import`. Its files cannot be reached from outside, so a
 * line is put after the last one of a file, which hands out one binding and takes back what to use instead. Everybody
 * who imports that binding sees the new value: exports are live.
 *
 * Needs `module.registerHooks` (Node 22.15, 23.5). Without it nothing is done. Nor is anything when the package is not
 * installed where the application is: a hook stands in the way of every module that is loaded.
 */
import { existsSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Guard } from '../guard.js';
import { fileLoaded, isWatchedFile } from './load.js';

export interface ModuleWatch {
  readonly guard: Guard;
  /** The package's name, and the file inside it. */
  readonly package: string;
  readonly file: string;
  /** A top-level `class`, `var` or `let` of the file. */
  readonly binding: string;
  /** Gives the value to use instead, or undefined to leave it. */
  readonly replace: (value: any, filename: string) => unknown;
}

interface Loaded {
  format?: string | null;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null;
}

type Load = (url: string, context: object, nextLoad: (url: string, context: object) => Loaded) => Loaded;
type RegisterHooks = (hooks: { load: Load }) => void;

/** By the key that the added line gives. */
const watches = new Map<string, ModuleWatch>();

/** What the added lines call. Registered, because only that is found from there. */
const EXCHANGE = Symbol.for('intelia.otel.esm');
const LOADED = Symbol.for('intelia.otel.cjs');

export function onModuleLoad(watch: ModuleWatch): void {
  const { registerHooks } = Module as unknown as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined || !isInstalled(watch.package)) return;
  if (watches.size === 0) {
    Object.defineProperty(globalThis, EXCHANGE, { value: exchange, configurable: true });
    Object.defineProperty(globalThis, LOADED, { value: fileLoaded, configurable: true });
    registerHooks({ load });
  }
  watches.set(`${watch.package}/${watch.file}`, watch);
}

/** The modules that are waited for, for tests that go over all hooks. */
export const watchedModules = (): ModuleWatch[] => [...watches.values()];

const load: Load = (url, context, nextLoad) => {
  const loaded = nextLoad(url, context);
  if (loaded.format === 'commonjs') return tellingOfItsLoad(url, loaded);
  const key = loaded.format === 'module' ? keyOf(url) : undefined;
  const source = key === undefined ? undefined : textOf(loaded.source);
  if (key === undefined || source === undefined) return loaded;
  const { binding } = watches.get(key) as ModuleWatch;
  const call = `globalThis[Symbol.for('intelia.otel.esm')]?.(${JSON.stringify(key)},${binding},import.meta.url)`;
  // Of a default export that is no declaration, importers would see the value, not the binding.
  const live = source.replace(
    new RegExp(`^export default ${binding};?$`, 'm'),
    `export { ${binding} as default };`,
  );
  // A binding that is not there or not to be set throws here, and all stays as it was.
  return { ...loaded, source: `${live}\n;try{${binding}=${call}??${binding}}catch{}` };
};

/** Where there is a hook such as this one, Node 24 loads CommonJS files under `import` in a way that load.ts misses. */
function tellingOfItsLoad(url: string, loaded: Loaded): Loaded {
  const source = isWatched(url) ? textOf(loaded.source) : undefined;
  if (source === undefined) return loaded;
  return { ...loaded, source: `${source}\n;globalThis[Symbol.for('intelia.otel.cjs')]?.(module)` };
}

const isWatched = (url: string): boolean => url.startsWith('file:') && isWatchedFile(fileURLToPath(url));

function exchange(key: string, value: unknown, url: string): unknown {
  const watch = watches.get(key);
  return watch?.guard.run(`load ${key}`, () => watch.replace(value, fileURLToPath(url)));
}

function keyOf(url: string): string | undefined {
  for (const key of watches.keys()) if (url.endsWith(`/node_modules/${key}`)) return key;
  return undefined;
}

function textOf(source: Loaded['source']): string | undefined {
  if (typeof source === 'string') return source;
  return source == null ? undefined : Buffer.from(source as Uint8Array).toString('utf8');
}

/** In a `node_modules` over the application's script or its working directory. */
function isInstalled(name: string): boolean {
  return [dirname(process.argv[1] ?? ''), process.cwd()].some((start) => {
    for (let folder = start; ; folder = dirname(folder)) {
      if (existsSync(join(folder, 'node_modules', name))) return true;
      if (folder === dirname(folder)) return false;
    }
  });
}
