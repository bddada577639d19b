/** Recording through the registry: exact totals, whatever is given. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { HistogramCell } from '../../src/metrics/cell.js';
import { MAX_LABEL_LENGTH } from '../../src/metrics/labels.js';
import { testContext } from '../support/context.js';

const DROPPED = 'intelia_otel_dropped_measurements_total';
type Emit = (name: string, value: unknown, labels?: unknown) => void;

/** Emits as JavaScript may, and tells what was dropped. */
function loose() {
  const t = testContext();
  return { ...t, emit: t.registry.emit as unknown as Emit, dropped: () => t.series(DROPPED) };
}

const VALUES: [name: string, value: unknown, reason: string][] = [
  ['NaN', NaN, 'not_a_number'],
  ['Infinity', Infinity, 'not_a_number'],
  ['-Infinity', -Infinity, 'negative'],
  ['a negative number', -1, 'negative'],
  ['a number that would overflow the total', 1e300, 'not_a_number'],
  ['a string', '1', 'not_a_number'],
  ['a BigInt', 1n, 'not_a_number'],
  ['a symbol', Symbol('1'), 'not_a_number'],
  ['true', true, 'not_a_number'],
  ['null', null, 'not_a_number'],
  ['undefined', undefined, 'not_a_number'],
  ['an array', [1], 'not_a_number'],
  ['an object', { valueOf: () => assert.fail('the caller’s code was called') }, 'not_a_number'],
];
const QUESTION = { source: 'web', language: 'fr' };
const QUERY = { operation: 'SELECT', table: 'users' };

describe('a counter', () => {
  it('adds up, by labels', () => {
    const { emit, series } = loose();
    emit('intelia_questions_total', 1, QUESTION);
    emit('intelia_questions_total', 2, { language: 'fr', source: 'web', more: 'ignored' });
    emit('intelia_questions_total', 0.5, { source: 'web', language: 'en' });
    emit('intelia_questions_total', 0, { source: 'app', language: 'en' });
    assert.deepEqual(series('intelia_questions_total'), {
      'source=web,language=fr': 3,
      'source=web,language=en': 0.5,
      'source=app,language=en': 0,
    });
  });

  for (const [name, value, reason] of VALUES) {
    it(`drops ${name}, and counts that`, () => {
      const { emit, value: read, dropped, series } = loose();
      emit('intelia_questions_total', 1, QUESTION);
      emit('intelia_questions_total', value, QUESTION);
      emit('intelia_questions_total', value, { source: 'never seen' });
      assert.equal(read('intelia_questions_total'), 1);
      assert.equal(
        Object.keys(series('intelia_questions_total')).length,
        1,
        'a dropped value makes no series',
      );
      assert.deepEqual(dropped(), { [`reason=${reason}`]: 2 });
    });
  }

  it('cannot be driven to Infinity', () => {
    const { emit, value } = loose();
    for (let i = 0; i < 1000; i++) emit('intelia_revenue_usd_total', 9e289, { plan: 'pro' });
    assert.ok(Number.isFinite(value('intelia_revenue_usd_total')));
  });
});

describe('a histogram', () => {
  const NAME = 'intelia_db_query_duration_seconds';

  it('puts a value that equals a bound into that bound’s bucket', () => {
    const { emit, registry } = loose();
    const family = registry.families[NAME];
    const bounds = family.spec.buckets ?? [];
    for (const bound of bounds) emit(NAME, bound, QUERY);
    const { counts, count, sum } = family.cells[0] as HistogramCell;
    assert.deepEqual(counts, [...bounds.map(() => 1), 0]);
    assert.equal(count, bounds.length);
    assert.equal(sum, bounds.reduce((a, b) => a + b, 0)); // prettier-ignore
  });

  it('counts what lies just above a bound in the next bucket, and above all in the last', () => {
    const { emit, registry } = loose();
    const family = registry.families[NAME];
    const bounds = family.spec.buckets ?? [];
    emit(NAME, 0, QUERY);
    for (const bound of bounds) emit(NAME, bound * (1 + 1e-12), QUERY);
    emit(NAME, 1e9, QUERY);
    const { counts } = family.cells[0] as HistogramCell;
    assert.deepEqual(counts, [1, ...bounds.slice(1).map(() => 1), 2]);
  });

  for (const [name, value, reason] of VALUES) {
    it(`drops ${name}, and counts that`, () => {
      const { emit, sum, value: count, dropped } = loose();
      emit(NAME, 0.25, QUERY);
      emit(NAME, value, QUERY);
      assert.equal(count(NAME), 1);
      assert.equal(sum(NAME), 0.25);
      assert.deepEqual(dropped(), { [`reason=${reason}`]: 1 });
    });
  }
});

