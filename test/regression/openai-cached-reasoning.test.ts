/** Cached and reasoning tokens were added to prompt and completion, of which they are parts. */
import assert from 'node:assert/strict';
import { chatAnswer, chatEvents, json, sse } from '../support/llm-server.js';
import { CHAT, openaiCase } from '../support/openai.js';

const usage = {
  prompt_tokens: 100,
  completion_tokens: 50,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 80, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 40, audio_tokens: 0 },
};

describe('openai: cached and reasoning tokens', () => {
  openaiCase('are parts of the whole', async ({ openai, server, recorded }) => {
    server.answer = json(chatAnswer({ usage }));
    await openai.chat.completions.create(CHAT);
    server.answer = sse(...chatEvents({ usage }));
    for await (const _ of await openai.chat.completions.create({ ...CHAT, stream: true })) void _;
    for (const { usage: used } of await recorded(2)) {
      const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = used ?? {};
      assert.deepEqual([promptTokens, completionTokens, cachedTokens, reasoningTokens], [100, 50, 80, 40]);
    }
  });
});
