/** `.asResponse()` gave something that was no Response, or one already read. */
import assert from 'node:assert/strict';
import { chatAnswer, chatEvents } from '../support/llm-server.js';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: .asResponse()', () => {
  openaiCase('can be read by the caller, plain and streamed', async ({ openai, recorded }) => {
    const plain = await openai.chat.completions.create(CHAT).asResponse();
    assert.equal(plain.bodyUsed, false);
    assert.deepEqual(await plain.json(), chatAnswer());
    assert.equal(plain.bodyUsed, true);
    const stream = await openai.chat.completions.create({ ...CHAT, stream: true }).asResponse();
    assert.equal(await stream.text(), chatEvents().join(''));
    assert.deepEqual(outline(await recorded(2)), [MEASURED, MEASURED]);
  });
});
