/** The `.stream()` helper and its events were broken by patches of the promise that it awaits. */
import assert from 'node:assert/strict';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: chat.completions.stream()', () => {
  openaiCase('gives its events and the final answer', async ({ openai, recorded }) => {
    // In `beta` up to openai 4.
    const completions =
      openai.chat.completions.stream === undefined
        ? (openai.beta as any).chat.completions
        : openai.chat.completions;
    const stream = completions.stream(CHAT);
    const seen: string[] = [];
    for (const name of ['connect', 'chunk', 'content', 'finalChatCompletion', 'end'])
      stream.on(name, () => seen.push(name));
    const final = await stream.finalChatCompletion();
    await stream.done();
    assert.equal(final.choices[0].message.content, 'Hé du 🌍');
    assert.equal(final.usage, undefined);
    const count = (name: string): number => seen.filter((each) => each === name).length;
    assert.deepEqual(
      [count('connect'), count('chunk'), count('finalChatCompletion'), count('end')],
      [1, 5, 1, 1],
    );
    assert.deepEqual(outline(await recorded(1)), [MEASURED]);
  });
});
