/** Each call to an Azure deployment had an endpoint of its own, so that readers that kept failing were never switched off. */
import assert from 'node:assert/strict';
import { MAX_FAILURES } from '../../src/guard.js';
import { findEndpoint } from '../../src/llm/providers/index.js';
import { createCallLog } from '../../src/llm/taps/call.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext } from '../support/context.js';

const at = (deployment: string) =>
  findEndpoint('mine.openai.azure.com', `/openai/deployments/${deployment}/chat/completions`)!;

/** Throws at whoever looks at it. */
const hostile = new Proxy({}, {
  get() {
    throw new TypeError('no');
  },
}); // prettier-ignore

describe('an Azure deployment', () => {
  it('is one endpoint, whose failing reader is switched off', () => {
    assert.equal(at('mine'), at('mine'));
    assert.notEqual(at('mine'), at('other'));
    const test = testContext();
    const events: LlmEvent[] = [];
    const log = createCallLog({ ...test.context, record: (event) => void events.push(event) });
    for (let i = 0; i < 2 * MAX_FAILURES; i++) {
      const start = { feature: 'chat', isRetry: false, signal: undefined, timeLimit: undefined };
      const call = log.start({ endpoint: at('mine'), ...start });
      call.requestBody(hostile);
      call.response(500, () => null);
    }
    assert.equal(test.errors.length, MAX_FAILURES);
    assert.equal(events.length, 2 * MAX_FAILURES);
  });
});
