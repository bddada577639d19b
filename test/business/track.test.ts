/** The manual API over the real measures and prices: exact totals, and nothing thrown whatever it is given. */
import assert from 'node:assert/strict';
import { createTracking, type Tracking } from '../../src/business/track.js';
import { catalogue, type MetricName } from '../../src/catalogue/catalogue.js';
import { createPricer } from '../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../src/llm/prices/table.js';
import { createRecorder } from '../../src/llm/record.js';
import { testContext } from '../support/context.js';

/** The API as JavaScript calls it. */
type Loose = { [K in keyof Tracking]: (...args: unknown[]) => void };
const JULY = Date.UTC(2026, 6, 1);

function tracking() {
  const t = testContext();
  const { emit, observe, guard } = t.context;
  const sources = { loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: new Map(), guard };
  const recordLlm = createRecorder({ emit, guard, pricer: createPricer(sources, () => JULY) });
  const typed = createTracking({ emit, observe, drop: t.registry.drop, recordLlm });
  return { ...t, typed, js: typed as unknown as Loose, all: () => totals(t) };
}

/** Every series there is, by metric: nothing more may have been recorded than what a test names. */
function totals(t: ReturnType<typeof testContext>): Record<string, Record<string, number>> {
  const names = Object.keys(catalogue) as MetricName[];
  const shown = names.map((name) => [name.replace(/^intelia_/, ''), t.series(name)] as const);
  return Object.fromEntries(shown.filter(([, series]) => Object.keys(series).length > 0));
}

