import assert from 'node:assert/strict';
import { backoffMs } from '../../src/export/run.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { closePushes, testPush, until } from '../support/push.js';

const QUESTIONS = 'intelia_questions_total';
const web = { source: 'web', language: 'fr' };

describe('a push', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => (receiver = await startOtlpReceiver()));
  afterEach(async () => {
    receiver.answer();
    await closePushes();
    await receiver.close();
  });
  const env = (more: Record<string, string> = {}) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...more });
  const asked = (answer: number): (() => boolean) => {
    const before = receiver.requests.length;
    return () => receiver.requests.length >= before + answer;
  };

  for (const protocol of ['http/protobuf', 'http/json']) {
    for (const compression of ['none', 'gzip']) {
      it(`delivers every kind of metric exactly (${protocol}, ${compression})`, async () => {
        const { push, test, failures } = testPush(
          env({ OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_COMPRESSION: compression }),
        );
        const { emit } = test.context;
        emit(QUESTIONS, 2, web);
        emit('intelia_llm_cost_usd_total', 0.0125, { model: 'gpt-4o', feature: 'chat' });
        emit('intelia_active_users', 7, {});
        emit('intelia_http_request_duration_seconds', 0.03, { method: 'GET', endpoint: '/é' });
        emit('intelia_http_request_duration_seconds', 100, { method: 'GET', endpoint: '/é' });
        assert.equal(await push.flush(), true);

        const [request] = receiver.requests;
        assert.equal(request?.path, '/v1/metrics');
        assert.equal(request?.method, 'POST');
        assert.deepEqual(request?.resource, { 'service.name': 'test' });
        assert.equal(request?.headers['content-encoding'], compression === 'gzip' ? 'gzip' : undefined);
        assert.equal(receiver.total(QUESTIONS, web), 2);
        assert.equal(
          receiver.total('intelia_llm_cost_usd_total', { model: 'gpt-4o', feature: 'chat' }),
          0.0125,
        );
        assert.equal(receiver.total('intelia_active_users'), 7);
        const duration =
          receiver.totals()['intelia_http_request_duration_seconds{endpoint="/é",method="GET"}'];
        assert.equal(duration?.value, 2);
        assert.equal(duration?.sum, 100.03);
        assert.deepEqual(duration?.bounds, [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
        assert.deepEqual(duration?.counts, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        const counter = receiver.totals()[`${QUESTIONS}{language="fr",source="web"}`];
        assert.deepEqual(
          {
            kind: counter?.kind,
            unit: counter?.unit,
            monotonic: counter?.monotonic,
            cumulative: counter?.cumulative,
          },
          { kind: 'sum', unit: '{question}', monotonic: true, cumulative: true },
        );
        assert.deepEqual(failures(), {});
        assert.deepEqual([test.warnings, test.errors], [[], []]);
      });
    }
  }

  it('shows a new series as 0 first, until the backend has answered', async () => {
    const { push, test } = testPush(env());
    test.context.emit(QUESTIONS, 5, web);
    receiver.answer({ status: 401 }, { status: 200 });
    await push.flush();
    await push.flush();
    test.context.emit(QUESTIONS, 1, web);
    await push.flush();
    const values = receiver.requests.map(({ points }) =>
      points.filter(({ name }) => name === QUESTIONS).map(({ value }) => value),
    );
    assert.deepEqual(values, [[0, 5], [0, 5], [6]]);
  });

  it('goes every interval over one connection, one at a time', async () => {
    const { push, test, time } = testPush(env({ OTEL_METRIC_EXPORT_INTERVAL: '5000' }));
    for (let i = 1; i <= 3; i++) {
      test.context.emit(QUESTIONS, 1, web);
      time.advance(5000);
      await until(() => receiver.total(QUESTIONS, web) === i);
      await push.flush();
    }
    assert.equal(receiver.requests.length, 6);
    receiver.answer('hang');
    const isAsked = asked(1);
    time.advance(5000);
    await until(isAsked);
    time.advance(20_000);
    assert.equal(receiver.requests.length, 7);
    assert.equal(receiver.mostOpen, 1);
    assert.deepEqual([...new Set(receiver.requests.map(({ connection }) => connection))], [1]);
  });

  it('needs nothing of a backend that is away for ten minutes, and tells it all when it is back', async () => {
    const { push, test, time, failures } = testPush(
      env({ OTEL_METRIC_EXPORT_INTERVAL: '60000', OTEL_METRIC_EXPORT_TIMEOUT: '500' }),
    );
    receiver.answer({ status: 503 });
    for (let minute = 1; minute <= 10; minute++) {
      for (let i = 0; i < 60; i++) test.context.emit(QUESTIONS, 1, web);
      time.advance(60_000);
      await until(() => failures()['server_error'] === minute && time.pending() === 1);
    }
    receiver.answer({ status: 200 });
    assert.equal(await push.flush(), true);
    assert.equal(receiver.total(QUESTIONS, web), 600);
    assert.equal(receiver.requests.length, 11);
    // Each body holds the totals of its moment, not those that were not delivered before.
    const sizes = receiver.requests.map(({ points }) => points.length);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 2, String(sizes));
    assert.equal(test.warnings.length, 1);
  });

  it('tries five times more within its time, and then leaves it to the next', async () => {
    const { push, test, time } = testPush(env({ OTEL_METRIC_EXPORT_TIMEOUT: '60000' }));
    test.context.emit(QUESTIONS, 1, web);
    receiver.answer({ status: 502 });
    const flushed = push.flush();
    for (let tries = 1; tries <= 5; tries++) {
      await receiver.received(tries);
      await until(() => time.pending() === 3); // interval, hold, wait
      time.advance(6_000);
    }
    assert.equal(await flushed, false);
    assert.equal(receiver.requests.length, 6);
  });

  it('waits 1, 1.5, 2.25, 3.4, 5 s, give or take a fifth', () => {
    for (const [retry, seconds] of [1, 1.5, 2.25, 3.375, 5].entries()) {
      for (let i = 0; i < 100; i++) {
        const ms = backoffMs(retry);
        assert.ok(ms >= seconds * 800 && ms <= Math.min(seconds * 1200, 5000), `${retry}: ${ms}`);
      }
    }
  });

  it('waits as long as Retry-After says, in seconds or until a date', async () => {
    const { push, test, time } = testPush(env());
    test.context.emit(QUESTIONS, 1, web);
    const date = new Date(time.nowMs() + 12_000).toUTCString();
    receiver.answer(
      { status: 429, headers: { 'Retry-After': '7' } },
      { status: 503, headers: { 'Retry-After': date } },
      { status: 200 },
    );
    const flushed = push.flush();
    await receiver.received(1);
    await until(() => time.pending() === 3); // interval, hold, wait
    time.advance(6_999);
    assert.equal(receiver.requests.length, 1);
    time.advance(1);
    await receiver.received(2);
    await until(() => time.pending() === 3);
    time.advance(4_999);
    assert.equal(receiver.requests.length, 2);
    time.advance(1);
    assert.equal(await flushed, true);
    assert.equal(receiver.requests.length, 3);
  });

  it('sends nothing by itself until a Retry-After beyond its time is over', async () => {
    const { test, time } = testPush(
      env({ OTEL_METRIC_EXPORT_INTERVAL: '10000', OTEL_METRIC_EXPORT_TIMEOUT: '5000' }),
    );
    test.context.emit(QUESTIONS, 1, web);
    receiver.answer({ status: 429, headers: { 'Retry-After': '35' } }, { status: 200 });
    time.advance(10_000);
    await until(() => test.warnings.length === 1);
    time.advance(30_000);
    assert.equal(receiver.requests.length, 1);
    time.advance(10_000);
    await until(() => receiver.total(QUESTIONS, web) === 1);
    assert.match(test.warnings[0] ?? '', /429, rate limited \(Retry-After: 35\)/);
  });

  it('flushes the totals of now while an earlier push waits for its next try', async () => {
    const { push, test } = testPush(env());
    test.context.emit(QUESTIONS, 1, web);
    receiver.answer({ status: 503 }, { status: 200 });
    const first = push.flush();
    await receiver.received(1);
    test.context.emit(QUESTIONS, 1, web);
    assert.equal(await push.flush(), true);
    assert.equal(await first, false);
    assert.equal(receiver.total(QUESTIONS, web), 2);
  });

  it('cuts off a push that hangs after half of the time of a flush', async () => {
    const { push, test, time, failures } = testPush(env());
    test.context.emit(QUESTIONS, 1, web);
    receiver.answer('hang', { status: 200 });
    const first = push.flush();
    await receiver.received(1);
    const second = push.flush(2000);
    time.advance(999);
    assert.equal(receiver.requests.length, 1);
    time.advance(1);
    assert.deepEqual(await Promise.all([first, second]), [false, true]);
    assert.equal(receiver.total(QUESTIONS, web), 1);
    assert.deepEqual(failures(), { timeout: 1 });
  });

  it('lets two flushes at once follow each other', async () => {
    const { push, test } = testPush(env());
    test.context.emit(QUESTIONS, 1, web);
    assert.deepEqual(await Promise.all([push.flush(), push.flush(), push.flush()]), [true, true, true]);
    assert.deepEqual([receiver.requests.length, receiver.mostOpen], [3, 1]);
  });

  it('sends the cells alone when the callback of a foreign instrument does not end', async () => {
    const { push, test, time, reader } = testPush(env());
    test.context.emit(QUESTIONS, 1, web);
    const gauge = reader.foreignProvider().getMeter('app').createObservableGauge('queue_length');
    gauge.addCallback(() => new Promise(() => {}));
    const flushed = push.flush(2000);
    time.advance(500);
    assert.equal(await flushed, true);
    assert.equal(receiver.total(QUESTIONS, web), 1);
  });

  it('carries what the application records with meters of its own', async () => {
    const { push, test, reader } = testPush(env());
    test.context.emit(QUESTIONS, 1, web);
    reader
      .foreignProvider()
      .getMeter('app')
      .createCounter('jobs', { unit: '{job}' })
      .add(3, { kind: 'mail' });
    await push.flush();
    assert.equal(receiver.total('jobs', { kind: 'mail' }), 3);
    assert.equal(receiver.total(QUESTIONS, web), 1);
  });

  it('takes a new connection when the backend has closed the idle one, without a failure', async () => {
    const { push, test, failures } = testPush(env());
    for (let i = 1; i <= 3; i++) {
      test.context.emit(QUESTIONS, 1, web);
      receiver.answer({ status: 200, headers: i === 2 ? { Connection: 'close' } : {} });
      assert.equal(await push.flush(), true);
    }
    assert.deepEqual(
      receiver.requests.map(({ connection }) => connection),
      [1, 1, 2],
    );
    assert.deepEqual(failures(), {});
  });

  it('stops with shutdown, which sends what is left', async () => {
    const { push, test, time } = testPush(env());
    test.context.emit(QUESTIONS, 1, web);
    assert.equal(await push.shutdown(), true);
    assert.equal(receiver.total(QUESTIONS, web), 1);
    time.advance(600_000);
    assert.deepEqual([time.pending(), receiver.requests.length], [0, 1]);
  });
});
