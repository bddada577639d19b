/** Calls were finished twice, or never: however it ends, a call is one. */
import assert from 'node:assert/strict';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: every call finishes exactly once', () => {
  openaiCase('many at a time, streamed and not, none mixed up', async ({ openai, tap, recorded }) => {
    const one = async (i: number): Promise<void> => {
      if (i % 2 === 0) await openai.chat.completions.create(CHAT);
      else for await (const _ of await openai.chat.completions.create({ ...CHAT, stream: true })) void _;
    };
    await Promise.all(Array.from({ length: 60 }, (_, i) => one(i)));
    assert.deepEqual(outline(await recorded(60)), Array(60).fill(MEASURED));
    tap.calls.flushOpenCalls();
    assert.equal(tap.events.length, 60);
  });

  openaiCase('also when the process ends in the middle', async ({ openai, tap }) => {
    const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    tap.calls.flushOpenCalls();
    while (!(await iterator.next()).done);
    tap.calls.flushOpenCalls();
    // Over http all bytes may have come by then.
    assert.equal(tap.events.length, 1);
  });
});
