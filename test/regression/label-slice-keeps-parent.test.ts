/** A short label cut from a long text (a table's name from its SQL) kept the whole text in memory: V8's slices do. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { testContext } from '../support/context.js';

describe('a label cut from a long text', () => {
  it('does not keep the text', () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const { context, value } = testContext();
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 40; i++) {
      const text = `SELECT * FROM the_table_of_${1000 + i} ${'-'.repeat(2_000_000)}`;
      context.emit('intelia_revenue_usd_total', 1, { plan: text.slice(14, 31) });
    }
    gc();
    const kept = process.memoryUsage().heapUsed - before;
    assert.equal(value('intelia_revenue_usd_total', { plan: 'the_table_of_1039' }), 1);
    assert.ok(kept < 10e6, `${kept} bytes kept of 80 MB`);
  });
});
