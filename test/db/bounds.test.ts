/** What databases and clients can be made to name is bounded, and what is moved to `other` is counted. */
import assert from 'node:assert/strict';
import { catalogue } from '../../src/catalogue/catalogue.js';
import { createCalls } from '../../src/db/calls.js';
import { poolTracker } from '../../src/db/pools.js';
import { createRequestMeasure } from '../../src/http/measure.js';
import { testContext } from '../support/context.js';

const JUNK = Array.from({ length: 10_000 }, (_, i) => `junk${i}`);

describe('10,000 junk names', () => {
  it('of tables, in SQL, make no more series than the bound', () => {
    const { context, series, value, errors } = testContext();
    const calls = createCalls(context, 'pg');
    for (const name of JUNK) calls.end(calls.begin(`SELECT * FROM ${name}`), false);
    const { bound } = catalogue.intelia_db_queries_total.labels.table;
    assert.equal(Object.keys(series('intelia_db_queries_total')).length, bound + 1);
    assert.equal(Object.keys(series('intelia_db_query_duration_seconds')).length, bound + 1);
    assert.equal(value('intelia_db_queries_total'), JUNK.length);
    assert.ok((value('intelia_otel_dropped_measurements_total', { reason: 'label_limit' }) ?? 0) >= JUNK.length - bound); // prettier-ignore
    assert.deepEqual(errors, []);
  });

  it('of commands make no more series than the bound; as verbs of SQL they are one', () => {
    const { context, series, value } = testContext();
    const calls = createCalls(context, 'redis');
    for (const name of JUNK) calls.end(calls.begin(`${name} users`), false);
    assert.equal(Object.keys(series('intelia_db_queries_total')).length, 1);
    for (const name of JUNK) calls.end(calls.beginCommand(name, ''), false);
    const { bound } = catalogue.intelia_db_queries_total.labels.operation;
    assert.equal(Object.keys(series('intelia_db_queries_total')).length, bound + 1);
    assert.ok((value('intelia_otel_dropped_measurements_total', { reason: 'label_limit' }) ?? 0) > 9_000);
  });

  it('of pools make no more series than the bound', () => {
    const { context, series, collect, value, warnings } = testContext();
    // Each costs a look at all before it: few, or the test takes long.
    const pools = JUNK.slice(0, 1_000).map((name) => ({ name }));
    for (const pool of pools) poolTracker(context)(pool, pool.name, { active: () => 1, closed: () => false });
    collect();
    const { bound } = catalogue.intelia_db_connections_active.labels.pool;
    assert.equal(Object.keys(series('intelia_db_connections_active')).length, bound + 1);
    assert.equal(value('intelia_db_connections_active', { pool: 'other' }), pools.length - bound);
    assert.equal(
      value('intelia_otel_dropped_measurements_total', { reason: 'label_limit' }),
      pools.length - bound,
    );
    assert.equal(warnings.length, 1);
  });

  it('of methods make one series of requests', () => {
    const { context, series } = testContext();
    const measure = createRequestMeasure(context);
    for (const method of JUNK) measure(method, '/x', 200, 0);
    assert.deepEqual(series('intelia_http_requests_total'), {
      'method=other,endpoint=/x,status=200': JUNK.length,
    });
  });
});
