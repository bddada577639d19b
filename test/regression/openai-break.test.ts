/** Leaving the loop must hang up on the provider, who bills what it still writes; and must be recorded. */
import assert from 'node:assert/strict';
import { chatEvents } from '../support/llm-server.js';
import { CHAT, openaiCase, outline } from '../support/openai.js';

describe('openai: break', () => {
  for (const ask of [true, false]) {
    openaiCase(
      `hangs up and is a cancelled call${ask ? ', also when usage was asked for' : ''}`,
      async ({ openai, server, recorded }) => {
        server.answer = (response) =>
          void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents()[0]);
        for await (const _ of await openai.chat.completions.create({ ...CHAT, stream: true })) break;
        await server.clientGone();
        assert.deepEqual(outline(await recorded(1)), [
          { model: 'gpt-4o-mini-2024-07-18', status: 'cancelled', usage: undefined },
        ]);
      },
      { ask },
    );
  }

  openaiCase('after the last word is a success', async ({ openai, recorded }) => {
    let text = '';
    const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
    // The SDK itself cancels after [DONE]: so this is also what every stream read to its end looks like.
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(text, 'Hé du 🌍');
    assert.equal((await recorded(1))[0]?.status, 'success');
  });
});
