/**
 * Tells when a library is loaded: `require()`, and also an ESM `import` of a CommonJS package, named exports included,
 * with no loader hook. Node sets `module.loaded` to true as soon as a file has run and before anybody has its exports;
 * that is where we listen. (A wrapper around `load` would stand in the stack of every error thrown by a starting app.)
 */
import Module from 'node:module';
import { sep } from 'node:path';
import type { Guard } from '../guard.js';
import { nearestPackage } from '../package-json.js';

/**
 * Given the exports of a just loaded file, before anybody else sees them; gives the exports to use instead, or
 * undefined to leave them as they are.
 */
export type OnLoad = (exports: any, filename: string) => any;

interface Watch {
  /** The end of the file's path, with forward slashes, e.g. `pg/lib/client.js`. */
  readonly file: string;
  readonly onLoad: OnLoad;
  readonly guard: Guard;
  /** Modules that have been shown: some tell of their load twice. */
  readonly seen: WeakSet<object>;
}

/** Watches by the file's own name, so that a load of any other file costs one map look-up. */
const watches = new Map<string, Watch[]>();
let isListening = false;

/** Calls `onLoad` once for each copy of the file `node_modules/<file>` that is loaded, also those loaded already. */
export function onFileLoad(guard: Guard, file: string, onLoad: OnLoad): void {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const watch = { file, onLoad, guard, seen: new WeakSet() };
  watches.set(base, [...(watches.get(base) ?? []), watch]);
  listen();
  for (const loaded of Object.values(require.cache)) if (loaded?.loaded) apply(watch, loaded);
}

/** The files that are waited for, for tests that go over all hooks. */
export const watchedFiles = (): string[] => [...watches.values()].flat().map(({ file }) => file);

/** Until it is true, `loaded` is read from the prototype; then each module has it as its own, as it always had. */
function listen(): void {
  if (isListening) return;
  isListening = true;
  Object.defineProperty(Module.prototype, 'loaded', {
    configurable: true,
    enumerable: true,
    get: () => false,
    set(this: any, loaded: unknown) {
      if (loaded === false) return;
      Object.defineProperty(this, 'loaded', {
        value: loaded,
        writable: true,
        enumerable: true,
        configurable: true,
      });
      fileLoaded(this);
    },
  });
}

/** To be called where a CommonJS file has run and Node sets `loaded` in another way. */
export function fileLoaded(module: any): void {
  const filename = String(module.filename);
  for (const watch of watchesOf(filename)) apply(watch, module, filename);
}

export function isWatchedFile(filename: string): boolean {
  return watchesOf(filename).some(({ file }) => isFile(slashes(filename), file));
}

function watchesOf(filename: string): readonly Watch[] {
  return watches.get(filename.slice(filename.lastIndexOf(sep) + 1)) ?? [];
}

function apply({ file, onLoad, guard, seen }: Watch, module: any, filename = String(module.filename)): void {
  const path = slashes(filename);
  if (seen.has(module) || !isFile(path, file)) return;
  seen.add(module);
  guard.run(`load ${file}`, () => {
    const replaced: unknown = onLoad(module.exports, path);
    if (replaced !== undefined) module.exports = replaced;
  });
}

const slashes = (filename: string): string => filename.split(sep).join('/');

function isFile(path: string, file: string): boolean {
  return path.endsWith(`node_modules/${file}`) || isAliased(path, file);
}

/** Of `package` and `@scope/package` the name, then the path inside. */
const NAME_AND_PATH = /^((?:@[^/]+\/)?[^/]+)(\/.+)$/;
const PACKAGE_FOLDER = /node_modules\/(?:@[^/]+\/)?[^/]+$/;

/**
 * The package may be installed under another name (`npm:` aliases, overrides). Every package has an `index.js`: for
 * those nobody's package.json is read.
 */
function isAliased(path: string, file: string): boolean {
  const [, name, inside] = NAME_AND_PATH.exec(file) ?? [];
  if (inside === undefined || inside === '/index.js' || !path.endsWith(inside)) return false;
  const folder = path.slice(0, -inside.length);
  return PACKAGE_FOLDER.test(folder) && nearestPackage(folder).name === name;
}