describe('trackLlmCall', () => {
  const call = {
    model: 'gpt-4o',
    feature: 'summary',
    promptTokens: 1000,
    completionTokens: 500,
    duration: 2.5,
  };

  it('records tokens, requests, duration and the cost of the price table', () => {
    const { typed, all, sum } = tracking();
    typed.trackLlmCall({ ...call, model: 'gpt-4o-2024-08-06' });
    typed.trackLlmCall(call);
    // https://platform.openai.com/docs/pricing: 2.50 USD in, 10.00 USD out, for a million tokens.
    const cost = 2 * ((1000 * 2.5 + 500 * 10) / 1e6);
    assert.deepEqual(all(), {
      llm_tokens_total: { 'model=gpt-4o,type=prompt': 2000, 'model=gpt-4o,type=completion': 1000 },
      llm_cost_usd_total: { 'model=gpt-4o,feature=summary': cost },
      llm_requests_total: { 'model=gpt-4o,status=success': 2 },
      llm_request_duration_seconds: { 'model=gpt-4o,feature=summary': 2 },
    });
    assert.equal(sum('intelia_llm_request_duration_seconds'), 5);
  });

  it('prices models of other makers by their name', () => {
    const { typed, value } = tracking();
    typed.trackLlmCall({ ...call, model: 'claude-sonnet-4-5' });
    typed.trackLlmCall({ ...call, model: 'mistral-large-2411' });
    assert.equal(
      value('intelia_llm_cost_usd_total', { model: 'claude-sonnet-4-5' }),
      (1000 * 3 + 500 * 15) / 1e6,
    );
    assert.equal(value('intelia_llm_unpriced_requests_total'), undefined);
  });

  it('takes the cost that is given, 0 among them', () => {
    const { typed, value } = tracking();
    typed.trackLlmCall({ ...call, costUsd: 0.015 });
    typed.trackLlmCall({ ...call, costUsd: 0 });
    typed.trackLlmCall({ ...call, costUsd: 1, model: 'a model of our own' });
    assert.equal(value('intelia_llm_cost_usd_total', { model: 'gpt-4o' }), 0.015);
    assert.equal(value('intelia_llm_cost_usd_total', { model: 'a model of our own' }), 1);
  });

  it('says which calls have no price', () => {
    const { typed, all } = tracking();
    typed.trackLlmCall({ ...call, model: 'a model of our own' });
    const { llm_unpriced_requests_total: unpriced, llm_cost_usd_total: cost } = all();
    assert.deepEqual(unpriced, { 'model=a model of our own,reason=unknown_model': 1 });
    assert.equal(cost, undefined);
  });

  it('counts each way to fail, and the error', () => {
    const { typed, all } = tracking();
    for (const status of ['rate_limited', 'timeout', 'cancelled', 'server_error'] as const) {
      typed.trackLlmCall({ ...call, promptTokens: 0, completionTokens: 0, status });
    }
    const { llm_requests_total: requests, errors_total: errors } = all();
    assert.deepEqual(requests, {
      'model=gpt-4o,status=rate_limited': 1,
      'model=gpt-4o,status=timeout': 1,
      'model=gpt-4o,status=cancelled': 1,
      'model=gpt-4o,status=server_error': 1,
    });
    assert.deepEqual(errors, {
      'type=llm_rate_limited,severity=warning': 1,
      'type=llm_timeout,severity=error': 1,
      'type=llm_server_error,severity=error': 1,
    });
  });

  const REQUEST = { 'model=gpt-4o,status=success': 1 };
  const bad: [name: string, fields: object, requests: object, dropped: object, cost?: number][] = [
    ['NaN tokens', { promptTokens: NaN }, REQUEST, { 'reason=not_a_number': 1 }, 0.005],
    ['negative tokens', { completionTokens: -5 }, REQUEST, { 'reason=negative': 1 }, 0.0025],
    ['tokens as text', { promptTokens: '1000', completionTokens: '500' }, REQUEST, { 'reason=not_a_number': 2 }],
    ['BigInt tokens', { promptTokens: 1000n }, REQUEST, { 'reason=not_a_number': 1 }, 0.005],
    ['tokens left out', { promptTokens: undefined, completionTokens: null }, REQUEST, {}],
    ['a negative cost', { costUsd: -1 }, REQUEST, { 'reason=negative': 1 }, 0.0075],
    ['a NaN cost', { costUsd: NaN }, REQUEST, { 'reason=not_a_number': 1 }, 0.0075],
    ['a cost as text', { costUsd: '0.1' }, REQUEST, { 'reason=not_a_number': 1 }, 0.0075],
    ['a cost of null', { costUsd: null }, REQUEST, {}, 0.0075],
    ['an infinite duration', { duration: Infinity }, REQUEST, { 'reason=not_a_number': 1 }, 0.0075],
    ['a symbol for a duration', { duration: Symbol('s') }, REQUEST, { 'reason=not_a_number': 1 }, 0.0075],
    ['another status', { status: 'error' }, { 'model=gpt-4o,status=other': 1 }, { 'reason=label_value': 1 }, 0.0075],
    ['a symbol for a status', { status: Symbol('s') }, { 'model=gpt-4o,status=other': 1 }, { 'reason=label_value': 1 }, 0.0075],
    ['a status of null', { status: null }, { 'model=gpt-4o,status=other': 1 }, { 'reason=label_value': 1 }, 0.0075],
    ['an object for a model', { model: {} }, { 'model=other,status=success': 1 }, { 'reason=label_value': 1 }],
    ['no model', { model: undefined }, { 'model=unknown,status=success': 1 }, {}],
    ['a 10 MB model', { model: 'm'.repeat(1e7) }, { [`model=${'m'.repeat(128)},status=success`]: 1 }, {}],
    ['a symbol for a feature', { feature: Symbol('s') }, REQUEST, { 'reason=label_value': 1 }, 0.0075],
  ]; // prettier-ignore
  for (const [name, fields, requests, dropped, cost] of bad) {
    it(`records what there is of a call with ${name}`, () => {
      const { js, all, errors } = tracking();
      js.trackLlmCall({ ...call, ...fields });
      const recorded = all();
      assert.deepEqual(recorded['llm_requests_total'], requests);
      assert.deepEqual(recorded['otel_dropped_measurements_total'] ?? {}, dropped);
      assert.equal(Object.values(recorded['llm_cost_usd_total'] ?? {})[0], cost);
      assert.equal(
        Object.keys(recorded['llm_unpriced_requests_total'] ?? {}).length,
        cost === undefined ? 1 : 0,
      );
      assert.deepEqual(errors, []);
    });
  }
});

