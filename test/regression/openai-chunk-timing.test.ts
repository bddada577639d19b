/** Chunks were held until the stream's end, or until the next one: a streamed answer stopped to be one. */
import assert from 'node:assert/strict';
import { chatEvents, gate, USAGE } from '../support/llm-server.js';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: chunk timing', () => {
  openaiCase('each chunk is there before the server sends the next', async ({ openai, server, recorded }) => {
    const events = chatEvents({ usage: USAGE });
    let seen = gate();
    server.answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const [i, event] of events.entries()) {
        seen = gate();
        response.write(event);
        // The last two are the usage, which the caller does not see, and [DONE].
        if (i < events.length - 2) await seen.opened;
      }
      response.end();
    };
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ ...CHAT, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? '';
      seen.open();
    }
    assert.equal(text, 'Hé du 🌍');
    assert.deepEqual(outline(await recorded(1)), [MEASURED]);
  });
});
