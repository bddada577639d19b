// Bundles internals.ts, so that micro-benchmarks run what users run: one file of plain JavaScript.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const outfile = at('../node_modules/.cache/internals.cjs');

export function bundleInternals() {
  buildSync({
    entryPoints: [at('../internals.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.6',
    format: 'cjs',
    packages: 'external',
    define: { __INTELIA_OTEL_VERSION__: '"bench"' },
  });
}

/** Loads the bundle that run.mjs has made, with what all benchmarks of the inside need. */
export function loadInternals() {
  const internals = createRequire(import.meta.url)(outfile);
  const log = internals.createLog();
  const registry = internals.createRegistry({
    nowMs: Date.now,
    warn: (key, line) => log.warnOnce(key, line),
    onError: (where, error) => guard.report(where, error),
  });
  const guard = internals.createGuard(log, () => {
    throw new Error('the guard had to step in: this is no measurement');
  });
  return { ...internals, log, guard, registry };
}