describe('trackHttpRequest', () => {
  it('counts and times by route, and a 5xx as an error', () => {
    const { typed, all, sum } = tracking();
    typed.trackHttpRequest({ method: 'POST', endpoint: '/ask', status: 200, duration: 0.5 });
    typed.trackHttpRequest({ method: 'post', endpoint: '/ask', status: '200', duration: 0.25 });
    typed.trackHttpRequest({ method: 'GET', endpoint: '/ask', status: 503, duration: 0.25 });
    assert.deepEqual(all(), {
      http_requests_total: {
        'method=POST,endpoint=/ask,status=200': 2,
        'method=GET,endpoint=/ask,status=503': 1,
      },
      http_request_duration_seconds: { 'method=POST,endpoint=/ask': 2, 'method=GET,endpoint=/ask': 1 },
      errors_total: { 'type=http_5xx,severity=error': 1 },
    });
    assert.equal(sum('intelia_http_request_duration_seconds'), 1);
  });

  const request = { method: 'GET', endpoint: '/a', status: 200, duration: 1 };
  const bad: [name: string, fields: object, series: string, dropped: object, timed?: 0][] = [
    ['a negative duration', { duration: -1 }, 'method=GET,endpoint=/a,status=200', { 'reason=negative': 1 }, 0],
    ['a duration as text', { duration: '1' }, 'method=GET,endpoint=/a,status=200', { 'reason=not_a_number': 1 }, 0],
    ['no duration', { duration: undefined }, 'method=GET,endpoint=/a,status=200', { 'reason=not_a_number': 1 }, 0],
    ['a BigInt status', { status: 200n }, 'method=GET,endpoint=/a,status=200', {}],
    ['a symbol for a status', { status: Symbol('s') }, 'method=GET,endpoint=/a,status=other', { 'reason=label_value': 1 }],
    ['no status', { status: undefined }, 'method=GET,endpoint=/a,status=unknown', {}],
    ['a method of its own', { method: 'BREW' }, 'method=other,endpoint=/a,status=200', {}],
    ['an object for an endpoint', { endpoint: {} }, 'method=GET,endpoint=other,status=200', { 'reason=label_value': 1 }],
  ]; // prettier-ignore
  for (const [name, fields, series, dropped, timed] of bad) {
    it(`records what there is of a request with ${name}`, () => {
      const { js, all, value, errors } = tracking();
      js.trackHttpRequest({ ...request, ...fields });
      assert.deepEqual(all()['http_requests_total'], { [series]: 1 });
      assert.equal(value('intelia_http_request_duration_seconds') ?? 0, timed ?? 1);
      assert.deepEqual(all()['otel_dropped_measurements_total'] ?? {}, dropped);
      assert.deepEqual(errors, []);
    });
  }
});

describe('trackDbQuery', () => {
  it('counts and times, and an error as an error', () => {
    const { typed, all, sum } = tracking();
    typed.trackDbQuery({ operation: 'SELECT', table: 'farms', status: 'success', duration: 0.5 });
    typed.trackDbQuery({ operation: 'SELECT', table: 'farms', status: 'error', duration: 0.25 });
    assert.deepEqual(all(), {
      db_queries_total: {
        'operation=SELECT,table=farms,status=success': 1,
        'operation=SELECT,table=farms,status=error': 1,
      },
      db_query_duration_seconds: { 'operation=SELECT,table=farms': 2 },
      errors_total: { 'type=db_error,severity=error': 1 },
    });
    assert.equal(sum('intelia_db_query_duration_seconds'), 0.75);
  });

  it('counts another status as other, and no error', () => {
    const { js, all } = tracking();
    for (const status of ['ok', undefined, Symbol('s'), true]) {
      js.trackDbQuery({ operation: 'GET', table: 'cache', status, duration: 1 });
    }
    assert.deepEqual(all(), {
      db_queries_total: { 'operation=GET,table=cache,status=other': 4 },
      db_query_duration_seconds: { 'operation=GET,table=cache': 4 },
      otel_dropped_measurements_total: { 'reason=label_value': 4 },
    });
  });
});

describe('the counters of the business', () => {
  it('add up', () => {
    const { typed, all } = tracking();
    typed.trackQuestion({ source: 'web', language: 'fr' });
    typed.trackQuestion({ source: 'web', language: 'fr' });
    typed.trackQuestion({ source: 'voice', language: 'en' });
    typed.trackRevenue({ plan: 'pro', amountUsd: 29.5 });
    typed.trackRevenue({ plan: 'pro', amountUsd: 0.25 });
    typed.trackRevenue({ plan: 'free', amountUsd: 0 });
    typed.trackError({ type: 'payment_declined', severity: 'warning' });
    typed.trackFeedback({ rating: 'positive' });
    typed.trackFeedback({ rating: 'negative' });
    assert.deepEqual(all(), {
      questions_total: { 'source=web,language=fr': 2, 'source=voice,language=en': 1 },
      revenue_usd_total: { 'plan=pro': 29.75, 'plan=free': 0 },
      errors_total: { 'type=payment_declined,severity=warning': 1 },
      feedback_total: { 'rating=positive': 1, 'rating=negative': 1 },
    });
  });

  it('drop a refund, and every amount that is none', () => {
    const { typed, js, value, all } = tracking();
    typed.trackRevenue({ plan: 'pro', amountUsd: 50 });
    typed.trackRevenue({ plan: 'pro', amountUsd: -20 });
    for (const amountUsd of [
      '20',
      NaN,
      Infinity,
      20n,
      Symbol('20'),
      null,
      undefined,
      { valueOf: () => 20 },
    ]) {
      js.trackRevenue({ plan: 'pro', amountUsd });
    }
    assert.equal(value('intelia_revenue_usd_total'), 50);
    assert.deepEqual(all()['otel_dropped_measurements_total'], {
      'reason=negative': 1,
      'reason=not_a_number': 8,
    });
  });

  it('count values that are not allowed as other', () => {
    const { js, all } = tracking();
    for (const rating of ['great', 5, null, undefined, {}]) js.trackFeedback({ rating });
    js.trackError({ type: 'x', severity: 'fatal' });
    js.trackQuestion({ source: Symbol('web') });
    assert.deepEqual(all(), {
      questions_total: { 'source=other,language=unknown': 1 },
      feedback_total: { 'rating=other': 5 },
      errors_total: { 'type=x,severity=other': 1 },
      otel_dropped_measurements_total: { 'reason=label_value': 7 },
    });
  });
});

