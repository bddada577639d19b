/** `.parse()` threw, since it goes through a promise class that wrappers lost. */
import assert from 'node:assert/strict';
import { chatAnswer, json, responseAnswer } from '../support/llm-server.js';
import { CHAT, MEASURED, MEASURED_RESPONSE, openaiCase, outline } from '../support/openai.js';

const schema = {
  type: 'object',
  properties: { ok: { type: 'boolean' } },
  required: ['ok'],
  additionalProperties: false,
};

describe('openai: .parse()', () => {
  openaiCase('of a chat', async ({ openai, server, recorded }) => {
    server.answer = json(
      chatAnswer({
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: '{"ok":true}', refusal: null },
            finish_reason: 'stop',
          },
        ],
      }),
    );
    // In `beta` up to openai 4.
    const completions =
      openai.chat.completions.parse === undefined
        ? (openai.beta as any).chat.completions
        : openai.chat.completions;
    const answer = await completions.parse({
      ...CHAT,
      response_format: { type: 'json_schema', json_schema: { name: 'ok', schema } },
    });
    assert.equal(answer.choices[0].message.content, '{"ok":true}');
    assert.deepEqual(outline(await recorded(1)), [MEASURED]);
  });

  openaiCase('of responses', async ({ openai, server, recorded }) => {
    server.answer = json(responseAnswer());
    const format = { type: 'json_schema' as const, name: 'ok', schema };
    const answer = await openai.responses.parse({ model: 'gpt-4o-mini', input: 'Hé', text: { format } });
    assert.equal(answer.output_text, '{"ok":true}');
    assert.deepEqual(outline(await recorded(1)), [MEASURED_RESPONSE]);
  });
});
