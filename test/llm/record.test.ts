/** From a finished call to the series it leaves, through the real registry. */
import assert from 'node:assert/strict';
import { LLM_STATUSES } from '../../src/catalogue/catalogue.js';
import { createPricer } from '../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../src/llm/prices/table.js';
import { createRecorder } from '../../src/llm/record.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext, type TestContext } from '../support/context.js';
import { llmEvent } from '../support/llm-event.js';

function record(...events: Partial<LlmEvent>[]): TestContext {
  const test = testContext();
  const { emit, guard } = test.context;
  const pricer = createPricer({
    loadTable: loadPriceTable,
    supplement: SUPPLEMENT,
    overrides: new Map(),
    guard,
  });
  const recorder = createRecorder({ emit, guard, pricer });
  for (const event of events) recorder(llmEvent(event));
  return test;
}

describe('createRecorder', () => {
  it('records a success: tokens, subsets, cost, request, durations', () => {
    const test = record({
      timeToFirstToken: 0.4,
      usage: { promptTokens: 1000, completionTokens: 200, cachedTokens: 600, reasoningTokens: 50 },
    });
    assert.deepEqual(test.series('intelia_llm_tokens_total'), {
      'model=gpt-4o,type=prompt': 1000,
      'model=gpt-4o,type=completion': 200,
    });
    assert.deepEqual(test.series('intelia_llm_cached_tokens_total'), { 'model=gpt-4o': 600 });
    assert.deepEqual(test.series('intelia_llm_reasoning_tokens_total'), { 'model=gpt-4o': 50 });
    assert.equal(
      test.value('intelia_llm_cost_usd_total', { model: 'gpt-4o', feature: 'chat' })?.toFixed(9),
      '0.003750000',
    );
    assert.deepEqual(test.series('intelia_llm_requests_total'), { 'model=gpt-4o,status=success': 1 });
    assert.equal(test.sum('intelia_llm_request_duration_seconds', { feature: 'chat' }), 1.5);
    assert.equal(test.sum('intelia_llm_time_to_first_token_seconds', { model: 'gpt-4o' }), 0.4);
    for (const none of [
      'intelia_llm_retries_total',
      'intelia_llm_unpriced_requests_total',
      'intelia_errors_total',
    ] as const) {
      assert.deepEqual(test.series(none), {}, none);
    }
    assert.deepEqual(test.errors, []);
  });

  it('counts every way a call ends; a failure as an error, a cancelled call as none', () => {
    const test = record(...LLM_STATUSES.map((status) => ({ status })));
    assert.deepEqual(
      test.series('intelia_llm_requests_total'),
      Object.fromEntries(LLM_STATUSES.map((status) => [`model=gpt-4o,status=${status}`, 1])),
    );
    assert.equal(test.value('intelia_llm_request_duration_seconds'), 7);
    assert.deepEqual(test.series('intelia_errors_total'), {
      'type=llm_rate_limited,severity=warning': 1,
      'type=llm_timeout,severity=error': 1,
      'type=llm_client_error,severity=error': 1,
      'type=llm_server_error,severity=error': 1,
      'type=llm_network_error,severity=error': 1,
    });
    // Only the success should have had a cost.
    assert.deepEqual(test.series('intelia_llm_unpriced_requests_total'), {
      'model=gpt-4o,reason=no_usage': 1,
    });
    assert.deepEqual(test.series('intelia_llm_cost_usd_total'), {});
  });

  it('prices what was billed before the end: usage told, then a reset', () => {
    const usage = { promptTokens: 1000, completionTokens: 100 };
    const test = record({ status: 'network_error', usage }, { status: 'cancelled', usage });
    assert.equal(test.value('intelia_llm_cost_usd_total')?.toFixed(9), '0.007000000');
    assert.equal(test.value('intelia_llm_tokens_total', { type: 'prompt' }), 2000);
  });

  it('charges nothing for what was refused, though the request tells its size', () => {
    const speech = {
      operation: 'speech',
      model: 'tts-1',
      feature: 'tts',
      usage: { characters: 1000 },
    } as const;
    const test = record({ ...speech, status: 'rate_limited' }, { ...speech, status: 'success' });
    assert.deepEqual(test.series('intelia_llm_cost_usd_total'), { 'model=tts-1,feature=tts': 0.015 });
    assert.deepEqual(test.series('intelia_llm_tokens_total'), {});
  });

  it('counts what has no price, with the reason', () => {
    const usage = { promptTokens: 10, completionTokens: 1 };
    const test = record({ model: 'my-model', usage }, { model: 'my-model', usage }, {});
    assert.deepEqual(test.series('intelia_llm_unpriced_requests_total'), {
      'model=my-model,reason=unknown_model': 2,
      'model=gpt-4o,reason=no_usage': 1,
    });
    assert.equal(test.value('intelia_llm_tokens_total', { model: 'my-model', type: 'prompt' }), 20);
  });

  it('counts a moderation as a request that costs nothing', () => {
    const test = record({ operation: 'moderation', model: 'omni-moderation-latest', feature: 'moderation' });
    assert.deepEqual(test.series('intelia_llm_requests_total'), {
      'model=omni-moderation,status=success': 1,
    });
    assert.deepEqual(test.series('intelia_llm_unpriced_requests_total'), {});
    assert.equal(test.value('intelia_llm_cost_usd_total'), 0);
  });

  it('counts retries, and calls whose model nobody told', () => {
    const test = record({ isRetry: true }, { model: undefined, status: 'server_error' }, { model: 'a\nb' });
    assert.deepEqual(test.series('intelia_llm_retries_total'), { 'model=gpt-4o': 1 });
    assert.deepEqual(test.series('intelia_llm_requests_total'), {
      'model=gpt-4o,status=success': 1,
      'model=unknown,status=server_error': 1,
      'model=unknown,status=success': 1,
    });
  });

  it('gives a model on a machine of the owner no cost and no complaint, unless it has a price', () => {
    const own = { provider: 'ollama', model: 'llama3.2', usage: { promptTokens: 26, completionTokens: 282 } };
    const test = record(own, { ...own, model: 'gpt-oss:20b' }, { ...own, usage: {} });
    assert.equal(test.value('intelia_llm_requests_total'), 3);
    assert.equal(test.value('intelia_llm_tokens_total'), 2 * (26 + 282));
    assert.equal(test.value('intelia_llm_cost_usd_total'), undefined);
    assert.deepEqual(test.series('intelia_llm_unpriced_requests_total'), {});
  });

  it('takes a POST of the application to a path of the same name for none of its own', () => {
    const other = { provider: 'openai_compatible', model: undefined } as const;
    const test = record(
      { ...other, operation: 'responses' },
      { ...other, operation: 'completion', status: 'client_error' },
      { ...other, operation: 'embeddings' },
      { ...other, operation: 'chat', status: 'network_error' },
      { ...other, operation: 'embeddings', model: 'local-embed' },
    );
    assert.deepEqual(test.series('intelia_llm_requests_total'), {
      'model=unknown,status=network_error': 1,
      'model=local-embed,status=success': 1,
    });
  });

  it('keeps totals right under absurd usage', () => {
    const test = record(
      { usage: { promptTokens: NaN, completionTokens: -5, cachedTokens: 1e308 } },
      { usage: { promptTokens: 10, completionTokens: 0 }, duration: NaN },
    );
    assert.equal(test.value('intelia_llm_tokens_total'), 10);
    assert.equal(test.value('intelia_llm_requests_total'), 2);
    assert.equal(test.value('intelia_llm_cost_usd_total')?.toFixed(9), '0.000025000');
    assert.equal(test.value('intelia_otel_dropped_measurements_total', { reason: 'not_a_number' }), 3);
    assert.equal(test.value('intelia_otel_dropped_measurements_total', { reason: 'negative' }), 1);
    assert.deepEqual(test.errors, []);
  });

  it('keeps 10,000 junk models to a bounded number of series', () => {
    const events = Array.from({ length: 10_000 }, (_, i) => ({
      model: `junk-${i}x`,
      usage: { promptTokens: 1 },
    }));
    const test = record(...events);
    assert.equal(test.value('intelia_llm_requests_total'), 10_000);
    assert.equal(Object.keys(test.series('intelia_llm_requests_total')).length, 101);
    assert.equal(test.value('intelia_llm_tokens_total', { model: 'other' }), 9_900);
  });
});
