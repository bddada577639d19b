/** Two absurd but finite amounts added up to Infinity, which a counter could never leave again. */
import assert from 'node:assert/strict';
import { testContext } from '../support/context.js';

describe('amounts near the largest number', () => {
  it('are dropped, and the total stays right', () => {
    const { context, value, sum } = testContext();
    for (const amount of [1, Number.MAX_VALUE, Number.MAX_VALUE, 2]) {
      context.emit('intelia_revenue_usd_total', amount, { plan: 'pro' });
      context.emit('intelia_llm_request_duration_seconds', amount, { model: 'm', feature: 'f' });
    }
    assert.equal(value('intelia_revenue_usd_total'), 3);
    assert.equal(sum('intelia_llm_request_duration_seconds'), 3);
    assert.equal(value('intelia_otel_dropped_measurements_total', { reason: 'not_a_number' }), 4);
  });
});
