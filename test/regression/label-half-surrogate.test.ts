/** Two labels that differ by half a surrogate pair were two series here and one on the wire: a scrape with duplicates. */
import assert from 'node:assert/strict';
import { testContext } from '../support/context.js';

describe('labels with half a surrogate pair', () => {
  it('are one series, as in UTF-8', () => {
    const { context, series } = testContext();
    for (const plan of ['a\ud800', 'a\udfff', 'a\ufffd']) {
      context.emit('intelia_revenue_usd_total', 1, { plan });
    }
    assert.deepEqual(series('intelia_revenue_usd_total'), { 'plan=a\ufffd': 3 });
  });
});
