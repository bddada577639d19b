import assert from 'node:assert/strict';
import { ValueType, type ObservableResult } from '@opentelemetry/api';
import { createProvider } from '../../src/metrics/provider.js';
import { createReader } from '../../src/export/reader.js';
import { testContext } from '../support/context.js';

function setUp() {
  const test = testContext();
  const reader = createReader({
    registry: test.registry,
    attributes: { 'service.name': 'meter-test' },
    nowMs: () => 1_700_000_060_000,
  });
  const provider = createProvider({
    registry: test.registry,
    foreign: () => reader.foreignProvider(),
    warn: (key, line) => test.context.log.warnOnce(key, line),
  });
  return { ...test, reader, provider, meter: provider.getMeter('intelia') };
}

describe('the catalogue’s OTel meter', () => {
  it('lands in the same cells as emit', () => {
    const { meter, registry, value } = setUp();
    const questions = meter.createCounter('intelia_questions_total', {
      unit: '{question}',
      valueType: ValueType.INT,
    });
    questions.add(2, { source: 'web', language: 'fr' });
    registry.emit('intelia_questions_total', 3, { source: 'web', language: 'fr' });
    assert.equal(value('intelia_questions_total'), 5);
  });

  it('records histograms and gauges', () => {
    const { meter, value, sum } = setUp();
    meter
      .createHistogram('intelia_db_query_duration_seconds')
      .record(0.25, { operation: 'SELECT', table: 'users' });
    meter.createGauge('intelia_active_users').record(7);
    assert.equal(value('intelia_db_query_duration_seconds', { operation: 'SELECT', table: 'users' }), 1);
    assert.equal(sum('intelia_db_query_duration_seconds'), 0.25);
    assert.equal(value('intelia_active_users'), 7);
  });

  it('asks observable gauges at each collection, and no more once their callback is removed', () => {
    const { meter, collect, series } = setUp();
    const pools = meter.createObservableGauge('intelia_db_connections_active');
    let active = 3;
    const callback = (result: ObservableResult): void => result.observe(active, { pool: 'main' });
    pools.addCallback(callback);
    pools.addCallback(callback);
    collect();
    assert.deepEqual(series('intelia_db_connections_active'), { 'pool=main': 3 });
    active = 5;
    collect();
    assert.deepEqual(series('intelia_db_connections_active'), { 'pool=main': 5 });
    pools.removeCallback(callback);
    collect();
    assert.deepEqual(series('intelia_db_connections_active'), {});
  });

  it('takes batch callbacks over ours and theirs', async () => {
    const { meter, reader, value } = setUp();
    const ours = meter.createObservableGauge('intelia_active_users');
    const theirs = meter.createObservableGauge('queue_depth');
    meter.addBatchObservableCallback(
      (result) => {
        result.observe(ours, 11);
        result.observe(theirs, 4);
      },
      [ours, theirs],
    );
    const { metrics } = await reader.collect();
    assert.equal(value('intelia_active_users'), 11);
    const names = metrics.scopeMetrics.flatMap((scope) =>
      scope.metrics.map((metric) => metric.descriptor.name),
    );
    assert.ok(names.includes('queue_depth'));
    assert.equal(names.filter((name) => name === 'intelia_active_users').length, 1);
  });

  it('keeps what an async callback sets, and a rejection from the host', async () => {
    const { meter, collect, value } = setUp();
    const users = meter.createObservableGauge('intelia_active_users');
    users.addCallback(async (result) => {
      await Promise.resolve();
      result.observe(9);
      throw new Error('no');
    });
    collect();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(value('intelia_active_users'), 9);
    assert.equal(value('intelia_otel_dropped_measurements_total', { reason: 'bad_call' }), 1);
  });

  it('is silent for an instrument of another kind by a catalogue name, and says so once', () => {
    const { meter, warnings, value } = setUp();
    meter.createHistogram('intelia_questions_total').record(1, { source: 'web', language: 'fr' });
    meter.createUpDownCounter('intelia_questions_total').add(1);
    assert.equal(value('intelia_questions_total'), undefined);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /intelia_questions_total is a counter of the catalogue/);
  });

  it('sends every other instrument and meter through the SDK, beside the cells', async () => {
    const { meter, provider, registry, reader } = setUp();
    meter.createCounter('own_jobs_total').add(4, { queue: 'mail' });
    provider.getMeter('some-library').createUpDownCounter('in_flight').add(2);
    registry.emit('intelia_revenue_usd_total', 49, { plan: 'pro' });
    const { metrics } = await reader.collect();
    const values = Object.fromEntries(
      metrics.scopeMetrics.flatMap((scope) =>
        scope.metrics.map((metric) => [metric.descriptor.name, metric.dataPoints.at(-1)?.value]),
      ),
    );
    assert.deepEqual(values, { own_jobs_total: 4, in_flight: 2, intelia_revenue_usd_total: 49 });
    const foreign = await reader.collectForeign();
    assert.deepEqual(
      foreign?.scopeMetrics.flatMap((scope) => scope.metrics.map((metric) => metric.descriptor.name)).sort(),
      ['in_flight', 'own_jobs_total'],
    );
  });

  it('does not mix up a pull and a push that collect at the same time', async () => {
    const { provider, registry, reader } = setUp();
    provider.getMeter('some-library').createCounter('jobs').add(1);
    registry.emit('intelia_revenue_usd_total', 49, { plan: 'pro' });
    const [pushed, pulled] = await Promise.all([reader.collect(), reader.collectForeign()]);
    assert.deepEqual(
      pushed.metrics.scopeMetrics.map((scope) => scope.scope.name),
      ['some-library', 'intelia'],
    );
    assert.deepEqual(
      pulled?.scopeMetrics.map((scope) => scope.scope.name),
      ['some-library'],
    );
  });
});

describe('the cells as metric data', () => {
  it('sends a new series as its zero and its value until the backend has answered', async () => {
    const { registry, reader } = setUp();
    registry.emit('intelia_questions_total', 3, { source: 'web', language: 'fr' });
    const points = async () =>
      (await reader.collect()).metrics.scopeMetrics[0]?.metrics[0]?.dataPoints.map((point) => point.value);
    assert.deepEqual(await points(), [0, 3]);
    const snapshot = await reader.collect();
    assert.deepEqual(await points(), [0, 3]);
    snapshot.delivered();
    assert.deepEqual(await points(), [3]);
  });

  it('puts the zero before the value, at the time of birth', async () => {
    const { registry, reader, advance } = setUp();
    advance(30);
    registry.emit('intelia_questions_total', 1, { source: 'web', language: 'fr' });
    const [zero, value] = (await reader.collect()).metrics.scopeMetrics[0]?.metrics[0]?.dataPoints ?? [];
    assert.deepEqual(zero?.startTime, [1_700_000_000, 0]);
    assert.deepEqual(zero?.endTime, [1_700_000_030, 0]);
    assert.deepEqual(value?.endTime, [1_700_000_060, 0]);
  });

  it('leaves a gauge alone', async () => {
    const { registry, reader } = setUp();
    registry.emit('intelia_active_users', 5, {});
    assert.deepEqual(
      (await reader.collect()).metrics.scopeMetrics[0]?.metrics[0]?.dataPoints.map((point) => point.value),
      [5],
    );
  });
});
