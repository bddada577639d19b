import assert from 'node:assert/strict';
import { readDatabaseSpan, type EndedSpan } from '../../src/db/span-event.js';
import { createSpanTap } from '../../src/db/spans.js';
import { createCalls } from '../../src/db/calls.js';
import { testContext } from '../support/context.js';

const span = (attributes: EndedSpan['attributes'], more: Partial<EndedSpan> = {}): EndedSpan => ({
  name: 'span', attributes, status: { code: 0 }, duration: [1, 500_000_000], ...more,
}); // prettier-ignore

/** `system operation table`, in a few words. */
function read(attributes: EndedSpan['attributes'], name = 'span'): string | undefined {
  const event = readDatabaseSpan(span(attributes, { name }));
  return event && `${event.system} ${event.operation} ${event.table}`.trimEnd();
}

describe('readDatabaseSpan', () => {
  it('reads SQL in the old conventions and in the new', () => {
    const text = 'SELECT * FROM "users" WHERE id = $1';
    for (const attributes of [
      { 'db.system': 'postgresql', 'db.statement': text },
      { 'db.system.name': 'postgresql', 'db.query.text': text },
      {
        'db.system': 'postgresql',
        'db.statement': text,
        'db.system.name': 'postgresql',
        'db.query.text': text,
      },
      { 'db.system': 'postgresql', 'db.operation': 'select', 'db.sql.table': 'users' },
      { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.collection.name': 'users' },
      { 'db.system.name': 'postgresql', 'db.query.summary': 'SELECT users' },
    ]) {
      assert.equal(read(attributes), 'postgresql SELECT users', JSON.stringify(attributes));
    }
    assert.equal(
      read({ 'db.system': 'mssql', 'db.statement': 'EXEC p', 'db.sql.table': 't' }),
      'microsoft.sql_server EXECUTE t',
    );
    assert.equal(
      read({ 'db.system': 'mysql', 'db.statement': 'gibberish', 'db.operation': 'secret words' }),
      'mysql OTHER',
    );
  });

  it('reads MongoDB, Redis and others without SQL', () => {
    const mongodb = { 'db.system': 'mongodb', 'db.mongodb.collection': 'users' };
    assert.equal(
      read({ ...mongodb, 'db.operation': 'find', 'db.statement': '{"a":"?"}' }),
      'mongodb find users',
    );
    assert.equal(read({ ...mongodb, 'db.statement': '{"a":"?"}' }, 'mongodb.insert'), 'mongodb insert users');
    assert.equal(
      read({ 'db.system.name': 'mongodb', 'db.operation.name': 'find', 'db.collection.name': 'users' }),
      'mongodb find users',
    );
    assert.equal(read({ 'db.system': 'redis', 'db.statement': 'set key [1 other arguments]' }), 'redis SET');
    assert.equal(read({ 'db.system.name': 'redis', 'db.operation.name': 'HGET' }), 'redis HGET');
    assert.equal(read({ 'db.system': 'redis', 'db.statement': 'blpop queue 0' }), undefined);
    assert.equal(
      read({
        'db.system': 'elasticsearch',
        'db.operation': 'search',
        'db.statement': '{"query":"select 1 from x"}',
      }),
      'elasticsearch search',
    );
    assert.equal(read({ 'db.system': 'dynamodb', 'db.operation': 'PutItem' }), 'aws.dynamodb PutItem');
    assert.equal(
      read({ 'db.system': 'cassandra', 'db.statement': 'SELECT * FROM ks.t' }),
      'cassandra SELECT ks.t',
    );
  });

  it('leaves out what is about no query', () => {
    for (const attributes of [
      {},
      { 'http.request.method': 'GET' },
      { 'db.system': 'postgresql', 'db.name': 'app' },
      { 'db.system': 'redis' },
      { 'db.system': 'mongodb' },
      { 'db.system': 7, 'db.statement': ['SELECT'] },
    ]) {
      assert.equal(read(attributes), undefined, JSON.stringify(attributes));
    }
  });

  it('tells how it ended and how long it took', () => {
    const sql = { 'db.system': 'sqlite', 'db.statement': 'SELECT 1' };
    assert.deepEqual(readDatabaseSpan(span(sql)), {
      system: 'sqlite', operation: 'SELECT', table: '', failed: false, duration: 1.5,
    }); // prettier-ignore
    assert.equal(readDatabaseSpan(span(sql, { status: { code: 2 } }))?.failed, true);
    assert.equal(readDatabaseSpan(span({ ...sql, 'error.type': '42P01' }))?.failed, true);
    assert.equal(readDatabaseSpan(span(sql, { status: { code: 1 } }))?.failed, false);
  });
});

describe('createSpanTap', () => {
  function tapped() {
    const test = testContext();
    const tap = createSpanTap(test.context);
    let ids = 0;
    /** Ends a span of `scope` with this text; gives its id. */
    const end = (scope: string, text: string | undefined, parent?: string, id = `span-${++ids}`, system = 'mysql'): string => {
      tap({
        ...span(text === undefined ? {} : { 'db.system': system, 'db.statement': text }),
        spanContext: () => ({ spanId: id }),
        instrumentationScope: { name: scope },
        ...(parent !== undefined && { parentSpanContext: { spanId: parent } }),
      });
      return id;
    }; // prettier-ignore
    return { ...test, end, total: () => test.value('intelia_db_queries_total') ?? 0 };
  }
  const MYSQL2 = '@opentelemetry/instrumentation-mysql2';

  it('counts the innermost of spans within each other, whoever stands between', () => {
    const { end, total } = tapped();
    end('my-database', 'SELECT 1', 'between');
    end('app', undefined, 'orm', 'between');
    end('my-orm', 'SELECT 1', 'request', 'orm');
    end('http', undefined, undefined, 'request');
    assert.equal(total(), 1);
    end('my-orm', 'SELECT 1');
    assert.equal(total(), 2);
  });

  it('leaves a driver to the hook that has seen it, and ORMs over it', () => {
    const { end, total, context } = tapped();
    end(MYSQL2, 'SELECT 1');
    assert.equal(total(), 1);
    createCalls(context, 'mysql2').begin('SELECT 1');
    end(MYSQL2, 'SELECT 1');
    end('@opentelemetry/instrumentation-knex', 'SELECT 1');
    assert.equal(total(), 1);
    // Other drivers are none of its business.
    end('@opentelemetry/instrumentation-mysql', 'SELECT 1');
    end('prisma', 'SELECT 1', undefined, undefined, 'postgresql');
    assert.equal(total(), 3);
  });

  it("leaves ORMs out where a driver's instrumentation tells of the same calls, nested or not", () => {
    const { end, total } = tapped();
    end(MYSQL2, 'SELECT 1');
    end('@opentelemetry/instrumentation-knex', 'SELECT 1');
    end('mikro-orm', 'SELECT 1', undefined, undefined, 'mariadb');
    assert.equal(total(), 1);
  });

  it('remembers no more spans than it must', () => {
    const { end, total } = tapped();
    for (let i = 0; i < 30_000; i++) end('my-database', 'SELECT 1', `open-${i}`);
    end('my-orm', 'SELECT 1', undefined, 'open-29999');
    assert.equal(total(), 30_000);
    end('my-orm', 'SELECT 1', undefined, 'open-0');
    assert.equal(total(), 30_001);
  });
});
