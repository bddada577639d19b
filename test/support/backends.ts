/** The real Prometheus, promtool and Collector that `node scripts/backends.mjs` builds. */
import { existsSync, readFileSync } from 'node:fs';

export interface Backends {
  /** Paths of programs. */
  readonly prometheus: string;
  readonly promtool: string;
  readonly otelcol: string;
}

const BUILT = 'test/backends/.bin/current.json';

/**
 * Called in a `before` hook. Skips the tests, and says why, where the backends are not built; fails in CI, which must
 * have built them.
 */
export function needBackends(test: Mocha.Context): Backends {
  if (existsSync(BUILT)) return JSON.parse(readFileSync(BUILT, 'utf8')) as Backends;
  const why = 'Prometheus and the Collector are not built: node scripts/backends.mjs (needs Go) builds them';
  if (process.env['CI'] !== undefined) throw new Error(why);
  process.stdout.write(`      ${why}\n`);
  return test.skip();
}
