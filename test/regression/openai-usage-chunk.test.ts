/** The usage of a stream comes in a chunk with `choices: []`: readers that look at choices[0] threw or missed it. */
import assert from 'node:assert/strict';
import { USAGE } from '../support/llm-server.js';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: the usage chunk', () => {
  for (const ask of [true, false]) {
    openaiCase(
      `that the caller asked for is the caller's${ask ? '' : ', any host'}`,
      async ({ openai, recorded }) => {
        const stream = await openai.chat.completions.create({
          ...CHAT,
          stream: true,
          stream_options: { include_usage: true },
        });
        const chunks = [];
        for await (const chunk of stream) chunks.push(chunk);
        assert.deepEqual(
          [chunks.length, chunks.at(-1)?.choices, chunks.at(-1)?.usage, chunks[0]?.usage],
          [6, [], USAGE, null],
        );
        assert.deepEqual(outline(await recorded(1)), [MEASURED]);
      },
      { ask },
    );
  }

  openaiCase('that nobody but us asked for is not seen', async ({ openai, recorded }) => {
    const chunks = [];
    for await (const chunk of await openai.chat.completions.create({ ...CHAT, stream: true }))
      chunks.push(chunk);
    assert.equal(chunks.length, 5);
    assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && !('usage' in chunk)));
    assert.deepEqual(outline(await recorded(1)), [MEASURED]);
  });

  openaiCase(
    'is not asked of a host that is not on the list',
    async ({ openai, server, recorded }) => {
      for await (const _ of await openai.chat.completions.create({ ...CHAT, stream: true })) void _;
      assert.deepEqual(JSON.parse(server.received[0]!.text), { ...CHAT, stream: true });
      assert.deepEqual(outline(await recorded(1)), [{ ...MEASURED, usage: undefined }]);
    },
    { ask: false },
  );
});
