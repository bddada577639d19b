/** A stream that fails on the way was not recorded, or raised an unhandledRejection that ended the process. */
import assert from 'node:assert/strict';
import { brokenSse, chatEvents, event, sse } from '../support/llm-server.js';
import { CHAT, openaiCase, outline } from '../support/openai.js';

const half = chatEvents().slice(0, 3);

describe('openai: a stream that fails on the way', () => {
  openaiCase('by an error event', async ({ openai, sdk, server, recorded }) => {
    server.answer = sse(
      ...half,
      event({ error: { message: 'The server had an error', type: 'server_error' } }),
    );
    const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
    const reading = async (): Promise<void> => { for await (const _ of stream) void _; }; // prettier-ignore
    await assert.rejects(reading, sdk.APIError);
    assert.deepEqual(outline(await recorded(1)), [
      { model: 'gpt-4o-mini-2024-07-18', status: 'server_error', usage: undefined },
    ]);
  });

  openaiCase('by a reset, whether the loop or nobody handles it', async ({ openai, server, recorded }) => {
    server.answer = brokenSse(...half);
    const stream = await openai.chat.completions.create({ ...CHAT, stream: true });
    let chunks = 0;
    const reading = async (): Promise<void> => { for await (const _ of stream) chunks++; }; // prettier-ignore
    await assert.rejects(reading, /terminated|aborted|closed|Premature|ECONNRESET/i);
    assert.equal(chunks, 3);
    assert.deepEqual(outline(await recorded(1)), [
      { model: 'gpt-4o-mini-2024-07-18', status: 'network_error', usage: undefined },
    ]);
  });

  openaiCase('by a reset that only the helper sees', async ({ openai, server, recorded }) => {
    server.answer = brokenSse(...half);
    const completions =
      openai.chat.completions.stream === undefined
        ? (openai.beta as any).chat.completions
        : openai.chat.completions;
    const stream = completions.stream(CHAT);
    const failed = new Promise((resolve) => stream.on('error', resolve));
    assert.ok((await failed) instanceof Error);
    assert.equal((await recorded(1))[0]?.status, 'network_error');
  });
});