describe('setActiveUsers', () => {
  const active = (t: ReturnType<typeof tracking>) => {
    t.collect();
    return t.value('intelia_active_users');
  };

  it('shows nothing until it is set, then the number at every collection', () => {
    const t = tracking();
    assert.equal(active(t), undefined);
    t.typed.setActiveUsers(12);
    assert.deepEqual([active(t), active(t), active(t)], [12, 12, 12]);
    t.typed.setActiveUsers(0);
    assert.equal(active(t), 0);
  });

  it('asks a function at each collection, and no longer the one before', () => {
    const t = tracking();
    const asked = { first: 0, second: 0 };
    t.typed.setActiveUsers(() => ++asked.first);
    assert.deepEqual([active(t), active(t)], [1, 2]);
    t.typed.setActiveUsers(() => 10 + ++asked.second);
    assert.deepEqual([active(t), active(t)], [11, 12]);
    t.typed.setActiveUsers(7);
    assert.deepEqual([active(t), active(t)], [7, 7]);
    assert.deepEqual(asked, { first: 2, second: 2 });
  });

  it('keeps what was set when a number is none', () => {
    const t = tracking();
    t.typed.setActiveUsers(12);
    for (const users of [NaN, Infinity, '12', 12n, Symbol('12'), {}]) t.js.setActiveUsers(users);
    t.js.setActiveUsers(-1);
    assert.equal(active(t), 12);
    assert.deepEqual(t.series('intelia_otel_dropped_measurements_total'), { 'reason=not_a_number': 6, 'reason=negative': 1 }); // prettier-ignore
  });

  it('shows nothing rather than an old number while a function fails, counts that, and does not throw', async () => {
    const t = tracking();
    t.typed.setActiveUsers(12);
    assert.equal(active(t), 12);
    const answers: (() => unknown)[] = [
      () => assert.fail('the caller’s own'),
      () => Promise.reject(new Error('would end the process')),
      () => Promise.resolve(3),
      () => NaN,
      () => '3',
      () => -3,
    ];
    t.js.setActiveUsers(() => answers.shift()?.() ?? 5);
    assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => active(t)), new Array(6).fill(undefined)); // prettier-ignore
    assert.equal(active(t), 5);
    const dropped = { 'reason=bad_call': 3, 'reason=not_a_number': 2, 'reason=negative': 1 };
    assert.deepEqual(t.series('intelia_otel_dropped_measurements_total'), dropped);
    await new Promise((resolve) => setImmediate(resolve)); // An unhandled rejection would fail this run.
    assert.deepEqual(t.errors, []);
  });

  it('is counted when the function gives nothing', () => {
    const t = tracking();
    t.js.setActiveUsers(() => undefined);
    assert.equal(active(t), undefined);
    t.js.setActiveUsers();
    assert.deepEqual(t.series('intelia_otel_dropped_measurements_total'), { 'reason=not_a_number': 2 });
  });
});

describe('any function given what is no object', () => {
  const throwing = new Proxy({}, { get: () => assert.fail('the caller’s own') });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const names = ['trackLlmCall', 'trackHttpRequest', 'trackDbQuery', 'trackQuestion', 'trackRevenue', 'trackError', 'trackFeedback'] as const; // prettier-ignore
  for (const name of names) {
    it(`${name} counts a bad call and records nothing`, () => {
      const { js, all, errors } = tracking();
      for (const given of [undefined, null, throwing, revoked]) js[name](given);
      assert.deepEqual(all(), { otel_dropped_measurements_total: { 'reason=bad_call': 4 } });
      js[name]();
      js[name](5, 'text');
      assert.deepEqual(errors, []);
    });
  }
});
