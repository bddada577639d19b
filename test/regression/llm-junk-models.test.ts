/** 10,000 model names made 50,010 series: a model is whatever a request or a server says. */
import assert from 'node:assert/strict';
import type { MetricName } from '../../src/catalogue/catalogue.js';
import { createLlm } from '../../src/llm/index.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext } from '../support/context.js';

const NAMES = 10_000;
/** As docs/metrics.md has it; what comes after is `other`. */
const BOUND = 100;
const BEYOND = NAMES - BOUND;

/** A call that says all that can be said; every second one states its cost, the others have none. */
const callTo = (i: number): LlmEvent => ({
  provider: 'openai_compatible',
  operation: 'chat',
  model: `junk-${i}`,
  feature: 'chat',
  status: 'success',
  duration: 1,
  timeToFirstToken: 0.5,
  isRetry: true,
  usage: { promptTokens: 5, completionTokens: 4, cachedTokens: 3, reasoningTokens: 2 },
  ...(i % 2 === 1 && { costUsd: 0.25 }),
});

/** Of each metric with a model: its total, and how many measurements were for a model past the bound. */
const EXPECTED: Partial<Record<MetricName, { readonly total: number; readonly beyond: number }>> = {
  intelia_llm_requests_total: { total: NAMES, beyond: BEYOND },
  intelia_llm_request_duration_seconds: { total: NAMES, beyond: BEYOND },
  intelia_llm_time_to_first_token_seconds: { total: NAMES, beyond: BEYOND },
  intelia_llm_retries_total: { total: NAMES, beyond: BEYOND },
  intelia_llm_tokens_total: { total: 9 * NAMES, beyond: 2 * BEYOND },
  intelia_llm_cached_tokens_total: { total: 3 * NAMES, beyond: BEYOND },
  intelia_llm_reasoning_tokens_total: { total: 2 * NAMES, beyond: BEYOND },
  intelia_llm_cost_usd_total: { total: (0.25 * NAMES) / 2, beyond: NAMES / 2 - BOUND },
  intelia_llm_unpriced_requests_total: { total: NAMES / 2, beyond: NAMES / 2 - BOUND },
};

describe('10,000 junk model names', () => {
  const test = testContext();
  const { record } = createLlm({ ...test.context, registry: test.registry });
  before(() => {
    for (let i = 0; i < NAMES; i++) record(callTo(i));
  });

  it('meet every metric that has a model', () => {
    const families = Object.entries(test.registry.families);
    const named = families.filter(([, { labelNames }]) => labelNames.includes('model')).map(([name]) => name);
    assert.deepEqual(named.sort(), Object.keys(EXPECTED).sort());
  });

  for (const [name, { total }] of Object.entries(EXPECTED) as [MetricName, { total: number }][]) {
    it(`give ${name} a bounded number of series, and its whole total`, () => {
      const types = name === 'intelia_llm_tokens_total' ? 2 : 1;
      assert.equal(Object.keys(test.series(name)).length, (BOUND + 1) * types);
      assert.equal(test.value(name), total);
    });
  }

  it('are told of: each measurement under `other` is counted, each metric named once', () => {
    const beyond = Object.values(EXPECTED).reduce((sum, each) => sum + each.beyond, 0);
    assert.equal(test.value('intelia_otel_dropped_measurements_total', { reason: 'label_limit' }), beyond);
    assert.equal(test.value('intelia_llm_requests_total', { model: 'other' }), BEYOND);
    assert.deepEqual(
      test.warnings.map((line) => line.split(' ')[1]?.replace(':', '')).sort(),
      Object.keys(EXPECTED).sort(),
    );
    assert.deepEqual(test.errors, []);
  });
});
