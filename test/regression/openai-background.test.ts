/** A response made in the background is counted once, when it is over, by whichever road that is seen. */
import assert from 'node:assert/strict';
import type { LlmEvent } from '../../src/llm/types.js';
import { brokenSse, event, json, RESPONSE_USAGE, sse, type Answer } from '../support/llm-server.js';
import { openaiCase } from '../support/openai.js';

const ASK = { model: 'gpt-5.1', input: 'Hé', background: true } as const;
const ID = 'resp_67cb61fa3a448190';

/** As the API reference has it; `completed_at` only of a completed one. */
const background = (status: string, more: object = {}): object => ({
  ...{ id: ID, object: 'response', created_at: 1_741_476_777, status, background: true, error: null },
  ...(status === 'completed' && { completed_at: 1_741_476_819, usage: RESPONSE_USAGE }),
  ...{
    incomplete_details: null,
    model: 'gpt-5.1-2025-11-13',
    output: [],
    service_tier: 'default',
    tools: [],
  },
  ...(status !== 'completed' && { usage: null }),
  ...more,
});

const USAGE = { promptTokens: 30, completionTokens: 20, cachedTokens: 10, reasoningTokens: 5 };
const COMPLETED = {
  ...{
    provider: 'openai_compatible',
    operation: 'responses',
    model: 'gpt-5.1-2025-11-13',
    requestModel: 'gpt-5.1',
  },
  ...{
    feature: 'chat',
    isRetry: false,
    status: 'success',
    duration: 42,
    usage: USAGE,
    serviceTier: 'default',
  },
};

/** Answers in turn, the last one from then on. */
const inTurn = (...answers: Answer[]): Answer => (response, request) =>
  (answers.length > 1 ? (answers.shift() as Answer) : (answers[0] as Answer))(response, request); // prettier-ignore

const typed = (type: string, status: string, n: number): string =>
  `event: ${type}\n${event({ type, sequence_number: n, response: background(status) })}`;
const delta = `event: response.output_text.delta\n${event({ type: 'response.output_text.delta', sequence_number: 3, item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hé', logprobs: [] })}`;
const QUEUED = [
  typed('response.queued', 'queued', 0),
  typed('response.in_progress', 'in_progress', 1),
  delta,
];
const DONE = typed('response.completed', 'completed', 4);

const outlineOf = (events: readonly LlmEvent[]): unknown[] =>
  events.map(({ status, usage, feature }) => ({ status, usage, feature }));

describe('openai: a response in the background', () => {
  openaiCase('asked for, polled until it is over, and once more', async (given) => {
    const { openai, server, tap } = given;
    const states = ['queued', 'queued', 'in_progress', 'completed'].map((status) => json(background(status)));
    server.answer = inTurn(...states);
    let response = await openai.responses.create(ASK);
    assert.deepEqual([response.status, tap.events], ['queued', []]);
    while (response.status !== 'completed') {
      assert.deepEqual(tap.events, []);
      response = await openai.responses.retrieve(ID);
    }
    assert.equal(response.usage?.output_tokens, 20);
    await openai.responses.retrieve(ID);
    await openai.responses.retrieve(ID);
    assert.deepEqual(await given.recorded(1), [COMPLETED]);
    tap.calls.flushOpenCalls();
    tap.later.settle();
    assert.equal(tap.events.length, 1);
  });

  openaiCase('under the feature it was asked for with; asked for by another process it has the reader’s', async (given) => {
    const { openai, server } = given;
    server.answer = inTurn(json(background('queued')), json(background('completed')));
    await openai.responses.create(ASK, { headers: { 'x-intelia-feature': 'report' } });
    await openai.responses.retrieve(ID);
    server.answer = json(background('completed', { id: 'resp_other' }));
    await openai.responses.retrieve('resp_other', {}, { headers: { 'x-intelia-feature': 'worker' } });
    assert.deepEqual(outlineOf(await given.recorded(2)), [
      { status: 'success', usage: USAGE, feature: 'report' },
      { status: 'success', usage: USAGE, feature: 'worker' },
    ]);
    assert.deepEqual(server.received.map(({ headers }) => headers['x-intelia-feature']), [undefined, undefined, undefined]);
  }); // prettier-ignore

  openaiCase('given up', async (given) => {
    const { openai, server } = given;
    server.answer = inTurn(json(background('queued')), json(background('cancelled')));
    await openai.responses.create(ASK);
    await openai.responses.cancel(ID);
    await openai.responses.retrieve(ID);
    assert.deepEqual(outlineOf(await given.recorded(1)), [{ status: 'cancelled', usage: undefined, feature: 'chat' }]);
    assert.equal(server.received[1]?.method, 'POST');
  }); // prettier-ignore

  openaiCase('failed, and cut short', async (given) => {
    const { openai, server } = given;
    const error = { code: 'rate_limit_exceeded', message: 'Slow down.' };
    server.answer = inTurn(
      json(background('queued')),
      json(background('failed', { error })),
      json(background('incomplete', { id: 'resp_short', usage: RESPONSE_USAGE })),
    );
    await openai.responses.create(ASK);
    await openai.responses.retrieve(ID);
    await openai.responses.retrieve('resp_short');
    assert.deepEqual(outlineOf(await given.recorded(2)), [
      { status: 'rate_limited', usage: undefined, feature: 'chat' },
      { status: 'success', usage: USAGE, feature: 'chat' },
    ]);
  });

  openaiCase('streamed to its end, then asked for again', async (given) => {
    const { openai, server } = given;
    server.answer = inTurn(sse(...QUEUED, DONE), json(background('completed')));
    for await (const _ of await openai.responses.create({ ...ASK, stream: true })) void _;
    await openai.responses.retrieve(ID);
    const [call] = await given.recorded(1);
    assert.deepEqual(outlineOf(given.tap.events), [{ status: 'success', usage: USAGE, feature: 'chat' }]);
    assert.ok((call?.timeToFirstToken ?? -1) >= 0);
  });

  openaiCase('a stream that broke, taken up again where it was', async (given) => {
    const { openai, server } = given;
    server.answer = brokenSse(...QUEUED);
    await assert.rejects(async () => {
      for await (const _ of await openai.responses.create({ ...ASK, stream: true })) void _;
    });
    assert.deepEqual(given.tap.events, []);
    server.answer = sse(DONE);
    const types: string[] = [];
    const again = await openai.responses.retrieve(ID, { stream: true, starting_after: 3 } as {
      stream: true;
    });
    for await (const { type } of again as unknown as AsyncIterable<{ type: string }>) types.push(type);
    assert.deepEqual(types, ['response.completed']);
    assert.deepEqual(await given.recorded(1), [COMPLETED]);
    assert.match(
      server.received.at(-1)?.path ?? '',
      /stream=true&starting_after=3|starting_after=3&stream=true/,
    );
  });

  openaiCase('one that was not made so is not counted again; nor is any other GET', async (given) => {
    const { openai, server } = given;
    server.answer = json(background('completed', { background: false }));
    await openai.responses.retrieve(ID);
    server.answer = json({ object: 'list', data: [] });
    await openai.responses.inputItems.list(ID);
    server.answer = json({ error: { message: 'gone' } }, 404);
    await assert.rejects(openai.responses.retrieve(ID));
    assert.deepEqual(given.tap.events, []);
  });
});
