/** Google's own SDK, CJS and ESM, on the paths of the Gemini API and of Vertex, under the tap. */
import assert from 'node:assert/strict';
import type * as GenAi from '@google/genai';
import { answerWith, beginningOf, sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { json } from '../../support/llm-server.js';
import { fixture } from '../../support/llm-provider.js';

const FLASH = 'gemini-2.5-flash';
const PROMPT = { model: FLASH, contents: 'Hé' };
const WHOLE = {
  model: FLASH,
  status: 'success',
  usage: {
    promptTokens: 1200, completionTokens: 240, cachedTokens: 1000, reasoningTokens: 200, audioInputTokens: 100,
    cachedAudioTokens: 50, imageInputTokens: 200, cachedImageTokens: 100,
  },
}; // prettier-ignore
const STREAM = 'google/stream.sse';
const STREAMED = {
  model: FLASH, status: 'success', usage: { promptTokens: 12, completionTokens: 47, reasoningTokens: 38 },
}; // prettier-ignore
/** After the first word: three tokens of text and the thoughts before it. */
const STOPPED = {
  model: FLASH, status: 'cancelled', usage: { promptTokens: 12, completionTokens: 41, reasoningTokens: 38 },
}; // prettier-ignore

type Sdk = typeof GenAi;
const FLAVOURS: Record<string, () => Promise<Sdk>> = {
  CJS: () => Promise.resolve(require('@google/genai') as Sdk),
  ESM: () => import('@google/genai'),
};

for (const [flavour, load] of Object.entries(FLAVOURS)) {
  describe(`@google/genai, ${flavour}`, () => {
    const clientOf = async ({ origin }: SdkCase, options: object = {}): Promise<GenAi.GoogleGenAI> =>
      new (await load()).GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: origin }, ...options });

    sdkCase('generateContent, whose answer stays as it was', async (given) => {
      given.server.answer = answerWith('google/generate.json');
      const answer = await (await clientOf(given)).models.generateContent(PROMPT);
      assert.equal(answer.text, 'Bonjour 🌍');
      assert.equal(answer.usageMetadata?.thoughtsTokenCount, 200);
      assert.deepEqual(told(given.tap.events), [WHOLE]);
      assert.equal(given.server.received[0]?.path, `/v1/models/${FLASH}:generateContent`);
    });

    sdkCase('generateContentStream read to its end', async (given) => {
      given.server.answer = answerWith(STREAM);
      const texts: unknown[] = [];
      for await (const chunk of await (await clientOf(given)).models.generateContentStream(PROMPT))
        texts.push(chunk.text);
      assert.deepEqual(texts.join(''), 'Bonjour 🌍');
      assert.deepEqual(told(given.tap.events), [STREAMED]);
      assert.ok((given.tap.only().timeToFirstToken ?? -1) >= 0);
    });

    sdkCase('embedContent, with usage and without', async (given) => {
      const client = await clientOf(given);
      given.server.answer = answerWith('google/embed.json');
      await client.models.embedContent({ model: 'gemini-embedding-2', contents: 'Hé' });
      given.server.answer = answerWith('google/embed-batch.json');
      const answer = await client.models.embedContent({
        model: 'gemini-embedding-001',
        contents: ['a', 'b'],
      });
      assert.equal(answer.embeddings?.length, 2);
      assert.deepEqual(told(given.tap.events), [
        { model: 'gemini-embedding-2', status: 'success', usage: { promptTokens: 6 } },
        { model: 'gemini-embedding-001', status: 'success' },
      ]);
      assert.deepEqual(new Set(given.tap.events.map(({ feature }) => feature)), new Set(['embeddings']));
    });

    sdkCase('pictures and chats', async (given) => {
      const client = await clientOf(given);
      given.server.answer = answerWith('google/image.json');
      await client.models.generateContent({ model: 'gemini-2.5-flash-image', contents: 'A cat' });
      given.server.answer = answerWith(STREAM);
      const chat = client.chats.create({ model: FLASH });
      for await (const chunk of await chat.sendMessageStream({ message: 'Hé' })) void chunk;
      const [image, second] = given.tap.events;
      assert.deepEqual([image?.feature, image?.usage?.imageOutputTokens], ['image', 1290]);
      assert.deepEqual(told([second as (typeof given.tap.events)[0]]), [STREAMED]);
    });

    sdkCase('counting tokens is no call', async (given) => {
      given.server.answer = json({ totalTokens: 14 });
      assert.equal((await (await clientOf(given)).models.countTokens(PROMPT)).totalTokens, 14);
      assert.deepEqual(given.tap.events, []);
    });

    sdkCase('429, 500 and 400 come to the caller and are counted', async (given) => {
      const client = await clientOf(given, {
        httpOptions: { baseUrl: given.origin, retryOptions: { attempts: 1 } },
      });
      for (const status of [429, 500, 400]) {
        given.server.answer = answerWith('google/error.json', status);
        await assert.rejects(client.models.generateContent(PROMPT), { name: 'ApiError', status });
      }
      given.server.answer = answerWith('google/error.json', 503);
      await assert.rejects(client.models.generateContentStream(PROMPT), { name: 'ApiError', status: 503 });
      assert.deepEqual(told(given.tap.events), [
        { model: FLASH, status: 'rate_limited' },
        { model: FLASH, status: 'server_error' },
        { model: FLASH, status: 'client_error' },
        { model: FLASH, status: 'server_error' },
      ]);
    });

    sdkCase('an error event within the stream', async (given) => {
      given.server.answer = answerWith('google/stream-error.sse');
      const stream = await (await clientOf(given)).models.generateContentStream(PROMPT);
      await assert.rejects(async () => {
        for await (const chunk of stream) void chunk;
      }, /UNAVAILABLE/);
      const usage = { promptTokens: 12, completionTokens: 1 };
      assert.deepEqual(told(await given.recorded(1)), [{ model: FLASH, status: 'server_error', usage }]);
    });

    sdkCase('abort before any answer, and within the stream', async (given) => {
      const client = await clientOf(given);
      given.server.answer = () => {};
      const first = new AbortController();
      const call = client.models.generateContent({ ...PROMPT, config: { abortSignal: first.signal } });
      setImmediate(() => first.abort());
      await assert.rejects(call);
      given.server.answer = beginningOf(STREAM, 2);
      const second = new AbortController();
      const config = { abortSignal: second.signal };
      const stream = await client.models.generateContentStream({ ...PROMPT, config });
      await assert.rejects(async () => {
        for await (const chunk of stream) if (chunk.text) second.abort();
      });
      assert.deepEqual(told(await given.recorded(2)), [{ model: FLASH, status: 'cancelled' }, STOPPED]);
    });

    sdkCase('break, and what was told is billed', async (given) => {
      given.server.answer = beginningOf(STREAM, 2);
      for await (const chunk of await (await clientOf(given)).models.generateContentStream(PROMPT))
        if (chunk.text) break;
      // The SDK only lets go of the stream: nothing tells the end of the call but that nobody reads on.
      given.tap.calls.flushOpenCalls();
      assert.deepEqual(told(given.tap.events), [STOPPED]);
    });

    sdkCase('Vertex, by key and by project', async (given) => {
      const key = await clientOf(given, { vertexai: true });
      given.server.answer = answerWith('google/generate-vertex.json');
      await key.models.generateContent({ model: 'gemini-2.5-pro', contents: 'Hé' });
      const authClient = { getRequestHeaders: () => Promise.resolve(new Headers({ authorization: 'Bearer t' })) };
      const project = new (await load()).GoogleGenAI({
        vertexai: true, project: 'p', location: 'us-central1',
        httpOptions: { baseUrl: given.origin }, googleAuthOptions: { authClient: authClient as never },
      });
      given.server.answer = answerWith(STREAM);
      for await (const chunk of await project.models.generateContentStream(PROMPT)) void chunk;
      given.server.answer = answerWith('google/predict-embeddings.json');
      await project.models.embedContent({ model: 'text-embedding-005', contents: ['a', 'b'] });
      assert.deepEqual(given.server.received.map(({ path }) => path), [
        '/v1beta1/publishers/google/models/gemini-2.5-pro:generateContent',
        `/v1beta1/projects/p/locations/us-central1/publishers/google/models/${FLASH}:streamGenerateContent?alt=sse`,
        '/v1beta1/projects/p/locations/us-central1/publishers/google/models/text-embedding-005:predict',
      ]);
      assert.deepEqual(told(given.tap.events), [
        { model: 'gemini-2.5-pro', status: 'success', usage: { promptTokens: 8, completionTokens: 3 } },
        STREAMED,
        { model: 'text-embedding-005', status: 'success', usage: { promptTokens: 17 } },
      ]);
      assert.equal(given.tap.events[0]?.serviceTier, 'flex');
    }); // prettier-ignore

    sdkCase('Vertex refused, and aborted within the stream', async (given) => {
      const client = await clientOf(given, {
        vertexai: true, httpOptions: { baseUrl: given.origin, retryOptions: { attempts: 1 } },
      });
      for (const status of [429, 403, 500]) {
        given.server.answer = answerWith('google/error.json', status);
        await assert.rejects(client.models.generateContent(PROMPT), { name: 'ApiError', status });
        await assert.rejects(client.models.generateContentStream(PROMPT), { name: 'ApiError', status });
      }
      const refused = ['rate_limited', 'client_error', 'server_error'].flatMap((status) => [status, status]);
      assert.deepEqual(told(given.tap.events), refused.map((status) => ({ model: FLASH, status })));
      given.server.answer = beginningOf(STREAM, 2);
      const within = new AbortController();
      const stream = await client.models.generateContentStream({ ...PROMPT, config: { abortSignal: within.signal } });
      await assert.rejects(async () => {
        for await (const chunk of stream) if (chunk.text) within.abort();
      });
      assert.deepEqual(told(await given.recorded(7))[6], STOPPED);
    }); // prettier-ignore

    sdkCase('interactions, whole and streamed', async (given) => {
      const client = await clientOf(given);
      given.server.answer = answerWith('google/interaction.json');
      await client.interactions.create({ model: 'gemini-3.8-flash', input: 'Hé' });
      given.server.answer = answerWith('google/interaction.sse');
      const stream = await client.interactions.create({
        model: 'gemini-3.8-flash',
        input: 'Hé',
        stream: true,
      });
      for await (const event of stream) void event;
      assert.deepEqual(
        (await given.recorded(2)).map(({ model, usage }) => [
          model,
          usage?.promptTokens,
          usage?.completionTokens,
        ]),
        [
          ['gemini-3.8-flash', 110, 42],
          ['gemini-3.8-flash', 7, 42],
        ],
      );
    });
  });
}

describe('Gemini by plain fetch', () => {
  sdkCase('whole, streamed as SSE and as an array, unread', async (given) => {
    const post = (method: string): Promise<Response> =>
      fetch(`${given.origin}/v1beta/models/${FLASH}:${method}`, { method: 'POST', body: '{"contents":[]}' });
    given.server.answer = answerWith('google/generate.json');
    assert.equal(await (await post('generateContent')).text(), fixture('google/generate.json'));
    given.server.answer = answerWith(STREAM);
    assert.equal(await (await post('streamGenerateContent?alt=sse')).text(), fixture(STREAM));
    given.server.answer = answerWith('google/stream-array.json');
    await (await post('streamGenerateContent')).json();
    given.server.answer = answerWith('google/generate.json');
    await post('generateContent');
    given.tap.calls.flushOpenCalls();
    const usage = { promptTokens: 12, completionTokens: 4 };
    assert.deepEqual(told(given.tap.events), [
      WHOLE,
      STREAMED,
      { model: FLASH, status: 'success', usage },
      { model: FLASH, status: 'success' },
    ]);
  });
});
