import assert from 'node:assert/strict';
import { BY_VARIABLES, substitute, toPromql } from '../../src/grafana/promql.js';
import {
  above, absent, and, atLeast, below, each, highest, increase, labelsOf, latest, left, mean, observed, observedRate, or, quantile, rate, ratio, recorded, sumRate, times, top, type Query,
} from '../../src/grafana/query.js'; // prettier-ignore
import { parsePromql } from '../support/promql.js';

const COST = 'intelia_llm_cost_usd_total';
const HTTP = 'intelia_http_requests_total';
const CALLS = 'intelia_llm_requests_total';
const TOOK = 'intelia_llm_request_duration_seconds';
const all = increase(HTTP, { window: '5m' });
const errors = increase(HTTP, { where: { status: { like: '5..' } }, window: '5m' });

const CASES: [query: Query, promql: string][] = [
  [increase(COST, { window: '1d' }), 'sum(increase(intelia_llm_cost_usd_total[1d]))'],
  [
    increase(COST, { by: ['model'], window: '$__range' }),
    'sum by (model) (increase(intelia_llm_cost_usd_total[$__range]))',
  ],
  [
    rate(HTTP, { by: ['endpoint', 'instance'], window: '$__rate_interval' }),
    'sum by (endpoint, instance) (rate(intelia_http_requests_total[$__rate_interval]))',
  ],
  [
    each(COST, { by: ['model'], window: '1d' }),
    'sum by (model) (increase(intelia_llm_cost_usd_total[1d] offset -1d))',
  ],
  [
    increase(CALLS, { where: { status: { not: ['success', 'cancelled'] }, model: 'gpt-"4".o' }, window: '5m' }),
    'sum(increase(intelia_llm_requests_total{status!~"success|cancelled", model="gpt-\\"4\\".o"}[5m]))',
  ],
  [
    increase(CALLS, { where: { model: ['gpt-4.1', 'o3'] }, window: '5m' }),
    'sum(increase(intelia_llm_requests_total{model=~"gpt-4\\\\.1|o3"}[5m]))',
  ],
  [
    increase(CALLS, { where: { status: { not: 'success' } }, window: '5m' }),
    'sum(increase(intelia_llm_requests_total{status!="success"}[5m]))',
  ],
  [
    ratio(errors, all, { zeroWithout: true }),
    '(sum(increase(intelia_http_requests_total{status=~"5.."}[5m])) or 0 * sum(increase(intelia_http_requests_total[5m]))) / (sum(increase(intelia_http_requests_total[5m])) > 0)',
  ],
  [
    ratio(increase(CALLS, { by: ['status'], window: '5m' }), increase(CALLS, { window: '5m' })),
    'sum by (status) (increase(intelia_llm_requests_total[5m])) / on () group_left () (sum(increase(intelia_llm_requests_total[5m])) > 0)',
  ],
  [
    quantile(0.95, TOOK, { by: ['model'], window: '$__rate_interval' }),
    'histogram_quantile(0.95, sum by (le, model) (rate(intelia_llm_request_duration_seconds_bucket[$__rate_interval]))) >= 0',
  ],
  [
    above(quantile(0.95, TOOK, { window: '5m' }), 5),
    'histogram_quantile(0.95, sum by (le) (increase(intelia_llm_request_duration_seconds_bucket[5m]))) > 5',
  ],
  [
    observed(TOOK, { window: '5m', atMost: 5 }),
    'sum(increase(intelia_llm_request_duration_seconds_bucket{le=~"5|5\\\\.0"}[5m]))',
  ],
  [
    observed(TOOK, { window: '5m', atMost: 0.25, where: { feature: 'chat' } }),
    'sum(increase(intelia_llm_request_duration_seconds_bucket{feature="chat", le="0.25"}[5m]))',
  ],
  [
    observed(TOOK, { by: ['model'], window: '5m' }),
    'sum by (model) (increase(intelia_llm_request_duration_seconds_count[5m]))',
  ],
  [observedRate(TOOK, { window: '5m' }), 'sum(rate(intelia_llm_request_duration_seconds_count[5m]))'],
  [
    sumRate('intelia_gc_duration_seconds', { by: ['kind'], window: '$__rate_interval' }),
    'sum by (kind) (rate(intelia_gc_duration_seconds_sum[$__rate_interval]))',
  ],
  [
    mean(TOOK, { window: '$__range' }),
    'sum(increase(intelia_llm_request_duration_seconds_sum[$__range])) / (sum(increase(intelia_llm_request_duration_seconds_count[$__range])) > 0)',
  ],
  [latest('max', 'intelia_active_users'), 'max(intelia_active_users)'],
  [
    latest('max', 'intelia_memory_bytes', { by: ['instance'], where: { type: 'rss' } }),
    'max by (instance) (intelia_memory_bytes{type="rss"})',
  ],
  [highest(latest('max', 'intelia_uptime_seconds', { by: ['instance'] })), 'max(max by (instance) (intelia_uptime_seconds))'],
  [top(5, increase(COST, { by: ['model'], window: '1h' })), 'topk(5, sum by (model) (increase(intelia_llm_cost_usd_total[1h])))'],
  [times(increase(COST, { window: '1h' }), 24), 'sum(increase(intelia_llm_cost_usd_total[1h])) * 24'],
  [left(100, increase(COST, { window: '1d' })), '100 - sum(increase(intelia_llm_cost_usd_total[1d]))'],
  [
    left(1, ratio(errors, all)),
    '1 - (sum(increase(intelia_http_requests_total{status=~"5.."}[5m])) / (sum(increase(intelia_http_requests_total[5m])) > 0))',
  ],
  [
    and(above(errors, 0.5), atLeast(all, 20)),
    '(sum(increase(intelia_http_requests_total{status=~"5.."}[5m])) > 0.5) and (sum(increase(intelia_http_requests_total[5m])) >= 20)',
  ],
  [or(below(recorded('intelia:spend:1d', ['job']), 1), absent('intelia_uptime_seconds')), '(intelia:spend:1d < 1) or absent(intelia_uptime_seconds)'],
]; // prettier-ignore

