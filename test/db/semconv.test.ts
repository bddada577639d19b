/** OTel's database metrics: what they are of our events, and of the pools. */
import assert from 'node:assert/strict';
import { catalogue } from '../../src/catalogue/catalogue.js';
import { createCalls } from '../../src/db/calls.js';
import type { DatabaseEvent } from '../../src/db/events.js';
import { poolTracker } from '../../src/db/pools.js';
import { createDbMeasure, DB_METRICS, hookDbSemconv } from '../../src/db/semconv.js';
import { createReader } from '../../src/export/reader.js';
import { testContext } from '../support/context.js';

const DURATION = 'db.client.operation.duration';
type Emitted = [name: string, value: number, attributes: Record<string, string>];

const event = (of: Partial<DatabaseEvent>): DatabaseEvent => ({
  system: 'postgresql', operation: 'SELECT', table: 'users', failed: false, duration: 0.25, ...of,
}); // prettier-ignore

function measured(...events: Partial<DatabaseEvent>[]): Emitted[] {
  const emitted: Emitted[] = [];
  const measure = createDbMeasure((...given) => void emitted.push(given));
  for (const each of events) measure(event(each));
  return emitted;
}

describe('createDbMeasure', () => {
  it('has the attributes of the convention, and none for what is not known', () => {
    assert.deepEqual(measured({}, { failed: true, table: '' }, { operation: 'OTHER', table: '' }), [
      [
        DURATION,
        0.25,
        { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.collection.name': 'users' },
      ],
      [
        DURATION,
        0.25,
        { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'error.type': '_OTHER' },
      ],
      [DURATION, 0.25, { 'db.system.name': 'postgresql' }],
    ]);
  });

  it('bounds tables and operations as our own metrics do', () => {
    const { table, operation } = catalogue.intelia_db_queries_total.labels;
    const emitted = measured(
      ...Array.from({ length: 5_000 }, (_, i) => ({ table: `t${i}`, operation: `o${i}` })),
      { table: 't0', operation: 'o0' },
    );
    const values = (key: string) => new Set(emitted.map(([, , attributes]) => attributes[key]));
    assert.equal(values('db.collection.name').size, table.bound + 1);
    assert.equal(values('db.operation.name').size, operation.bound + 1);
    const [first, past, again] = [emitted[0], emitted[4_999], emitted.at(-1)];
    assert.deepEqual(first?.[2], again?.[2]);
    assert.equal(past?.[2]['db.collection.name'], '_OTHER');
  });
});

describe('hookDbSemconv', () => {
  it("records each driver's calls under its database, and reads the pools at each collection", async () => {
    const test = testContext();
    const { context, registry, errors } = test;
    const reader = createReader({ registry, attributes: {}, nowMs: Date.now });
    hookDbSemconv(context, reader.foreignProvider(), { name: 't', version: '1' });
    const pool = { active: 3, idle: 2, closed: false };
    poolTracker(context)(pool, 'db:5432/app', {
      active: (of) => of.active,
      idle: (of) => of.idle,
      closed: (of) => of.closed,
    });
    const quiet = { active: 1 };
    poolTracker(context)(quiet, 'other', { active: (of) => of.active, closed: () => false });
    for (const driver of [
      'pg',
      'mysql2',
      'mariadb',
      'ioredis',
      'mongodb',
      'better-sqlite3',
      'tedious',
      'x',
    ]) {
      const calls = createCalls(context, driver);
      const call = calls.begin('SELECT * FROM t');
      test.advance(0.5);
      calls.end(call, driver === 'pg');
      calls.end(call, true);
    }
    const found = async () => {
      const metrics = await reader.collectForeign();
      return (metrics?.scopeMetrics ?? []).flatMap((scope) => scope.metrics);
    };
    const first = await found();
    const durations = first.find(({ descriptor }) => descriptor.name === DURATION);
    assert.equal(durations?.descriptor.unit, 's');
    assert.deepEqual(
      durations?.dataPoints.map(({ attributes, value }) => [
        attributes['db.system.name'],
        attributes['error.type'],
        (value as { count: number }).count,
        (value as { sum: number }).sum,
      ]),
      [
        ['postgresql', '_OTHER', 1, 0.5], ['mysql', undefined, 1, 0.5], ['mariadb', undefined, 1, 0.5],
        ['redis', undefined, 1, 0.5], ['mongodb', undefined, 1, 0.5], ['sqlite', undefined, 1, 0.5],
        ['microsoft.sql_server', undefined, 1, 0.5], ['other_sql', undefined, 1, 0.5],
      ], // prettier-ignore
    );
    const [point] = durations?.dataPoints ?? [];
    assert.deepEqual(
      (point?.value as { buckets: { boundaries: number[] } }).buckets.boundaries,
      DB_METRICS[DURATION].bounds,
    );
    const connections = (metrics: typeof first) => {
      const one = metrics.find(({ descriptor }) => descriptor.name === 'db.client.connection.count');
      assert.equal(one?.descriptor.unit, '{connection}');
      return one?.dataPoints.map(({ attributes, value }) => {
        return `${attributes['db.client.connection.pool.name']} ${attributes['db.client.connection.state']} ${String(value)}`;
      });
    };
    assert.deepEqual(connections(first), ['db:5432/app used 3', 'db:5432/app idle 2', 'other used 1']);
    Object.assign(pool, { active: 0, closed: true });
    assert.deepEqual(connections(await found()), [
      'db:5432/app used 0',
      'db:5432/app idle 0',
      'other used 1',
    ]);
    // Ours are what they were without.
    assert.equal(test.value('intelia_db_queries_total', { status: 'error' }), 1);
    assert.equal(test.value('intelia_db_queries_total'), 8);
    assert.deepEqual(errors, []);
  });
});
