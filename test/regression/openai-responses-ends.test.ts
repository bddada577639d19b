/** Streamed responses end in more ways than `[DONE]`: failed, cut short, left, aborted; libraries saw none or one of them. */
import assert from 'node:assert/strict';
import { answerWith } from '../support/llm-sdk.js';
import { brokenSse, responseEvents, sse } from '../support/llm-server.js';
import { MEASURED_RESPONSE, openaiCase, outline } from '../support/openai.js';

const ASKED = { model: 'gpt-4o-mini', input: 'Hé', stream: true as const };
const MODEL = 'gpt-4o-mini-2024-07-18';
const ended = (status: string, usage?: object): object => ({ model: MODEL, status, usage });
const begun = (response: import('node:http').ServerResponse): void =>
  void response
    .writeHead(200, { 'content-type': 'text/event-stream' })
    .write(responseEvents().slice(0, 4).join(''));

describe('openai: the end of a streamed response', () => {
  openaiCase('as it should be, with a first token, after one before it', async ({ openai, server, recorded }) => {
    server.answer = sse(...responseEvents());
    const types: string[] = [];
    const asked = { ...ASKED, previous_response_id: 'resp_0' };
    for await (const { type } of await openai.responses.create(asked)) types.push(type);
    assert.equal(types.at(-1), 'response.completed');
    assert.deepEqual(JSON.parse(server.received[0]!.text), asked);
    assert.deepEqual(outline(await recorded(1)), [MEASURED_RESPONSE]);
    assert.ok((await recorded(1))[0]?.timeToFirstToken !== undefined);
  }); // prettier-ignore

  openaiCase('response.failed and response.incomplete', async ({ openai, server, recorded }) => {
    server.answer = answerWith('openai/responses-failed.sse');
    for await (const _ of await openai.responses.create(ASKED)) void _;
    server.answer = answerWith('openai/responses-incomplete.sse');
    for await (const _ of await openai.responses.create(ASKED)) void _;
    const used = { promptTokens: 20, completionTokens: 16, cachedTokens: 0, reasoningTokens: 0 };
    assert.deepEqual(outline(await recorded(2)), [ended('rate_limited'), ended('success', used)]);
  });

  openaiCase('a break and an abort, which both hang up', async ({ openai, server, recorded }) => {
    server.answer = begun;
    for await (const { type } of await openai.responses.create(ASKED))
      if (type === 'response.output_text.delta') break;
    await server.clientGone();
    const stream = await openai.responses.create(ASKED);
    for await (const { type } of stream) if (type.endsWith('text.delta')) stream.controller.abort();
    assert.deepEqual(outline(await recorded(2)), [ended('cancelled'), ended('cancelled')]);
  });

  openaiCase('a reset', async ({ openai, server, recorded }) => {
    server.answer = brokenSse(...responseEvents().slice(0, 4));
    await assert.rejects(async () => {
      for await (const _ of await openai.responses.create(ASKED)) void _;
    });
    assert.deepEqual(outline(await recorded(1)), [ended('network_error')]);
  });
});
