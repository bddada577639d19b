/** Other libraries added cached and reasoning tokens to the totals they are part of, and charged them twice. */
import assert from 'node:assert/strict';
import { createRecorder } from '../../src/llm/record.js';
import { createPricer } from '../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../src/llm/prices/table.js';
import { findEndpoint } from '../../src/llm/providers/index.js';
import type { CallFacts } from '../../src/llm/types.js';
import { llmEvent } from '../support/llm-event.js';
import { testContext } from '../support/context.js';

it('cached and reasoning tokens are counted and charged once', () => {
  const { context, value } = testContext();
  const pricer = createPricer({
    loadTable: loadPriceTable,
    supplement: SUPPLEMENT,
    overrides: new Map(),
    guard: context.guard,
  });
  const facts: CallFacts = {};
  findEndpoint('api.openai.com', '/v1/responses')?.readAnswer(
    {
      model: 'o3-2025-04-16',
      usage: {
        input_tokens: 1000,
        input_tokens_details: { cached_tokens: 400 },
        output_tokens: 500,
        output_tokens_details: { reasoning_tokens: 450 },
        total_tokens: 1500,
      },
    },
    facts,
  );
  const event = llmEvent({
    model: facts.responseModel,
    operation: 'responses',
    ...(facts.usage && { usage: facts.usage }),
  });
  createRecorder({ ...context, pricer })(event);
  assert.equal(value('intelia_llm_tokens_total'), 1500);
  assert.equal(value('intelia_llm_cached_tokens_total'), 400);
  assert.equal(value('intelia_llm_reasoning_tokens_total'), 450);
  // o3: 2 USD, cached 0.50, output 8 per million.
  assert.equal(
    value('intelia_llm_cost_usd_total')?.toFixed(9),
    ((600 * 2 + 400 * 0.5 + 500 * 8) / 1e6).toFixed(9),
  );
});