describe('labels that harm', () => {
  const read = (): never => {
    throw new Error('the caller’s own');
  };
  const harmful: [name: string, labels: unknown][] = [
    ['no labels at all', undefined],
    ['null', null],
    ['a getter that throws', Object.defineProperty({}, 'source', { get: read })],
    ['a proxy that throws', new Proxy({}, { get: read })],
    ['a revoked proxy', revoked()],
  ];
  for (const [name, labels] of harmful) {
    it(`${name}: one bad call, nothing thrown`, () => {
      const { emit, series, dropped, errors } = loose();
      emit('intelia_questions_total', 1, labels);
      emit('intelia_questions_total', 1, labels);
      assert.deepEqual(series('intelia_questions_total'), {});
      assert.deepEqual(dropped(), { 'reason=bad_call': 2 });
      assert.deepEqual(errors, []);
    });
  }

  it('a metric that does not exist is a bad call too', () => {
    const { emit, dropped } = loose();
    for (const name of ['intelia_nothing', '__proto__', 'constructor', 'toString']) emit(name, 1, {});
    assert.deepEqual(dropped(), { 'reason=bad_call': 4 });
  });

  it('a proxy that answers otherwise each time stays within the bounds', () => {
    const { emit, series } = loose();
    let n = 0;
    const labels = new Proxy({}, { get: () => `v${n++}` });
    for (let i = 0; i < 1000; i++) emit('intelia_revenue_usd_total', 1, labels);
    assert.equal(Object.keys(series('intelia_revenue_usd_total')).length, 51);
  });

  it('labels of all types, left out or null, land in the series of their text', () => {
    const { emit, series, dropped } = loose();
    const request = { method: 'GET', endpoint: '/a' };
    for (const status of [200, '200', 200n, 404, undefined, null, 'unknown', 200, 200n, null]) {
      emit('intelia_http_requests_total', 1, { ...request, status });
    }
    assert.deepEqual(series('intelia_http_requests_total'), {
      'method=GET,endpoint=/a,status=200': 5,
      'method=GET,endpoint=/a,status=404': 1,
      'method=GET,endpoint=/a,status=unknown': 4,
    });
    assert.deepEqual(dropped(), {});
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('bounds', () => {
  it('keep 10,000 junk models at 101 series, lose no measurement, and count every one moved', () => {
    const { emit, value, series, dropped, warnings } = loose();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 10_000; i++) emit('intelia_llm_cached_tokens_total', 3, { model: `junk-${i}` });
    }
    assert.equal(Object.keys(series('intelia_llm_cached_tokens_total')).length, 101);
    assert.equal(value('intelia_llm_cached_tokens_total'), 60_000);
    assert.equal(value('intelia_llm_cached_tokens_total', { model: 'other' }), 2 * 9_900 * 3);
    assert.deepEqual(dropped(), { 'reason=label_limit': 2 * 9_900 });
    assert.equal(warnings.length, 1);
  });

  it('fold what is past the limit of a metric’s series into other, keeping closed labels apart', () => {
    const { emit, value, registry, dropped } = loose();
    // 60 models × 50 features are within their own bounds, but more than the 2,000 series of a metric.
    for (let m = 0; m < 60; m++) {
      for (let f = 0; f < 50; f++)
        emit('intelia_llm_cost_usd_total', 1, { model: `m${m}`, feature: `f${f}` });
    }
    assert.equal(registry.families.intelia_llm_cost_usd_total.cells.length, 2_001);
    assert.equal(value('intelia_llm_cost_usd_total'), 3_000);
    assert.equal(value('intelia_llm_cost_usd_total', { model: 'other', feature: 'other' }), 1_000);
    assert.deepEqual(dropped(), { 'reason=series_limit': 1_000 });

    for (let i = 0; i < 10_000; i++) {
      const labels = { operation: `op${i % 40}`, table: `t${i % 193}`, status: ['success', 'error'][i % 2] };
      emit('intelia_db_queries_total', 1, labels);
    }
    assert.equal(registry.families.intelia_db_queries_total.cells.length, 2_002);
    assert.equal(value('intelia_db_queries_total'), 10_000);
    assert.equal(value('intelia_db_queries_total', { status: 'success' }), 5_000);
  });

  it('hold nothing of a 10 MB string, nor of the text a short one was cut from', () => {
    const { emit, series } = loose();
    const before = heapUsed();
    for (let i = 0; i < 40; i++) {
      const text = `${i}${'0123456789'.repeat(1_000_000)}`;
      emit('intelia_revenue_usd_total', 1, { plan: text });
      emit('intelia_questions_total', 1, { source: text.slice(0, 40), language: 200 });
    }
    assert.equal(Object.keys(series('intelia_revenue_usd_total')).length, 40);
    assert.ok(
      Object.keys(series('intelia_revenue_usd_total')).every((s) => s.length === MAX_LABEL_LENGTH + 5),
    );
    const kept = heapUsed() - before;
    assert.ok(kept < 15e6, `${kept} bytes kept of 400 MB`);
  });
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('gauges', () => {
  it('hold a number set once at every later collection', () => {
    const { emit, collect, value } = loose();
    assert.equal(value('intelia_active_users'), undefined);
    emit('intelia_active_users', 7, {});
    for (let i = 0; i < 3; i++) {
      collect();
      assert.equal(value('intelia_active_users'), 7);
    }
    emit('intelia_active_users', NaN, {});
    collect();
    assert.equal(value('intelia_active_users'), 7);
  });

  it('show an observed value only in the collection that set it', () => {
    const { registry, collect, series } = loose();
    let pools = ['a', 'b'];
    const stop = registry.observe('intelia_db_connections_active', (set) => {
      for (const pool of pools) set(1, { pool });
    });
    collect();
    assert.deepEqual(series('intelia_db_connections_active'), { 'pool=a': 1, 'pool=b': 1 });
    pools = ['b'];
    collect();
    assert.deepEqual(series('intelia_db_connections_active'), { 'pool=b': 1 });
    stop();
    collect();
    assert.deepEqual(series('intelia_db_connections_active'), {});
  });

  it('keep going when an observer throws, and count it', () => {
    const { registry, collect, value, errors } = loose();
    registry.observe('intelia_uptime_seconds', () => {
      throw new Error('the observer’s own');
    });
    registry.observe('intelia_uptime_seconds', (set) => set(5, {}));
    registry.observe('intelia_active_users', (set) => {
      set(1, {});
      throw new Error('after setting');
    });
    collect();
    assert.equal(value('intelia_uptime_seconds'), 5);
    assert.equal(value('intelia_active_users'), 1);
    assert.deepEqual(errors, ['observe intelia_uptime_seconds', 'observe intelia_active_users']);
  });

  it('drop what is not a finite number', () => {
    const { registry, collect, value, dropped } = loose();
    const bad = [NaN, Infinity, '5', 5n, undefined, null, {}] as number[];
    registry.observe('intelia_uptime_seconds', (set) => bad.forEach((each) => set(each, {})));
    collect();
    assert.equal(value('intelia_uptime_seconds'), undefined);
    assert.deepEqual(dropped(), { 'reason=not_a_number': bad.length });
  });
});

describe('any sequence of records', () => {
  const text = fc.oneof(fc.constantFrom('a', 'b', 'c', 'other', 'unknown', '__proto__', '1'), fc.string());
  const label = fc.oneof({ weight: 4, arbitrary: text }, fc.anything({ withBigInt: true }));
  const amount = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 1000 }) }, fc.anything({ withBigInt: true })); // prettier-ignore
  const record = fc.record({ amount, a: label, b: label });

  it('adds up to what was recorded, in counters and histograms, within the bounds', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 200 }), (records) => {
        const { emit, value, sum, series, errors, dropped, registry } = loose();
        const good = records
          .map((r) => r.amount)
          .filter((n) => typeof n === 'number' && n >= 0 && n < 1e290) as number[];
        const total = good.reduce((x, y) => x + y, 0);
        for (const { amount: n, a, b } of records) {
          emit('intelia_questions_total', n, { source: a, language: b });
          emit('intelia_llm_request_duration_seconds', n, { model: a, feature: b });
        }
        const close = (x: number | undefined) => Math.abs((x ?? 0) - total) <= total * 1e-9;
        assert.ok(close(value('intelia_questions_total')));
        assert.ok(close(sum('intelia_llm_request_duration_seconds')));
        assert.equal(value('intelia_llm_request_duration_seconds') ?? 0, good.length);
        for (const cell of registry.families.intelia_llm_request_duration_seconds.cells) {
          const { counts, count } = cell as HistogramCell;
          assert.equal(counts.reduce((x, y) => x + y, 0), count); // prettier-ignore
        }
        assert.ok(Object.keys(series('intelia_questions_total')).length <= 51 * 51);
        const refused = (dropped()['reason=negative'] ?? 0) + (dropped()['reason=not_a_number'] ?? 0);
        assert.equal(refused, 2 * (records.length - good.length));
        assert.deepEqual(errors, []);
      }),
    );
  });
});
