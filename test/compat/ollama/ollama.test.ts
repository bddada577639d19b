/** Ollama's own SDK, CJS and ESM, under the tap. */
import assert from 'node:assert/strict';
import type * as OllamaSdk from 'ollama';
import { answerWith, beginningOf, sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { fixture } from '../../support/llm-provider.js';

const CHAT = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hé' }] };
const usage = { promptTokens: 26, completionTokens: 282 };
const WHOLE = { model: 'llama3.2', status: 'success', usage };

const FLAVOURS: Record<string, () => Promise<typeof OllamaSdk>> = {
  CJS: () => Promise.resolve(require('ollama') as typeof OllamaSdk),
  ESM: () => import('ollama'),
};

for (const [flavour, load] of Object.entries(FLAVOURS)) {
  describe(`ollama, ${flavour}`, () => {
    const clientOf = async ({ origin, tap }: SdkCase): Promise<OllamaSdk.Ollama> =>
      new (await load()).Ollama({ host: origin, fetch: tap.fetch });

    sdkCase('chat, whole and streamed', async (given) => {
      const client = await clientOf(given);
      given.server.answer = answerWith('ollama/chat.json');
      assert.equal((await client.chat({ ...CHAT, stream: false })).message.content, 'Bonjour 🌍');
      given.server.answer = answerWith('ollama/chat.ndjson');
      const words: string[] = [];
      for await (const part of await client.chat({ ...CHAT, stream: true })) words.push(part.message.content);
      assert.equal(words.join(''), 'Bonjour 🌍');
      assert.deepEqual(told(given.tap.events), [WHOLE, WHOLE]);
      assert.ok((given.tap.events[1]?.timeToFirstToken ?? -1) >= 0);
      assert.equal(given.tap.events[0]?.provider, 'ollama');
    });

    sdkCase('generate and embed', async (given) => {
      const client = await clientOf(given);
      given.server.answer = answerWith('ollama/generate.ndjson');
      for await (const part of await client.generate({ model: 'qwen3', prompt: 'Hé', stream: true }))
        void part;
      given.server.answer = answerWith('ollama/embed.json');
      await client.embed({ model: 'all-minilm', input: ['a', 'b'] });
      assert.deepEqual(told(given.tap.events), [
        { model: 'qwen3', status: 'success', usage: { promptTokens: 9, completionTokens: 12 } },
        { model: 'all-minilm', status: 'success', usage: { promptTokens: 8 } },
      ]);
    });

    sdkCase('404, 429, 500, and an error within the stream', async (given) => {
      const client = await clientOf(given);
      for (const status of [404, 429, 500]) {
        given.server.answer = answerWith('ollama/error.json', status);
        await assert.rejects(client.chat(CHAT), { name: 'ResponseError', status_code: status });
      }
      given.server.answer = answerWith('ollama/stream-error.ndjson');
      const stream = await client.chat({ ...CHAT, stream: true });
      await assert.rejects(async () => {
        for await (const part of stream) void part;
      }, /CUDA error/);
      assert.deepEqual(
        (await given.recorded(4)).map(({ status }) => status),
        ['client_error', 'rate_limited', 'server_error', 'server_error'],
      );
    });

    sdkCase('abort of the stream, and break', async (given) => {
      given.server.answer = beginningOf('ollama/chat.ndjson', 2);
      const stream = await (await clientOf(given)).chat({ ...CHAT, stream: true });
      await assert.rejects(
        async () => {
          for await (const part of stream) if (part.message.content !== '') stream.abort();
        },
        { name: 'AbortError' },
      );
      assert.deepEqual(told(await given.recorded(1)), [{ model: 'llama3.2', status: 'cancelled' }]);
      for await (const part of await (await clientOf(given)).chat({ ...CHAT, stream: true }))
        if (part.message.content !== '') break;
      // The SDK only lets go of the stream: nothing tells the end of the call but that nobody reads on.
      given.tap.calls.flushOpenCalls();
      assert.deepEqual(told(given.tap.events.slice(1)), [{ model: 'llama3.2', status: 'cancelled' }]);
    });
  });
}

describe('Ollama by plain fetch', () => {
  sdkCase('the same bytes; an application with an /api/chat of its own is left alone', async (given) => {
    const post = (body: object): Promise<Response> =>
      fetch(`${given.origin}/api/chat`, { method: 'POST', body: JSON.stringify(body) });
    given.server.answer = answerWith('ollama/chat.ndjson');
    assert.equal(await (await post(CHAT)).text(), fixture('ollama/chat.ndjson'));
    await (await post({ id: 7, messages: CHAT.messages })).text();
    await post(CHAT);
    given.tap.calls.flushOpenCalls();
    assert.deepEqual(told(given.tap.events), [WHOLE, { model: 'llama3.2', status: 'cancelled' }]);
  });
});
