/** `.withResponse()` was gone from what patched SDKs returned. */
import assert from 'node:assert/strict';
import { json, responseAnswer, responseEvents, sse } from '../support/llm-server.js';
import { CHAT, MEASURED, MEASURED_RESPONSE, openaiCase, outline } from '../support/openai.js';

describe('openai: .withResponse()', () => {
  openaiCase('of a chat, plain and streamed', async ({ openai, recorded }) => {
    const plain = await openai.chat.completions.create(CHAT).withResponse();
    assert.equal(plain.data.choices[0]?.message.content, 'Hé 🌍');
    assert.equal(plain.response.status, 200);
    const { data, response } = await openai.chat.completions.create({ ...CHAT, stream: true }).withResponse();
    assert.match(response.headers.get('content-type')!, /event-stream/);
    let text = '';
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(text, 'Hé du 🌍');
    assert.deepEqual(outline(await recorded(2)), [MEASURED, MEASURED]);
  });

  openaiCase('of responses, plain and streamed', async ({ openai, server, recorded }) => {
    const input = { model: 'gpt-4o-mini', input: 'Hé' };
    server.answer = json(responseAnswer());
    const plain = await openai.responses.create(input).withResponse();
    assert.equal(plain.data.output_text, '{"ok":true}');
    server.answer = sse(...responseEvents());
    const { data } = await openai.responses.create({ ...input, stream: true }).withResponse();
    const types: string[] = [];
    for await (const event of data) types.push(event.type);
    assert.deepEqual([types.length, types.at(-1)], [7, 'response.completed']);
    assert.deepEqual(outline(await recorded(2)), [MEASURED_RESPONSE, MEASURED_RESPONSE]);
  });
});
