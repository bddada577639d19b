/** A query of mariadb's cluster that got no connection was not counted; one that got it must not count twice. */
import assert from 'node:assert/strict';
import { createCalls } from '../../src/db/calls.js';
import { mariadbPatches } from '../../src/db/drivers/mariadb-calls.js';
import { testContext } from '../support/context.js';

it("counts what a cluster of mariadb gets no connection for, and leaves a connection's errors to it", async () => {
  const test = testContext();
  const connection = {
    query: (sql: string) => (sql.includes('missing') ? Promise.reject(new Error(sql)) : Promise.resolve([])),
  };
  const failure = new Error('no connection');
  const node = { isUp: true };
  // As the driver's `of` makes it.
  class FilteredCluster {
    query(sql: string): Promise<unknown> {
      const had = node.isUp ? Promise.resolve(connection) : Promise.reject(failure);
      return had.then((held) => held.query(sql)).catch((error: Error) => Promise.reject(error));
    }
  }
  const patches = mariadbPatches(createCalls(test.context, 'mariadb'), false);
  patches.connection(connection);
  patches.cluster(FilteredCluster.prototype);
  const cluster = new FilteredCluster();
  await cluster.query('SELECT 1 FROM users');
  await assert.rejects(cluster.query('SELECT 1 FROM missing'), { message: 'SELECT 1 FROM missing' });
  node.isUp = false;
  assert.equal(await cluster.query('SELECT 2 FROM users').catch((error: unknown) => error), failure);
  assert.deepEqual(test.series('intelia_db_queries_total'), {
    'operation=SELECT,table=users,status=success': 1,
    'operation=SELECT,table=missing,status=error': 1,
    'operation=SELECT,table=users,status=error': 1,
  });
});
