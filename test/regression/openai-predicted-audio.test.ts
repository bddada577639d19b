/** Predicted and audio tokens are parts of the whole; a loop with tools is as many calls as it makes. */
import assert from 'node:assert/strict';
import { assertCost, quote } from '../support/list-prices.js';
import { chatAnswer, chatEvents, json, sse, type Answer } from '../support/llm-server.js';
import { CHAT, openaiCase, outline, MEASURED, type OpenaiCase } from '../support/openai.js';

/** As OpenAI's guides have it: the rejected ones are billed as completion, and are in its count. */
const PREDICTED = {
  ...{ prompt_tokens: 300, completion_tokens: 120, total_tokens: 420 },
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 60, rejected_prediction_tokens: 40 },
}; // prettier-ignore
const AUDIO = {
  ...{ prompt_tokens: 200, completion_tokens: 300, total_tokens: 500 },
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 150, text_tokens: 50, image_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 220, text_tokens: 80 },
};

/** The same call whole and streamed. */
async function both({ openai, server }: OpenaiCase, usage: object, model: string, more: object): Promise<void> {
  const ask = { ...CHAT, ...more, model };
  server.answer = json(chatAnswer({ model, usage }));
  await openai.chat.completions.create(ask);
  server.answer = sse(...chatEvents({ usage }).map((event) => event.replaceAll('gpt-4o-mini-2024-07-18', model)));
  for await (const _ of await openai.chat.completions.create({ ...ask, stream: true })) void _;
} // prettier-ignore

describe('openai: predicted tokens', () => {
  openaiCase('are in the completion, taken or not', async (given) => {
    const prediction = { type: 'content', content: 'class User {}' };
    await both(given, PREDICTED, 'gpt-4o-2024-08-06', { prediction });
    for (const event of await given.recorded(2)) {
      const { promptTokens, completionTokens } = event.usage ?? {};
      assert.deepEqual([promptTokens, completionTokens], [300, 120]);
      // 2.50 in and 10.00 out. https://platform.openai.com/docs/pricing, 2026-11.
      assertCost(quote({ ...event, provider: 'openai' }), (300 * 2.5 + 120 * 10) / 1e6);
    }
  });
});

describe('openai: audio tokens', () => {
  openaiCase('in and out, at their own price', async (given) => {
    const more = { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'pcm16' } };
    await both(given, AUDIO, 'gpt-4o-audio-preview-2025-06-03', more);
    for (const event of await given.recorded(2)) {
      const { promptTokens, completionTokens, audioInputTokens, audioOutputTokens } = event.usage ?? {};
      const counted = [promptTokens, completionTokens, audioInputTokens, audioOutputTokens];
      assert.deepEqual(counted, [200, 300, 150, 220]);
      // Text 2.50 and 10.00, audio 40 and 80. https://platform.openai.com/docs/models/gpt-4o-audio-preview, 2026-11.
      const cost = (50 * 2.5 + 150 * 40 + 80 * 10 + 220 * 80) / 1e6;
      assertCost(quote({ ...event, provider: 'openai' }), cost);
    }
  });
});

describe('openai: runTools', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'hour', arguments: '{}' } };
  const message = { role: 'assistant', content: null, tool_calls: [call] };
  const asksTool = json(chatAnswer({ choices: [{ index: 0, finish_reason: 'tool_calls', message }] }));

  openaiCase('each call of the loop', async ({ openai, server, recorded }) => {
    const answers: Answer[] = [asksTool, asksTool, json(chatAnswer())];
    server.answer = (response, request) => answers.shift()?.(response, request);
    const definition = { name: 'hour', parameters: { type: 'object' }, function: () => 'noon', description: 'The hour' };
    // openai 4 has it among its trials.
    const { completions } = 'runTools' in openai.chat.completions ? openai.chat : (openai.beta as unknown as typeof openai).chat;
    const runner = completions.runTools({ ...CHAT, tools: [{ type: 'function', function: { ...definition, parse: JSON.parse } }] } as never);
    assert.equal(await runner.finalContent(), 'Hé 🌍');
    assert.deepEqual(outline(await recorded(3)), [MEASURED, MEASURED, MEASURED]);
  }); // prettier-ignore
});
