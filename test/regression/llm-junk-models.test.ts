/** 10,000 model names made 50,010 series: a model is whatever a request or a server says. */
import assert from 'node:assert/strict';
import { createLlm } from '../../src/llm/index.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext } from '../support/context.js';

describe('10,000 junk model names', () => {
  it('give a bounded number of series, and every call is still counted', () => {
    const { context, registry, series } = testContext();
    const { record } = createLlm({ ...context, registry });
    const base = {
      provider: 'openai_compatible',
      operation: 'chat',
      feature: 'chat',
      status: 'success',
      duration: 1,
      isRetry: false,
    } as const;
    for (let i = 0; i < 10_000; i++) {
      const event: LlmEvent = {
        ...base,
        model: `junk-${i}`,
        usage: { promptTokens: 1, completionTokens: 1 },
      };
      record(event);
    }
    const requests = Object.values(series('intelia_llm_requests_total'));
    assert.equal(requests.length, 101);
    assert.equal(requests.reduce((sum, count) => sum + count), 10_000); // prettier-ignore
    assert.equal(Object.keys(series('intelia_llm_tokens_total')).length, 202);
    assert.ok(series('intelia_otel_dropped_measurements_total')['reason=label_limit']! >= 9_900);
  });
});
