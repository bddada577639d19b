/** The CJS and the ESM copy of the SDK in one process: patches saw one of them, or both twice. */
import assert from 'node:assert/strict';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: two copies in one process', () => {
  openaiCase('each call is counted once', async ({ openai, server, tap, recorded }) => {
    const other = (await import('openai')).OpenAI;
    const second = new other({ apiKey: 'sk-test', baseURL: server.url, fetch: tap.fetch });
    await openai.chat.completions.create(CHAT);
    await second.chat.completions.create(CHAT);
    assert.deepEqual(outline(await recorded(2)), [MEASURED, MEASURED]);
  });
});
