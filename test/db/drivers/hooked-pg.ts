/** pg behind the hook, once for all tests of this process: a library is patched once. */
import type PgModule from 'pg';
import { hookPg } from '../../../src/db/drivers/pg.js';
import { readConfig } from '../../../src/config.js';
import { testContext } from '../../support/context.js';

const config = readConfig(() => {}, { INTELIA_DB_POOL_NAMES: '127.0.0.1/named=main' });
export const test = testContext({ config });
hookPg(test.context);

export const pg = require('pg') as typeof PgModule;

/** What was counted since the last call: `{ 'SELECT users success': 2 }`. */
export function counted(): Record<string, number> {
  const now = test.series('intelia_db_queries_total');
  const changes = Object.entries(now).map(
    ([labels, value]) => [labels, value - (before[labels] ?? 0)] as const,
  );
  before = now;
  return Object.fromEntries(
    changes
      .filter(([, value]) => value !== 0)
      .map(([labels, value]) => [labels.replace(/\w+=/g, '').replaceAll(',', ' '), value]),
  );
}
let before: Record<string, number> = {};
