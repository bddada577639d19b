/** Cohere's own SDK, CJS and ESM, under the tap. */
import assert from 'node:assert/strict';
import type * as CohereSdk from 'cohere-ai';
import { tapFetch } from '../../../src/llm/taps/fetch.js';
import { answerWith, beginningOf, sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { fixture } from '../../support/llm-provider.js';

const nodeFetch = fetch;
const MODEL = 'command-a-03-2025';
const CHAT = { model: MODEL, messages: [{ role: 'user' as const, content: 'Hé' }] };
const WHOLE = {
  model: MODEL, status: 'success', usage: { promptTokens: 5, completionTokens: 418, cachedTokens: 3 },
}; // prettier-ignore
const STREAMED = {
  model: MODEL, status: 'success', usage: { promptTokens: 3, completionTokens: 25, cachedTokens: 0 },
}; // prettier-ignore

const FLAVOURS: Record<string, () => Promise<typeof CohereSdk>> = {
  CJS: () => Promise.resolve(require('cohere-ai') as typeof CohereSdk),
  ESM: () => import('cohere-ai'),
};

for (const [flavour, load] of Object.entries(FLAVOURS)) {
  describe(`cohere-ai, ${flavour}`, () => {
    const clientOf = async ({ origin }: SdkCase): Promise<CohereSdk.CohereClientV2> =>
      // Of a call that is broken off, the SDK lets its timer run on, and the process with it: five minutes, unless told.
      new (await load()).CohereClientV2({ token: 'key', environment: origin, timeoutInSeconds: 3 });

    sdkCase('chat, whole and streamed', async (given) => {
      const client = await clientOf(given);
      given.server.answer = answerWith('cohere/chat.json');
      assert.equal((await client.chat(CHAT)).usage?.billedUnits?.outputTokens, 418);
      given.server.answer = answerWith('cohere/stream.sse');
      const types: string[] = [];
      for await (const event of await client.chatStream(CHAT)) types.push(event.type);
      assert.deepEqual(types, [
        'message-start', 'content-start', 'content-delta', 'content-delta', 'content-end', 'message-end',
      ]);
      assert.deepEqual(told(given.tap.events), [WHOLE, STREAMED]);
      assert.ok((given.tap.events[1]?.timeToFirstToken ?? -1) >= 0);
      assert.deepEqual(given.server.received.map(({ path }) => path), ['/v2/chat', '/v2/chat']);
    }); // prettier-ignore

    sdkCase('embed, texts and images', async (given) => {
      const client = await clientOf(given);
      const ask = { model: 'embed-v4.0', inputType: 'search_document' as const };
      given.server.answer = answerWith('cohere/embed.json');
      await client.embed({ ...ask, texts: ['hello', 'goodbye'], embeddingTypes: ['float'] });
      given.server.answer = answerWith('cohere/embed-image.json');
      await client.embed({ ...ask, inputType: 'image', images: ['data:image/jpeg;base64,AA=='] });
      assert.deepEqual(told(given.tap.events), [
        { model: 'embed-v4.0', status: 'success', usage: { promptTokens: 2 } },
        { model: 'embed-v4.0', status: 'success', usage: { promptTokens: 1200, imageInputTokens: 1200 } },
      ]);
    });

    sdkCase('rerank, and the first API: chat, generate, embed', async (given) => {
      const { CohereClient } = await load();
      // The first API is known at Cohere's own host alone.
      const toServer = (url: string, init: RequestInit): Promise<Response> =>
        nodeFetch(given.origin + new URL(url).pathname, init);
      const fetchThere = tapFetch(toServer as never, given.tap.options) as typeof fetch;
      const old = new CohereClient({ token: 'key', fetch: fetchThere });
      given.server.answer = answerWith('cohere/chat-v1.json');
      assert.equal((await old.chat({ model: MODEL, message: 'Hé' })).text, 'Bonjour 🌍');
      given.server.answer = (response) =>
        response.writeHead(200, { 'content-type': 'application/stream+json' }).end(fixture('cohere/chat-v1.ndjson'));
      const types: string[] = [];
      for await (const { eventType } of await old.chatStream({ model: MODEL, message: 'Hé' })) types.push(eventType);
      assert.deepEqual(types, ['stream-start', 'text-generation', 'text-generation', 'stream-end']);
      given.server.answer = answerWith('cohere/generate-v1.json');
      await old.generate({ model: 'command', prompt: 'Hé' });
      given.server.answer = answerWith('cohere/embed-v1.json');
      await old.embed({ model: 'embed-english-v3.0', texts: ['hello'], inputType: 'search_document' });
      given.server.answer = answerWith('search/rerank-cohere.json');
      await old.v2.rerank({ model: 'rerank-v3.5', query: 'q', documents: ['a', 'b'] });
      const chat = { model: MODEL, status: 'success', usage: { promptTokens: 7, completionTokens: 95 } };
      assert.deepEqual(told(await given.recorded(5)), [
        chat, chat,
        { model: 'command', status: 'success', usage: { promptTokens: 8, completionTokens: 65 } },
        { model: 'embed-english-v3.0', status: 'success', usage: { promptTokens: 3 } },
        { model: 'rerank-v3.5', status: 'success', usage: { searchUnits: 2 } },
      ]);
      assert.ok((given.tap.events[1]?.timeToFirstToken ?? -1) >= 0);
    }); // prettier-ignore

    sdkCase('429, 500 and 400 come to the caller and are counted', async (given) => {
      const client = await clientOf(given);
      for (const statusCode of [429, 500, 400]) {
        given.server.answer = answerWith('cohere/error.json', statusCode);
        await assert.rejects(client.chat(CHAT, { maxRetries: 0 }), { statusCode });
      }
      given.server.answer = answerWith('cohere/error.json', 429);
      await assert.rejects(client.chatStream(CHAT, { maxRetries: 0 }), { statusCode: 429 });
      assert.deepEqual(told(given.tap.events), [
        { model: MODEL, status: 'rate_limited' }, { model: MODEL, status: 'server_error' },
        { model: MODEL, status: 'client_error' }, { model: MODEL, status: 'rate_limited' },
      ]);
    }); // prettier-ignore

    sdkCase('an error at the end of the stream', async (given) => {
      given.server.answer = answerWith('cohere/stream-error.sse');
      for await (const event of await (await clientOf(given)).chatStream(CHAT)) void event;
      const usage = { promptTokens: 3, completionTokens: 1 };
      assert.deepEqual(told(given.tap.events), [{ model: MODEL, status: 'server_error', usage }]);
    });

    sdkCase('abort before any answer and within the stream, and break', async (given) => {
      const client = await clientOf(given);
      given.server.answer = () => {};
      const first = new AbortController();
      const call = client.chat(CHAT, { abortSignal: first.signal, maxRetries: 0 });
      setImmediate(() => first.abort());
      await assert.rejects(call);
      given.server.answer = beginningOf('cohere/stream.sse', 3);
      const second = new AbortController();
      const stream = await client.chatStream(CHAT, { abortSignal: second.signal });
      await assert.rejects(async () => {
        for await (const event of stream) if (event.type === 'content-delta') second.abort();
      });
      for await (const event of await client.chatStream(CHAT)) if (event.type === 'content-delta') break;
      given.tap.calls.flushOpenCalls();
      const cancelled = { model: MODEL, status: 'cancelled' };
      assert.deepEqual(told(await given.recorded(3)), [cancelled, cancelled, cancelled]);
    });
  });
}

describe('Cohere by plain fetch', () => {
  sdkCase('the same bytes, and a body that nobody reads', async (given) => {
    const post = (): Promise<Response> =>
      fetch(`${given.origin}/v2/chat`, { method: 'POST', body: JSON.stringify({ ...CHAT, stream: true }) });
    given.server.answer = answerWith('cohere/stream.sse');
    assert.equal(await (await post()).text(), fixture('cohere/stream.sse'));
    await post();
    given.tap.calls.flushOpenCalls();
    assert.deepEqual(told(given.tap.events), [STREAMED, { model: MODEL, status: 'cancelled' }]);
  });
});