const syntaxErrors = (query: Query) =>
  parsePromql(substitute(toPromql(query, { only: BY_VARIABLES }), { range: '1h', rateInterval: '4m' }))
    .errors;

describe('toPromql', () => {
  for (const [query, promql] of CASES) {
    it(promql, () => {
      assert.equal(toPromql(query), promql);
      assert.deepEqual(syntaxErrors(query), []);
    });
  }

  it('puts the variables into every selector', () => {
    assert.equal(
      toPromql(ratio(errors, all), { only: BY_VARIABLES }),
      'sum(increase(intelia_http_requests_total{status=~"5..", job=~"$job", instance=~"$instance"}[5m])) / ' +
        '(sum(increase(intelia_http_requests_total{job=~"$job", instance=~"$instance"}[5m])) > 0)',
    );
    assert.equal(toPromql(recorded('intelia:x'), { only: 'job="a"' }), 'intelia:x{job="a"}');
  });

  it("puts in Grafana's variables as Grafana does", () => {
    const variables = { range: '1h', rateInterval: '4m' };
    assert.equal(
      substitute('a[$__range] b[$__rate_interval:$__interval] c$x', variables),
      'a[1h] b[4m:1m] c$x',
    );
    assert.equal(
      substitute(`up{${BY_VARIABLES}}`, { ...variables, instance: 'a|b' }),
      'up{job=~".*", instance=~"a|b"}',
    );
  });

  it('knows which labels an answer has', () => {
    assert.deepEqual(labelsOf(top(5, increase(COST, { by: ['model'], window: '1h' }))), ['model']);
    assert.deepEqual(labelsOf(and(ratio(errors, all), left(1, all))), []);
    assert.deepEqual(labelsOf(left(1, latest('max', 'intelia_uptime_seconds', { by: ['job'] }))), ['job']);
  });

  it('refuses a ratio whose whole would not be found', () => {
    const byModel = increase(COST, { by: ['model'], window: '1h' });
    assert.throws(() => ratio(increase(COST, { window: '1h' }), byModel), TypeError);
    assert.throws(() => ratio(byModel, increase(COST, { window: '1h' }), { zeroWithout: true }), TypeError);
  });

  it('does not compile with a metric, label, value or bound that does not exist', () => {
    // @ts-expect-error no such metric
    increase('intelia_llm_costs_total', { window: '1h' });
    // @ts-expect-error a gauge does not increase
    increase('intelia_active_users', { window: '1h' });
    // @ts-expect-error no such label
    increase(COST, { by: ['provider'], window: '1h' });
    // @ts-expect-error no such label to match
    increase(COST, { where: { type: 'prompt' }, window: '1h' });
    // @ts-expect-error no such value of a closed label
    increase(CALLS, { where: { status: 'failed' }, window: '1h' });
    // @ts-expect-error no such bucket
    observed(TOOK, { window: '1h', atMost: 4 });
    // @ts-expect-error no histogram
    quantile(0.95, COST, { window: '1h' });
    // @ts-expect-error no gauge
    latest('max', COST);
  });
});
