/** Anthropic's own SDK, CJS and ESM, and plain fetch, under the tap. */
import assert from 'node:assert/strict';
import type AnthropicSdk from '@anthropic-ai/sdk';
import { answerWith, beginningOf, sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { json } from '../../support/llm-server.js';
import { fixture } from '../../support/llm-provider.js';

const PROMPT = {
  model: 'claude-sonnet-5-5',
  max_tokens: 1024,
  messages: [{ role: 'user' as const, content: 'Hé' }],
};
const MODEL = 'claude-sonnet-4-5-20250929';
const WHOLE = {
  model: MODEL,
  status: 'success',
  usage: {
    promptTokens: 20_321, completionTokens: 393, cachedTokens: 18_000, cacheWriteTokens: 2300, cacheWrite1hTokens: 2000,
    reasoningTokens: 120,
  },
}; // prettier-ignore
const PROMPT_PART = {
  promptTokens: 1325,
  cachedTokens: 1000,
  cacheWriteTokens: 300,
  cacheWrite1hTokens: 200,
};
const STREAMED = { model: MODEL, status: 'success', usage: { ...PROMPT_PART, completionTokens: 15 } };
/** Stopped after the second piece of text: the output told so far is that of message_start. */
const STOPPED = { model: MODEL, status: 'cancelled', usage: { ...PROMPT_PART, completionTokens: 1 } };
const STREAM = 'anthropic/stream.sse';

type Sdk = { readonly default: typeof AnthropicSdk };
const FLAVOURS: Record<string, () => Promise<Sdk>> = {
  CJS: () => Promise.resolve(require('@anthropic-ai/sdk') as Sdk),
  ESM: () => import('@anthropic-ai/sdk'),
};

for (const [flavour, load] of Object.entries(FLAVOURS)) {
  describe(`@anthropic-ai/sdk, ${flavour}`, () => {
    const clientOf = async ({ tap, origin }: SdkCase, options: object = {}): Promise<AnthropicSdk> =>
      new (await load()).default({
        apiKey: 'sk-ant-test', baseURL: origin, maxRetries: 0, fetch: tap.fetch, ...options,
      }); // prettier-ignore

    sdkCase('a message, which stays as it was', async (given) => {
      given.server.answer = answerWith('anthropic/message.json');
      const message = await (await clientOf(given)).messages.create(PROMPT);
      assert.deepEqual(JSON.parse(JSON.stringify(message)), JSON.parse(fixture('anthropic/message.json')));
      assert.deepEqual(told(given.tap.events), [WHOLE]);
      assert.equal(given.tap.only().feature, 'chat');
      assert.deepEqual(JSON.parse(given.server.received[0]?.text ?? ''), PROMPT);
    });

    sdkCase('a stream read to its end', async (given) => {
      given.server.answer = answerWith(STREAM);
      const types: string[] = [];
      for await (const event of await (await clientOf(given)).messages.create({ ...PROMPT, stream: true }))
        types.push(event.type);
      assert.deepEqual(types, [
        'message_start', 'content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop',
        'message_delta', 'message_stop',
      ]); // prettier-ignore
      assert.deepEqual(told(given.tap.events), [STREAMED]);
      assert.ok((given.tap.only().timeToFirstToken ?? -1) >= 0);
    });

    sdkCase('the stream helper, its text and its final message', async (given) => {
      given.server.answer = answerWith(STREAM);
      const stream = (await clientOf(given)).messages.stream(PROMPT);
      const texts: string[] = [];
      stream.on('text', (text) => texts.push(text));
      const message = await stream.finalMessage();
      assert.deepEqual(texts, ['Bonjour', ' 🌍']);
      assert.equal(message.usage.output_tokens, 15);
      assert.deepEqual(told(given.tap.events), [STREAMED]);
    });

    sdkCase('thinking, server tools and compaction of the beta', async (given) => {
      const client = await clientOf(given);
      given.server.answer = answerWith('anthropic/stream-thinking.sse');
      for await (const event of await client.messages.create({ ...PROMPT, stream: true })) void event;
      given.server.answer = answerWith('anthropic/message-web-search.json');
      await client.messages.create(PROMPT);
      given.server.answer = answerWith('anthropic/message-compaction.json');
      await client.beta.messages.create(PROMPT);
      const [thinking, search, compaction] = given.tap.events;
      assert.equal(thinking?.usage?.reasoningTokens, 290);
      assert.equal(thinking?.serviceTier, 'priority');
      assert.equal(search?.usage?.webSearches, 3);
      assert.equal(compaction?.usage?.promptTokens, 203_300);
    });

    sdkCase('counting tokens is no call', async (given) => {
      given.server.answer = json({ input_tokens: 14 });
      assert.equal((await (await clientOf(given)).messages.countTokens(PROMPT)).input_tokens, 14);
      assert.deepEqual(given.tap.events, []);
    });

    sdkCase('429, 500, 529 and 400 come to the caller and are counted', async (given) => {
      const client = await clientOf(given);
      for (const [status, name] of [
        [429, 'RateLimitError'], [500, 'InternalServerError'], [529, 'OverloadedError'], [400, 'BadRequestError'],
      ] as const) {
        given.server.answer = answerWith('anthropic/error.json', status);
        const error = await client.messages.create(PROMPT).catch((thrown: unknown) => thrown as Error);
        assert.equal(error.constructor.name, name);
      }
      given.server.answer = answerWith('anthropic/error.json', 429);
      await assert.rejects(client.messages.create({ ...PROMPT, stream: true }), { status: 429 });
      assert.deepEqual(given.tap.events.map(({ model, status }) => `${model} ${status}`), [
        'claude-sonnet-5-5 rate_limited', 'claude-sonnet-5-5 server_error', 'claude-sonnet-5-5 server_error',
        'claude-sonnet-5-5 client_error', 'claude-sonnet-5-5 rate_limited',
      ]);
      assert.ok(given.tap.events.every(({ usage }) => usage === undefined));
    }); // prettier-ignore

    sdkCase('a second try is a retry', async (given) => {
      const answers = [
        answerWith('anthropic/error.json', 500, { 'retry-after-ms': '1' }),
        answerWith('anthropic/message.json'),
      ];
      given.server.answer = (response, request) => answers.shift()?.(response, request);
      await (await clientOf(given, { maxRetries: 1 })).messages.create(PROMPT);
      assert.deepEqual(
        given.tap.events.map(({ status, isRetry }) => [status, isRetry]),
        [
          ['server_error', false],
          ['success', true],
        ],
      );
    });

    sdkCase('an error event within the stream', async (given) => {
      given.server.answer = answerWith('anthropic/stream-error.sse');
      const stream = await (await clientOf(given)).messages.create({ ...PROMPT, stream: true });
      await assert.rejects(async () => {
        for await (const event of stream) void event;
      }, /Overloaded/);
      const usage = { promptTokens: 25, completionTokens: 1 };
      assert.deepEqual(told(given.tap.events), [{ model: MODEL, status: 'server_error', usage }]);
    });

    sdkCase('break ends the request, and what was told is billed', async (given) => {
      given.server.answer = beginningOf(STREAM, 5);
      for await (const event of await (await clientOf(given)).messages.create({ ...PROMPT, stream: true }))
        if (event.type === 'content_block_delta') break;
      await given.server.clientGone();
      assert.deepEqual(told(given.tap.events), [STOPPED]);
    });

    sdkCase('abort by signal, and of the helper', async (given) => {
      const client = await clientOf(given);
      given.server.answer = beginningOf(STREAM, 5);
      const abort = new AbortController();
      const stream = await client.messages.create({ ...PROMPT, stream: true }, { signal: abort.signal });
      for await (const event of stream) if (event.type === 'content_block_delta') abort.abort();
      const helper = client.messages.stream(PROMPT);
      helper.on('text', () => helper.abort());
      await assert.rejects(helper.done(), { name: 'APIUserAbortError' });
      assert.deepEqual(told(await given.recorded(2)), [STOPPED, STOPPED]);
    });

    sdkCase('an abort before any answer, and a timeout of the SDK', async (given) => {
      given.server.answer = () => {};
      const abort = new AbortController();
      const call = (await clientOf(given)).messages.create(PROMPT, { signal: abort.signal });
      setImmediate(() => abort.abort());
      await assert.rejects(call);
      await assert.rejects((await clientOf(given)).messages.create(PROMPT, { timeout: 1000 }));
      assert.deepEqual(
        given.tap.events.map(({ status }) => status),
        ['cancelled', 'timeout'],
      );
    });

    sdkCase('a body that nobody reads is counted', async (given) => {
      given.server.answer = answerWith('anthropic/message.json');
      const response = await (await clientOf(given)).messages.create(PROMPT).asResponse();
      assert.equal(response.status, 200);
      given.tap.calls.flushOpenCalls();
      assert.deepEqual(told(given.tap.events), [{ model: 'claude-sonnet-5-5', status: 'success' }]);
    });

    sdkCase('withResponse gives both', async (given) => {
      given.server.answer = answerWith('anthropic/message.json', 200, { 'request-id': 'req_1' });
      const { data, request_id: id } = await (await clientOf(given)).messages.create(PROMPT).withResponse();
      assert.deepEqual([id, data.usage.input_tokens], ['req_1', 21]);
      assert.deepEqual(told(given.tap.events), [WHOLE]);
    });
  });
}

describe('Anthropic by plain fetch', () => {
  const post = ({ tap, origin }: SdkCase, path: string, body: object): Promise<Response> =>
    tap.fetch(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(body),
    });

  sdkCase('whole and streamed', async (given) => {
    given.server.answer = answerWith('anthropic/message.json');
    const whole = await post(given, '/v1/messages', PROMPT);
    assert.equal(await whole.text(), fixture('anthropic/message.json'));
    given.server.answer = answerWith(STREAM);
    const stream = await post(given, '/v1/messages', { ...PROMPT, stream: true });
    assert.equal(await stream.text(), fixture(STREAM));
    assert.deepEqual(told(given.tap.events), [WHOLE, STREAMED]);
  });

  sdkCase('on Vertex the path names the model of a failed call', async (given) => {
    const path = '/v1/projects/p/locations/global/publishers/anthropic/models/claude-sonnet-4-5@20250929';
    const body = { anthropic_version: 'vertex-2023-10-16', max_tokens: 9, messages: PROMPT.messages };
    given.server.answer = json([{ error: { code: 429 } }], 429);
    await (await post(given, `${path}:rawPredict`, body)).text();
    given.server.answer = answerWith(STREAM);
    await (await post(given, `${path}:streamRawPredict`, { ...body, stream: true })).text();
    assert.deepEqual(told(given.tap.events), [
      { model: 'claude-sonnet-4-5@20250929', status: 'rate_limited' },
      STREAMED,
    ]);
  });

  sdkCase('another service with a path of that name is left alone', async (given) => {
    given.server.answer = json({ message_uuid: 'a' });
    await (await post(given, '/v1/messages', { to: '33600000000', text: 'Hi', channel: 'sms' })).json();
    assert.deepEqual(given.tap.events, []);
  });
});
