/**
 * Tells when a library is loaded. One wrap of `Module.prototype.load` sees `require()` and also an ESM `import` of
 * a CommonJS package, named exports included, with no loader hook.
 */
import Module from 'node:module';
import { sep } from 'node:path';
import type { Guard } from '../guard.js';
import { wrapMethod } from './wrap.js';

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
}

/** Watches by the file's own name, so that a load of any other file costs one map look-up. */
const watches = new Map<string, Watch[]>();
const loadProperty = 'load';

/** Calls `onLoad` once for each copy of the file `node_modules/<file>` that is loaded, also those loaded already. */
export function onFileLoad(guard: Guard, file: string, onLoad: OnLoad): void {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const watch = { file, onLoad, guard };
  watches.set(base, [...(watches.get(base) ?? []), watch]);
  wrapMethod(Module.prototype, loadProperty, (original) => {
    return function load(this: any, filename: string): unknown {
      const result: unknown = original.call(this, filename);
      const found = watches.get(filename.slice(filename.lastIndexOf(sep) + 1));
      if (found !== undefined) for (const each of found) apply(each, this);
      return result;
    };
  });
  for (const loaded of Object.values(require.cache)) if (loaded?.loaded) apply(watch, loaded);
}

function apply({ file, onLoad, guard }: Watch, module: any): void {
  const path = String(module.filename).split(sep).join('/');
  if (!path.endsWith(`node_modules/${file}`)) return;
  guard.run(`load ${file}`, () => {
    const replaced: unknown = onLoad(module.exports, path);
    if (replaced !== undefined) module.exports = replaced;
  });
}
