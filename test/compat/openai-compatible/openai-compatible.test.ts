/**
 * Those who speak OpenAI's protocol, each by its own SDK or by OpenAI's, at its own host's name: the fetch under the tap
 * sends what goes there to loopback.
 */
import assert from 'node:assert/strict';
import { HTTPClient, Mistral } from '@mistralai/mistralai';
import Groq from 'groq-sdk';
import OpenAI from 'openai';
import Together from 'together-ai';
import { tapFetch } from '../../../src/llm/taps/fetch.js';
import type { Usage } from '../../../src/llm/types.js';
import { assertCost, quote } from '../../support/list-prices.js';
import { answerWith, beginningOf, sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { json, openaiChat } from '../../support/llm-server.js';

const nodeFetch = fetch;

/** Sends what is meant for a public host to the test's own server. Nothing leaves this machine. */
const toServer =
  (origin: string): typeof fetch =>
  (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const url = origin + pathname + search;
    return nodeFetch(input instanceof Request ? new Request(url, input) : url, init);
  };

interface Client {
  ask(signal?: AbortSignal): Promise<string | null | undefined>;
  /** The pieces of a streamed answer. */
  stream(signal?: AbortSignal): Promise<AsyncIterable<string | null | undefined>>;
}

interface Seller {
  /** As the price table calls it. */
  readonly provider: string;
  readonly path: string;
  readonly fixture: string;
  readonly model: string;
  /** Events until the first text, where they are not two. */
  readonly begins?: number;
  readonly usage: Usage;
  /** US dollars of that usage, by the seller's list. */
  readonly cost: number;
  client(fetch: typeof globalThis.fetch): Client;
}

const MESSAGES = [{ role: 'user' as const, content: 'Hé' }];

async function* texts<T>(stream: AsyncIterable<T>, textOf: (chunk: T) => unknown): AsyncGenerator<string> {
  for await (const chunk of stream) yield String(textOf(chunk) ?? '');
}

/** Chat by an SDK of OpenAI's make; Groq's and Together's are, too. */
function likeOpenai(model: string, sdk: (options: object) => unknown) {
  return (fetch: typeof globalThis.fetch): Client => {
    const { chat } = sdk({ apiKey: 'test', maxRetries: 0, fetch }) as OpenAI;
    return {
      async ask(signal) {
        const answer = await chat.completions.create({ model, messages: MESSAGES }, { signal });
        return answer.choices[0]?.message.content;
      },
      async stream(signal) {
        const stream = await chat.completions.create({ model, messages: MESSAGES, stream: true }, { signal });
        return texts(stream, ({ choices }) => choices[0]?.delta.content);
      },
    };
  };
}

const openaiAt = (baseURL: string) => (options: object) => new OpenAI({ ...options, baseURL });

function mistral(fetch: typeof globalThis.fetch): Client {
  const httpClient = new HTTPClient({ fetcher: fetch });
  const { chat } = new Mistral({ apiKey: 'test', httpClient, retryConfig: { strategy: 'none' } });
  const asked = { model: 'mistral-large-latest', messages: MESSAGES };
  const options = (signal?: AbortSignal) => (signal === undefined ? {} : { fetchOptions: { signal } });
  return {
    async ask(signal) {
      const answer = await chat.complete(asked, options(signal));
      return answer.choices?.[0]?.message?.content as string;
    },
    stream: async (signal) =>
      texts(await chat.stream(asked, options(signal)), ({ data }) => data.choices[0]?.delta.content),
  };
}

const USED = { promptTokens: 1200, completionTokens: 40, cachedTokens: 1024 };
const REASONED = { ...USED, reasoningTokens: 30 };

const SELLERS: Record<string, Seller> = {
  'Mistral, @mistralai/mistralai': {
    provider: 'mistral', path: '/v1/chat/completions', fixture: 'mistral', model: 'mistral-large-latest',
    usage: USED, cost: (176 * 0.5 + 1024 * 0.05 + 40 * 1.5) / 1e6,
    client: mistral,
  },
  'Groq, groq-sdk': {
    provider: 'groq', path: '/openai/v1/chat/completions', fixture: 'groq', model: 'openai/gpt-oss-120b',
    usage: USED, cost: (176 * 0.15 + 1024 * 0.075 + 40 * 0.6) / 1e6,
    client: likeOpenai('openai/gpt-oss-120b', (options) => new Groq(options)),
  },
  'Together, together-ai': {
    provider: 'together', path: '/v1/chat/completions', fixture: 'together', model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    usage: { promptTokens: 1200, completionTokens: 40 }, cost: (1240 * 1.04) / 1e6,
    client: likeOpenai('meta-llama/Llama-3.3-70B-Instruct-Turbo', (options) => new Together(options)),
  },
  'DeepSeek, openai': {
    provider: 'deepseek', path: '/chat/completions', fixture: 'deepseek', begins: 3, model: 'deepseek-chat',
    usage: REASONED, cost: (176 * 0.27 + 1024 * 0.07 + 40 * 1.1) / 1e6,
    client: likeOpenai('deepseek-chat', openaiAt('https://api.deepseek.com')),
  },
  'xAI, openai': {
    provider: 'x-ai', path: '/v1/chat/completions', fixture: 'xai', model: 'grok-4.3',
    usage: { ...REASONED, audioInputTokens: 0, audioOutputTokens: 0, imageInputTokens: 0 },
    cost: (176 * 1.25 + 1024 * 0.2 + 40 * 2.5) / 1e6,
    client: likeOpenai('grok-4.3', openaiAt('https://api.x.ai/v1')),
  },
  'OpenRouter, openai: its own word on the cost wins': {
    provider: 'openrouter', path: '/api/v1/chat/completions', fixture: 'openrouter', begins: 3, model: 'anthropic/claude-sonnet-4.5',
    usage: { ...REASONED, audioInputTokens: 0 }, cost: 0.00123,
    client: likeOpenai('anthropic/claude-sonnet-4.5', openaiAt('https://openrouter.ai/api/v1')),
  },
}; // prettier-ignore

for (const [name, seller] of Object.entries(SELLERS)) {
  describe(name, () => {
    const { provider, path, model, usage, cost } = seller;
    const [WHOLE, STREAM] = ['json', 'sse'].map((kind) => `openai-compatible/${seller.fixture}.${kind}`) as [string, string];
    const clientOf = ({ tap, origin }: SdkCase): Client => seller.client(tapFetch(toServer(origin), tap.options) as typeof fetch);
    const MEASURED = { model, status: 'success', usage };
    const failed = (status: string) => ({ model, status });

    const sold = ({ tap }: SdkCase): void => {
      const call = tap.only();
      assert.equal(call.provider, provider);
      assertCost(quote(call), cost);
    };

    sdkCase('an answer, its seller and its price', async (given) => {
      given.server.answer = answerWith(WHOLE);
      assert.equal(await clientOf(given).ask(), 'Bonjour 🌍');
      assert.deepEqual(told(await given.recorded(1)), [MEASURED]);
      assert.equal(given.server.received[0]?.path, path);
      sold(given);
    });

    sdkCase('a stream, its seller and its price', async (given) => {
      given.server.answer = answerWith(STREAM);
      let text = '';
      for await (const piece of await clientOf(given).stream()) text += piece;
      assert.equal(text, 'Bonjour 🌍');
      assert.deepEqual(told(await given.recorded(1)), [MEASURED]);
      assert.ok((given.tap.only().timeToFirstToken ?? -1) >= 0);
      // The request asks for nothing that the caller did not ask for.
      assert.ok(!given.server.received[0]?.text.includes('stream_options'));
      sold(given);
    });

    sdkCase('failures come to the caller and are counted, streamed or not', async (given) => {
      const client = clientOf(given);
      for (const [status, outcome] of [[429, 'rate_limited'], [400, 'client_error'], [500, 'server_error']] as const) {
        given.tap.events.length = 0;
        given.server.answer = json({ error: { message: 'no', type: 'x' } }, status);
        const isTold = (error: { status?: number; statusCode?: number }) => (error.status ?? error.statusCode) === status;
        await assert.rejects(client.ask(), isTold);
        await assert.rejects(client.stream(), isTold);
        assert.deepEqual(told(await given.recorded(2)), [failed(outcome), failed(outcome)]);
      }
    });

    sdkCase('an abort before the answer and within the stream, and a break', async (given) => {
      const client = clientOf(given);
      const before = new AbortController();
      given.server.answer = () => before.abort();
      await assert.rejects(client.ask(before.signal));
      const within = new AbortController();
      given.server.answer = beginningOf(STREAM, seller.begins ?? 2);
      try {
        for await (const piece of await client.stream(within.signal)) if (piece !== '') within.abort();
      } catch {
        // OpenAI's SDK ends the loop, Mistral's throws.
      }
      for await (const piece of await client.stream()) if (piece !== '') break;
      assert.deepEqual(told(await given.recorded(3)), Array(3).fill(failed('cancelled')));
    });
  }); // prettier-ignore
}

describe('what else they sell', () => {
  const tapped = ({ tap, origin }: SdkCase): typeof fetch => tapFetch(toServer(origin), tap.options) as typeof fetch;

  sdkCase("Mistral's embeddings and completions of code", async (given) => {
    const httpClient = new HTTPClient({ fetcher: tapped(given) });
    const client = new Mistral({ apiKey: 'test', httpClient });
    const usage = { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 };
    given.server.answer = json({ id: '1', object: 'list', model: 'mistral-embed', data: [], usage });
    await client.embeddings.create({ model: 'mistral-embed', inputs: ['Hé'] });
    given.server.answer = answerWith('openai-compatible/mistral.json');
    await client.fim.complete({ model: 'codestral-latest', prompt: 'def f(' });
    const [embedded, completed] = await given.recorded(2);
    assert.deepEqual([embedded?.provider, embedded?.feature, embedded?.model], ['mistral', 'embeddings', 'mistral-embed']);
    assertCost(quote(embedded ?? {}), 0.0001);
    assert.deepEqual([completed?.operation, completed?.usage], ['completion', USED]);
  });

  const mistralOf = (given: SdkCase): Mistral =>
    new Mistral({ apiKey: 'test', httpClient: new HTTPClient({ fetcher: tapped(given) }), retryConfig: { strategy: 'none' } });
  const MEDIUM = 'mistral-medium-2505';

  sdkCase("Mistral's conversations: a first turn, one more, one from an earlier place, whole and streamed", async (given) => {
    const { conversations } = mistralOf(given).beta;
    given.server.answer = answerWith('mistral/conversation.json');
    const first = await conversations.start({ model: MEDIUM, inputs: 'Hé' });
    assert.equal(first.usage.connectorTokens, 3929);
    await conversations.append({ conversationId: 'conv_1', conversationAppendRequest: { inputs: 'Hé' } });
    given.server.answer = answerWith('mistral/conversation.sse');
    const types: string[] = [];
    for await (const { event } of await conversations.startStream({ model: MEDIUM, inputs: 'Hé' })) types.push(event);
    assert.deepEqual(types, ['conversation.response.started', 'message.output.delta', 'message.output.delta', 'conversation.response.done']);
    for await (const _ of await conversations.appendStream({ conversationId: 'conv_1', conversationAppendStreamRequest: { inputs: 'Hé' } }));
    for await (const _ of await conversations.restartStream({ conversationId: 'conv_1', conversationRestartStreamRequest: { inputs: 'Hé', fromEntryId: 'msg_1' } }));
    const whole = { model: MEDIUM, status: 'success', usage: { promptTokens: 4106, completionTokens: 134 } };
    const streamed = { model: MEDIUM, status: 'success', usage: { promptTokens: 18, completionTokens: 7 } };
    assert.deepEqual(told(await given.recorded(5)), [whole, whole, streamed, streamed, streamed]);
    assert.ok(given.tap.events.slice(2).every(({ timeToFirstToken }) => timeToFirstToken !== undefined));
    given.server.answer = json({ data: [] });
    await conversations.getHistory({ conversationId: 'conv_1' }).catch(() => undefined);
    assert.equal(given.tap.events.length, 5);
  });

  sdkCase("failures of Mistral's conversations, before the stream and in it; an abort and a break", async (given) => {
    const { conversations } = mistralOf(given).beta;
    const ask = { model: MEDIUM, inputs: 'Hé' };
    for (const status of [429, 400, 500]) {
      given.server.answer = json({ message: 'no' }, status);
      await assert.rejects(conversations.startStream(ask), (error: { statusCode?: number }) => error.statusCode === status);
    }
    given.server.answer = answerWith('mistral/conversation-error.sse');
    for await (const _ of await conversations.startStream(ask));
    given.server.answer = beginningOf('mistral/conversation.sse', 2);
    const within = new AbortController();
    await assert.rejects(async () => {
      const stream = await conversations.startStream(ask, { fetchOptions: { signal: within.signal } });
      for await (const { event } of stream) if (event === 'message.output.delta') within.abort();
    });
    for await (const { event } of await conversations.startStream(ask)) if (event === 'message.output.delta') break;
    assert.deepEqual(
      (await given.recorded(6)).map(({ status }) => status),
      ['rate_limited', 'client_error', 'server_error', 'rate_limited', 'cancelled', 'cancelled'],
    );
    assert.ok(given.tap.events.every(({ model }) => model === MEDIUM));
  });

  sdkCase("Mistral's agents, completions of code in a stream, and documents by the page", async (given) => {
    const client = mistralOf(given);
    const messages = [{ role: 'user' as const, content: 'Hé' }];
    given.server.answer = answerWith('mistral/agent.json');
    await client.agents.complete({ agentId: 'ag_1', messages });
    given.server.answer = answerWith('mistral/agent.sse');
    for await (const _ of await client.agents.stream({ agentId: 'ag_1', messages }));
    for await (const _ of await client.fim.stream({ model: 'codestral-latest', prompt: 'def f(' }));
    given.server.answer = answerWith('mistral/ocr.json');
    await client.ocr.process({ model: 'mistral-ocr-latest', document: { type: 'document_url', documentUrl: 'https://example.com/a.pdf' } });
    const usage = { promptTokens: 24, completionTokens: 27 };
    const agent = { model: 'mistral-medium-latest', status: 'success', usage };
    assert.deepEqual(told(await given.recorded(4)), [
      agent, agent, agent, { model: 'mistral-ocr-2512-completion', status: 'success', usage: { pages: 29 } },
    ]);
    assert.deepEqual(given.tap.events.map(({ operation }) => operation), ['chat', 'chat', 'completion', 'ocr']);
  });

  sdkCase('Mistral at a host that is asked for usage, though it is given a Request', async (given) => {
    const options = { ...given.tap.options, config: { llmStreamUsage: ['api.mistral.ai'] } };
    const fetcher = tapFetch(toServer(given.origin), options) as typeof fetch;
    const client = new Mistral({ apiKey: 'test', httpClient: new HTTPClient({ fetcher }) });
    given.server.answer = openaiChat;
    let text = '';
    for await (const { data } of await client.chat.stream({ model: 'm', messages: [{ role: 'user', content: 'Hé' }] })) {
      assert.equal(data.choices.length, 1);
      text += data.choices[0]?.delta.content as string ?? '';
    }
    assert.equal(text, 'Hé du 🌍');
    assert.match(given.server.received[0]?.text ?? '', /"include_usage":true/);
    assert.deepEqual((await given.recorded(1))[0]?.usage, { promptTokens: 11, completionTokens: 7 });
  });

  sdkCase("Groq's Whisper, by the time it heard", async (given) => {
    const client = new Groq({ apiKey: 'test', maxRetries: 0, fetch: tapped(given) });
    given.server.answer = json({ task: 'transcribe', language: 'french', duration: 90, text: 'Hé', x_groq: { id: 'req_1' } });
    const file = new File([new Uint8Array(10)], 'a.wav');
    await client.audio.transcriptions.create({ model: 'whisper-large-v3', file, response_format: 'verbose_json' });
    const [call] = await given.recorded(1);
    assert.deepEqual([call?.provider, call?.model, call?.usage], ['groq', 'whisper-large-v3', { seconds: 90 }]);
    assertCost(quote(call ?? {}), (0.111 / 3600) * 90);
  });
}); // prettier-ignore
