/** A refused stream was recorded as nothing, or as a success without tokens. */
import assert from 'node:assert/strict';
import { json, openaiChat } from '../support/llm-server.js';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: 429 on a stream', () => {
  const refused = json({ error: { message: 'Rate limit reached', type: 'requests' } }, 429, {
    'retry-after-ms': '1',
  });

  openaiCase('is recorded with the model asked for', async ({ openai, sdk, server, recorded }) => {
    server.answer = refused;
    await assert.rejects(
      async () => openai.chat.completions.create({ ...CHAT, stream: true }),
      sdk.RateLimitError,
    );
    assert.deepEqual(outline(await recorded(1)), [
      { model: 'gpt-4o-mini', status: 'rate_limited', usage: undefined },
    ]);
  });

  openaiCase(
    'which the SDK tries again gives two calls, the second a retry',
    async ({ client, server, recorded }) => {
      server.answer = (response, request) => {
        server.answer = openaiChat;
        return refused(response, request);
      };
      const stream = await client({ maxRetries: 1 }).chat.completions.create({ ...CHAT, stream: true });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      assert.equal(text, 'Hé du 🌍');
      const events = await recorded(2);
      assert.deepEqual(outline(events), [
        { model: 'gpt-4o-mini', status: 'rate_limited', usage: undefined },
        MEASURED,
      ]);
      assert.deepEqual(events.map(({ isRetry }) => isRetry), [false, true]); // prettier-ignore
    },
  );
});
