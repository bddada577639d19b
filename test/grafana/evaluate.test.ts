/** What `evaluate` makes of a few scrapes, by numbers; test/backends/evaluate.test.ts holds it against Prometheus. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluate } from '../../src/grafana/evaluate.js';
import { increaseOf, quantileOf } from '../../src/grafana/extrapolate.js';
import { createHistory, type History } from '../../src/grafana/history.js';
import { increase, latest, quantile, rate, ratio, top } from '../../src/grafana/query.js';
import { parseSamples } from '../../src/grafana/samples.js';

const MINUTE = 60_000;
const points = (...values: (number | undefined)[]) => values.map((value, i) => ({ atMs: i * MINUTE, value }));
const target = { job: 'api', instance: 'a:1' };
const spans = { rangeMs: 10 * MINUTE, rateIntervalMs: 4 * MINUTE };

describe('increaseOf', () => {
  const until = (minutes: number, from = -1) => ({ fromMs: from * MINUTE, toMs: minutes * MINUTE });

  it('adds nothing where samples fill the window, and up to its ends where they come close', () => {
    assert.equal(increaseOf(points(0, 10, 20, 30), until(3, -0.001)), 30);
    assert.equal(increaseOf(points(100, 110, 120, 130), { fromMs: -30_000, toMs: 3.5 * MINUTE }), 40);
  });

  it('adds half an interval where samples end well before the window does', () => {
    assert.equal(increaseOf(points(100, 110, 120), until(20, -10)), 30);
    // 1.1 intervals are still close.
    assert.equal(increaseOf(points(1000, 1060), { fromMs: -1000, toMs: MINUTE + 65_000 }), 60 + 1 + 65);
    assert.equal(increaseOf(points(1000, 1060), { fromMs: -1000, toMs: MINUTE + 67_000 }), 60 + 1 + 30);
  });

  it('never goes below the zero of a counter that was just born', () => {
    assert.equal(increaseOf(points(0, 10, 20), until(20, -10)), 25);
    assert.equal(increaseOf(points(2, 10, 18), until(20, -10)), 2 + 16 + 4);
  });

  it('counts on over a restart, from the first sample after it', () => {
    assert.equal(
      increaseOf(points(100, 110, 4, 9), { fromMs: -30_000, toMs: 3 * MINUTE }),
      (10 + 4 + 5) * (3.5 / 3),
    );
  });

  it('needs two samples, and leaves out the beginning of the window', () => {
    assert.equal(increaseOf(points(7), until(5)), undefined);
    assert.equal(increaseOf(points(7, 8), until(1, 0)), undefined);
    assert.equal(increaseOf(points(7, undefined), until(5)), undefined);
  });

  it('is never negative, whatever a counter does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 2 }), fc.nat(40), (values, to) => {
        const grown = increaseOf(points(...values), until(to));
        assert.ok(grown === undefined || grown >= 0);
      }),
    );
  });
});

describe('quantileOf', () => {
  const buckets = (...counts: number[]) =>
    counts.map((count, i) => ({ le: [1, 2, 5, Infinity][i] as number, count }));

  it('goes straight from bound to bound', () => {
    assert.equal(quantileOf(0.5, buckets(10, 10, 10, 10)), 0.5);
    assert.equal(quantileOf(0.5, buckets(0, 10, 10, 10)), 1.5);
    assert.equal(quantileOf(0.95, buckets(50, 90, 100, 100)), 3.5);
  });

  it('says the last bound of what lies above all, and NaN of nothing', () => {
    assert.equal(quantileOf(0.95, buckets(0, 0, 10, 100)), 5);
    assert.ok(Number.isNaN(quantileOf(0.5, buckets(0, 0, 0, 0))));
    assert.ok(Number.isNaN(quantileOf(0.5, [])));
    assert.ok(Number.isNaN(quantileOf(0.5, buckets(1, 2, 3))));
  });

  it('lies within the bounds for any counts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), fc.double({ min: 0, max: 1, noNaN: true }), (counts, q) => {
        const value = quantileOf(q, buckets(...counts));
        assert.ok(Number.isNaN(value) || (value >= 0 && value <= 5));
      }),
    ); // prettier-ignore
  });
});

describe('a history of scrapes', () => {
  const after = (...texts: (string | undefined)[]): History => {
    const history = createHistory({ keepMs: 10 * MINUTE });
    for (const [i, text] of texts.entries()) history.add({ atMs: i * MINUTE, target, text });
    return history;
  };
  const users = (history: History, atMs: number) =>
    evaluate(latest('max', 'intelia_active_users'), history, { atMs, ...spans });

  it('adds the labels of the target', () => {
    const history = after('intelia_active_users 7\n');
    const [found] = evaluate(latest('max', 'intelia_active_users', { by: ['instance', 'job'] }), history, { atMs: 1, ...spans });
    assert.deepEqual(found, { labels: { instance: 'a:1', job: 'api' }, value: 7 });
  }); // prettier-ignore

  it('shows a value for five minutes, and no longer than its target has it', () => {
    const history = after('intelia_active_users 7\n');
    assert.equal(users(history, 5 * MINUTE - 1).length, 1);
    assert.deepEqual(users(history, 5 * MINUTE), []);
    assert.deepEqual(users(after('intelia_active_users 7\n', ''), MINUTE), []);
    assert.deepEqual(users(after('intelia_active_users 7\n', undefined), MINUTE), []);
  });

  it('forgets what is older than it keeps', () => {
    const history = after(...new Array<string>(30).fill('intelia_active_users 7\n'), '');
    assert.equal(history.named('intelia_active_users')[0]?.points.length, 11);
    const gone = after('intelia_active_users 7\n', ...new Array<string>(12).fill(''));
    assert.deepEqual(gone.named('intelia_active_users'), []);
  });
});

describe('evaluate, by numbers', () => {
  it('answers cost by model, the top of it, its pace and its share', () => {
    const history = createHistory({ keepMs: 60 * MINUTE });
    for (let i = 0; i <= 10; i++) {
      const text = ['a', 'b', 'c'].map((model, k) => `intelia_llm_cost_usd_total{model="${model}",feature="chat"} ${i * (k + 1)}\n`).join(''); // prettier-ignore
      history.add({ atMs: i * MINUTE, target, text });
    }
    const at = { atMs: 10 * MINUTE, ...spans };
    const byModel = increase('intelia_llm_cost_usd_total', { by: ['model'], window: '$__range' });
    assert.deepEqual(evaluate(top(2, byModel), history, at), [
      { labels: { model: 'c' }, value: 30 },
      { labels: { model: 'b' }, value: 20 },
    ]);
    const perSecond = rate('intelia_llm_cost_usd_total', { window: '$__rate_interval' });
    assert.equal(evaluate(perSecond, history, at)[0]?.value, 6 / 60);
    const share = ratio(byModel, increase('intelia_llm_cost_usd_total', { window: '$__range' }));
    assert.deepEqual(
      evaluate(share, history, at).map(({ value }) => value),
      [1 / 6, 2 / 6, 3 / 6],
    );
  });

  it('has no answer, and never NaN, where nothing happened', () => {
    const history = createHistory({ keepMs: 60 * MINUTE });
    const text = 'intelia_llm_request_duration_seconds_bucket{model="a",feature="b",le="+Inf"} 0\n';
    for (let i = 0; i < 5; i++) history.add({ atMs: i * MINUTE, target, text: text + text.replace('+Inf', '5') });
    const at = { atMs: 4 * MINUTE, ...spans };
    assert.deepEqual(evaluate(quantile(0.95, 'intelia_llm_request_duration_seconds', { window: '5m' }), history, at), []);
    assert.deepEqual(evaluate(increase('intelia_http_requests_total', { window: '5m' }), history, at), []);
  }); // prettier-ignore
});

describe('parseSamples', () => {
  it('reads what /metrics writes, and passes over what is no sample', () => {
    const text = '# HELP a b\n# TYPE a counter\na 1\nb{x="1",y="q\\"\\\\\\nz"} +Inf\nc{} NaN 1700000000000\n\njunk {{{\n{a="b"} 1\n';
    const [a, b, c, ...more] = parseSamples(text);
    assert.deepEqual([a, b], [
      { name: 'a', labels: {}, value: 1 },
      { name: 'b', labels: { x: '1', y: 'q"\\\nz' }, value: Infinity },
    ]);
    assert.deepEqual([c?.name, c?.value, more], ['c', NaN, []]);
  }); // prettier-ignore

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSamples(text)));
  });
});
