/** A call to an Azure deployment carries a name of the user's own; others priced it at nothing. */
import assert from 'node:assert/strict';
import { createPricer } from '../../src/llm/prices/price.js';
import { parsePrices } from '../../src/llm/prices/overrides.js';
import { SUPPLEMENT } from '../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../src/llm/prices/table.js';
import { findEndpoint } from '../../src/llm/providers/index.js';
import type { CallFacts } from '../../src/llm/types.js';
import { testContext } from '../support/context.js';
import { llmEvent } from '../support/llm-event.js';

const usage = { promptTokens: 1e6, completionTokens: 1e6 };

function costOf(own: string, request: unknown, answer: unknown): unknown {
  const facts: CallFacts = {};
  const endpoint = findEndpoint('acme.openai.azure.com', '/openai/deployments/team-chat/chat/completions');
  endpoint?.readRequest(request, facts);
  endpoint?.readAnswer(answer, facts);
  const { guard } = testContext().context;
  const overrides = parsePrices(own).rows;
  const pricer = createPricer({ loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides, guard });
  const { requestModel, responseModel } = facts;
  return pricer.quote(
    llmEvent({
      provider: 'azure',
      model: responseModel ?? requestModel,
      ...(requestModel && { requestModel }),
      usage,
    }),
  );
}

describe('an Azure deployment', () => {
  it('is priced by the model that answers', () => {
    assert.deepEqual(costOf('{}', {}, { model: 'gpt-4o-2024-08-06' }), { costUsd: 12.5 });
  });

  it("is priced by the user's own price for its name, told in the path alone", () => {
    const own = '{"team-chat": {"input_mtok": 2, "output_mtok": 8}}';
    assert.deepEqual(costOf(own, {}, { model: 'gpt-4o-2024-08-06' }), { costUsd: 10 });
    assert.deepEqual(costOf(own, { messages: [] }, {}), { costUsd: 10 });
  });

  it('is counted as unpriced when nothing tells what it is', () => {
    assert.deepEqual(costOf('{}', {}, {}), { reason: 'unknown_model' });
  });
});
