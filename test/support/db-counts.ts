/** What a database hook has counted, in the words of its tests. */
import type { Hook } from '../../src/context.js';
import { readConfig } from '../../src/config.js';
import { readPools } from '../../src/db/pools.js';
import { testContext, type TestContext } from './context.js';

export interface DbCounts extends TestContext {
  /** Queries since the last call: `{ 'SELECT users success': 2 }`. */
  counted(): Record<string, number>;
  /** Connections in use now, of all pools whose name begins so; the rest of the name is the key. */
  inUse(prefix: string): Record<string, number>;
  /** Open connections that nobody uses now, in the same way; undefined where the driver does not tell. */
  idle(prefix: string): Record<string, number | undefined>;
}

/** Switches hooks on for this process. A library is patched once: one call for all tests that load it. */
export function dbCounts(hooks: readonly Hook[], poolNames = ''): DbCounts {
  const test = testContext({ config: readConfig(() => {}, { INTELIA_DB_POOL_NAMES: poolNames }) });
  for (const hook of hooks) hook(test.context);
  let before: Record<string, number> = {};
  return {
    ...test,
    counted() {
      const now = test.series('intelia_db_queries_total');
      const changes = Object.entries(now).map(([name, n]) => [name, n - (before[name] ?? 0)] as const);
      before = now;
      return Object.fromEntries(
        changes
          .filter(([, n]) => n !== 0)
          .map(([name, n]) => [name.replace(/\w+=/g, '').replaceAll(',', ' ').replaceAll('  ', ' '), n]),
      );
    },
    idle(prefix) {
      const pools = readPools(test.context).filter(({ pool }) => pool.startsWith(prefix));
      return Object.fromEntries(pools.map(({ pool, idle }) => [pool.slice(prefix.length), idle] as const));
    },
    inUse(prefix) {
      test.collect();
      const all = Object.entries(test.series('intelia_db_connections_active'));
      return Object.fromEntries(
        all.flatMap(([name, n]) => {
          const pool = name.slice('pool='.length);
          return pool.startsWith(prefix) ? [[pool.slice(prefix.length), n] as const] : [];
        }),
      );
    },
  };
}
