/** Answers without usage, with `choices: []`, null or nonsense threw into the application. */
import assert from 'node:assert/strict';
import { event, json, sse } from '../support/llm-server.js';
import { CHAT, openaiCase } from '../support/openai.js';

const ABSURD: unknown[] = [
  null, 7, 'text', [], {}, { model: null, usage: null }, { model: 'm', choices: [], usage: [] },
  { model: 'm', choices: null, usage: { prompt_tokens: 'many', completion_tokens: -3 } },
  { model: { a: 1 }, choices: [null], usage: { prompt_tokens: 1e308, completion_tokens: null } },
  { model: 'm', choices: [{ delta: null }], usage: { prompt_tokens: { deep: [[[]]] } } },
]; // prettier-ignore

describe('openai: odd bodies', () => {
  openaiCase('of a plain answer change nothing and are counted', async ({ openai, server, recorded }) => {
    let count = 0;
    for (const body of ABSURD) {
      server.answer = json(JSON.stringify(body));
      assert.deepEqual(JSON.parse(JSON.stringify(await openai.chat.completions.create(CHAT))), body);
      assert.equal((await recorded(++count))[count - 1]?.status, 'success');
    }
  });

  openaiCase('of a stream change nothing and are counted', async ({ openai, server, recorded }) => {
    const bodies = [...ABSURD, { model: 'm', choices: [{ delta: {} }], usage: null }].map((body) =>
      event(body),
    );
    server.answer = sse(...bodies, event('[DONE]'));
    const response = await openai.chat.completions.create({ ...CHAT, stream: true }).asResponse();
    // What OpenAI adds because we asked is taken out of odd bodies too.
    const expected = [...bodies, event('[DONE]')].join('').replaceAll(',"usage":null', '');
    assert.equal(await response.text(), expected);
    assert.equal((await recorded(1))[0]?.status, 'success');
  });
});
