/** The `responses.stream()` helper asks for a stream with its response inside, which patches did not return. */
import assert from 'node:assert/strict';
import { responseEvents, sse } from '../support/llm-server.js';
import { MEASURED_RESPONSE, openaiCase, outline } from '../support/openai.js';

describe('openai: responses.stream()', () => {
  openaiCase('gives its events and the final response', async ({ openai, server, recorded }) => {
    server.answer = sse(...responseEvents());
    const stream = openai.responses.stream({ model: 'gpt-4o-mini', input: 'Hé' });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => (text += delta));
    const final = await stream.finalResponse();
    assert.deepEqual([text, (final.output[0] as any).content[0].text], ['{"ok":true}', '{"ok":true}']);
    assert.deepEqual(outline(await recorded(1)), [MEASURED_RESPONSE]);
    assert.ok((await recorded(1))[0]?.timeToFirstToken !== undefined);
  });
});
