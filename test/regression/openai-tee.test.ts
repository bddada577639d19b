/** `stream.tee()` and `toReadableStream()` were gone from wrapped streams, or counted a call once for each branch. */
import assert from 'node:assert/strict';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: tee() and toReadableStream()', () => {
  openaiCase('tee() gives both branches all chunks, one call', async ({ openai, recorded }) => {
    const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
    const texts = await Promise.all(
      stream.tee().map(async (branch) => {
        let text = '';
        for await (const chunk of branch) text += chunk.choices[0]?.delta.content ?? '';
        return text;
      }),
    );
    assert.deepEqual(texts, ['Hé du 🌍', 'Hé du 🌍']);
    assert.deepEqual(outline(await recorded(1)), [MEASURED]);
  });

  openaiCase('toReadableStream() gives a line for each chunk', async ({ openai, recorded }) => {
    const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
    const lines = (await new Response(stream.toReadableStream() as ReadableStream).text()).trim().split('\n');
    assert.equal(lines.length, 5);
    assert.ok(lines.every((line) => !('usage' in JSON.parse(line))));
    assert.deepEqual(outline(await recorded(1)), [MEASURED]);
  });
});
