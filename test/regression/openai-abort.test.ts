/** `controller.abort()` was lost on wrapped streams, or left the call unrecorded. */
import assert from 'node:assert/strict';
import { chatEvents } from '../support/llm-server.js';
import { CHAT, openaiCase, outline } from '../support/openai.js';

const CANCELLED = { model: 'gpt-4o-mini-2024-07-18', status: 'cancelled', usage: undefined };

describe('openai: an abort', () => {
  openaiCase(
    'by controller.abort() ends the loop quietly and hangs up',
    async ({ openai, server, recorded }) => {
      server.answer = (response) =>
        void response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(chatEvents().slice(0, 2).join(''));
      const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
      let chunks = 0;
      for await (const _ of stream) if (++chunks === 2) stream.controller.abort();
      await server.clientGone();
      assert.equal(chunks, 2);
      assert.deepEqual(outline(await recorded(1)), [CANCELLED]);
    },
  );

  openaiCase("by the caller's signal, before an answer", async ({ openai, sdk, server, recorded }) => {
    const controller = new AbortController();
    server.answer = () => controller.abort();
    await assert.rejects(
      openai.chat.completions.create(CHAT, { signal: controller.signal }),
      sdk.APIUserAbortError,
    );
    await server.clientGone();
    assert.deepEqual(outline(await recorded(1)), [{ ...CANCELLED, model: 'gpt-4o-mini' }]);
  });

  openaiCase("by the SDK's own timer is a timeout", async ({ openai, sdk, server, recorded }) => {
    server.answer = () => {};
    await assert.rejects(
      openai.chat.completions.create(CHAT, { timeout: 30 }),
      sdk.APIConnectionTimeoutError,
    );
    assert.deepEqual(outline(await recorded(1)), [{ ...CANCELLED, model: 'gpt-4o-mini', status: 'timeout' }]);
  });
});
