import assert from 'node:assert/strict';
import { isBeyond, markOf, type Mark } from '../../src/export/mark.js';
import { createReader } from '../../src/export/reader.js';
import { testContext } from '../support/context.js';

describe('the mark of what was sent', () => {
  function setUp() {
    const test = testContext();
    const reader = createReader({ registry: test.registry, attributes: {}, nowMs: () => 1_700_000_000_000 });
    const mark = (): Mark => markOf(reader.readCells(), undefined);
    return { emit: test.context.emit, observe: test.context.observe, mark };
  }

  it('is behind as soon as something is recorded, and level once that is sent', () => {
    const { emit, mark } = setUp();
    assert.equal(isBeyond(mark(), new Map()), false);
    emit('intelia_questions_total', 1, { source: 'web', language: 'fr' });
    const sent = mark();
    assert.equal(isBeyond(sent, new Map()), true);
    assert.equal(isBeyond(mark(), sent), false);
    emit('intelia_http_request_duration_seconds', 0, { method: 'GET', endpoint: '/' });
    assert.equal(isBeyond(mark(), sent), true);
  });

  it('counts a gauge that the application sets, not one that is observed', () => {
    const { emit, observe, mark } = setUp();
    observe('intelia_uptime_seconds', (set) => set(Math.random() + 1, {}));
    assert.equal(isBeyond(mark(), new Map()), false);
    emit('intelia_active_users', 3, {});
    assert.equal(isBeyond(mark(), new Map()), true);
  });

  it('does not count what sending itself moves, or one failure would call for the next push', () => {
    const { emit, mark } = setUp();
    emit('intelia_otel_export_failures_total', 1, { reason: 'refused' });
    emit('intelia_gc_duration_seconds', 0.01, { kind: 'minor' });
    assert.equal(isBeyond(mark(), new Map()), false);
  });

  it('does not compare what a synchronous read cannot see', () => {
    assert.equal(isBeyond(new Map([['a', 1]]), new Map([['a', 1], ['jobs', 3]])), false); // prettier-ignore
  });
});
