/**
 * AWS's SDK over HTTP/2, HTTP/1 and fetch, with every tap in place: each attempt is counted once. Of what it needs
 * nothing is loaded here: bedrock-oldest runs it on packages of its own.
 */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { FetchHttpHandler } from '@smithy/fetch-http-handler';
import type { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import type * as Sdk from '@aws-sdk/client-bedrock-runtime';
import { hookBedrock } from '../../../src/llm/taps/bedrock.js';
import { tapHttpClient } from '../../../src/llm/taps/client.js';
import { tapGlobalFetch } from '../../../src/llm/taps/fetch.js';
import { withLlmFeature } from '../../../src/llm/feature.js';
import type { LlmEvent } from '../../../src/llm/types.js';
import { told } from '../../support/llm-sdk.js';
import { testTap } from '../../support/llm-tap.js';
import {
  chunked,
  conversed,
  startBedrock,
  streamed,
  whole,
  type BedrockServer,
  type Protocol,
} from './bedrock-server.js';

const tap = testTap();
hookBedrock(tap.options);
tapHttpClient(tap.options);
tapGlobalFetch(tap.options);

const MODEL = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const ASKED = { modelId: MODEL, messages: [{ role: 'user' as const, content: [{ text: 'Hé' }] }] };
const INVOKED = {
  modelId: MODEL,
  contentType: 'application/json',
  body: '{"anthropic_version":"bedrock-2023-05-31"}',
};
const STREAMED = {
  model: MODEL,
  status: 'success',
  usage: { promptTokens: 1325, completionTokens: 15, cachedTokens: 1000, cacheWriteTokens: 300 },
};
const FAILED = (status: string) => ({ model: MODEL, status });

export const CONFIG = (endpoint: string): Sdk.BedrockRuntimeClientConfig => ({
  region: 'eu-west-3',
  endpoint,
  maxAttempts: 1,
  credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
});

/** The taps are one in a process: what is counted is here. */
export const events = tap.events;

export interface Given {
  /** Loaded by `require`, after the hook. */
  readonly sdk: typeof Sdk;
  /** The same by `import`. */
  load(): Promise<typeof Sdk>;
  readonly Http2Handler: typeof NodeHttp2Handler;
  readonly HttpHandler: typeof NodeHttpHandler;
  readonly FetchHandler: typeof FetchHttpHandler;
  /** What the SDK speaks by itself. */
  readonly itself: Protocol;
}

interface Road {
  readonly protocol: Protocol;
  handler(): Sdk.BedrockRuntimeClientConfig['requestHandler'];
}

export function bedrockCases({ sdk, load, Http2Handler, HttpHandler, FetchHandler, itself }: Given): void {
  const ROADS: Record<string, Road> = {
    'what it takes by itself': { protocol: itself, handler: () => undefined },
    'HTTP/2, one connection': { protocol: 'h2', handler: () => new Http2Handler() },
    'HTTP/1': { protocol: 'http/1.1', handler: () => new HttpHandler() },
    fetch: { protocol: 'http/1.1', handler: () => new FetchHandler() },
  };

  for (const [name, { protocol, handler }] of Object.entries(ROADS)) {
    describe(`@aws-sdk/client-bedrock-runtime over ${name}`, () => {
      let server: BedrockServer;
      let client: Sdk.BedrockRuntimeClient;
      const unhandled: unknown[] = [];
      const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

      const clientOf = (more: object = {}): Sdk.BedrockRuntimeClient => {
        const requestHandler = handler();
        return new sdk.BedrockRuntimeClient({
          ...CONFIG(server.origin),
          ...(requestHandler !== undefined && { requestHandler }),
          ...more,
        });
      };
      const recorded = async (count: number): Promise<LlmEvent[]> => {
        while (tap.events.length < count) await new Promise(setImmediate);
        return tap.events;
      };
      const converse = (options: object = {}): Promise<Sdk.ConverseStreamCommandOutput> =>
        client.send(new sdk.ConverseStreamCommand(ASKED), options);

      beforeEach(async () => {
        tap.events.length = 0;
        server = await startBedrock(protocol);
        client = clientOf();
        process.on('unhandledRejection', onUnhandled);
      });
      afterEach(async () => {
        client.destroy();
        await server.close();
        for (let i = 0; i < 3; i++) await new Promise(setImmediate);
        process.off('unhandledRejection', onUnhandled);
        assert.deepEqual([unhandled, tap.test.errors], [[], []]);
      });

      it('an answer of Converse', async () => {
        server.answer = whole('bedrock/converse.json');
        const answer = await withLlmFeature('summary', () => client.send(new sdk.ConverseCommand(ASKED)));
        assert.equal(answer.output?.message?.content?.[0]?.text, 'Bonjour 🌍');
        assert.equal(answer.usage?.cacheReadInputTokens, 18_000);
        const [event, ...more] = await recorded(1);
        assert.deepEqual(more, []);
        assert.deepEqual(told([event as LlmEvent]), [
          {
            model: MODEL,
            status: 'success',
            usage: {
              promptTokens: 20_321,
              completionTokens: 393,
              cachedTokens: 18_000,
              cacheWriteTokens: 2300,
              cacheWrite1hTokens: 2000,
            },
          },
        ]);
        assert.deepEqual([event?.provider, event?.operation, event?.feature], ['aws', 'chat', 'summary']);
      });

      it('a feature named in a header, which is neither signed nor sent', async () => {
        server.answer = whole('bedrock/converse.json');
        const command = new sdk.ConverseCommand(ASKED);
        const name = (next: (args: never) => unknown) => (args: { request: { headers: object } }) => {
          Object.assign(args.request.headers, { 'X-Intelia-Feature': 'summary' });
          return next(args as never);
        };
        command.middlewareStack.add(name as never, { step: 'build' });
        await client.send(command);
        assert.equal((await recorded(1))[0]?.feature, 'summary');
        const { headers } = server.received[0] as BedrockServer['received'][number];
        assert.equal(headers['x-intelia-feature'], undefined);
        assert.ok(!String(headers['authorization']).includes('x-intelia-feature'));
        await client.send(new sdk.ConverseCommand(ASKED));
        assert.equal((await recorded(2))[1]?.feature, 'chat');
      });

      it('a stream of Converse', async () => {
        server.answer = streamed(conversed('bedrock/converse.ndjson'));
        const texts: (string | undefined)[] = [];
        for await (const { contentBlockDelta } of (await converse()).stream ?? [])
          texts.push(contentBlockDelta?.delta?.text);
        assert.equal(texts.join(''), 'Bonjour 🌍');
        assert.equal(texts.length, 7);
        assert.deepEqual(told(await recorded(1)), [STREAMED]);
        assert.ok((tap.events[0]?.timeToFirstToken ?? -1) >= 0);
      });

      it('a stream in one write and in many', async () => {
        const bytes = Buffer.concat(conversed('bedrock/converse.ndjson'));
        for (const size of [bytes.length, 7]) {
          server.answer = streamed(
            Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
              bytes.subarray(i * size, (i + 1) * size),
            ),
          );
          let events = 0;
          for await (const _ of (await converse()).stream ?? []) events++;
          assert.equal(events, 7);
        }
        assert.deepEqual(told(await recorded(2)), [STREAMED, STREAMED]);
      });

      it('InvokeModel: the body of the model, and the counts in its head', async () => {
        server.answer = whole('anthropic/message.json');
        const { body } = await client.send(new sdk.InvokeModelCommand(INVOKED));
        assert.equal((JSON.parse(body.transformToString()) as { type: string }).type, 'message');
        server.answer = whole('bedrock/error.json', 200, { 'x-amzn-bedrock-input-token-count': '14' });
        await client.send(new sdk.InvokeModelCommand({ ...INVOKED, modelId: 'cohere.embed-v4:0' }));
        const [claude, cohere] = await recorded(2);
        assert.deepEqual(
          [claude?.model, claude?.usage?.promptTokens, claude?.usage?.cacheWrite1hTokens],
          [MODEL, 20_321, 2000],
        );
        assert.deepEqual(
          [cohere?.model, cohere?.operation, cohere?.usage],
          ['cohere.embed-v4:0', 'embeddings', { promptTokens: 14 }],
        );
      });

      it('a stream of InvokeModel', async () => {
        server.answer = streamed(chunked('bedrock/claude.ndjson'));
        const { body } = await client.send(new sdk.InvokeModelWithResponseStreamCommand(INVOKED));
        let events = 0;
        for await (const { chunk } of body ?? []) events += chunk?.bytes === undefined ? 0 : 1;
        assert.equal(events, 7);
        assert.deepEqual(told(await recorded(1)), [
          { ...STREAMED, usage: { ...STREAMED.usage, cacheWrite1hTokens: 200 } },
        ]);
      });

      it('a model by the ARN of its profile', async () => {
        server.answer = whole('bedrock/converse.json');
        const arn = `arn:aws:bedrock:eu-west-3:123456789012:inference-profile/${MODEL}`;
        await client.send(new sdk.ConverseCommand({ ...ASKED, modelId: arn }));
        assert.equal((await recorded(1))[0]?.model, MODEL);
      });

      it('failures come to the caller and are counted', async () => {
        for (const [status, type, outcome] of [
          [429, 'ThrottlingException', 'rate_limited'],
          [400, 'ValidationException', 'client_error'],
          [408, 'ModelTimeoutException', 'timeout'],
          [503, 'ServiceUnavailableException', 'server_error'],
        ] as const) {
          tap.events.length = 0;
          server.answer = whole('bedrock/error.json', status, { 'x-amzn-errortype': type });
          await assert.rejects(client.send(new sdk.ConverseCommand(ASKED)), { name: type });
          await assert.rejects(converse(), { name: type });
          await assert.rejects(client.send(new sdk.InvokeModelCommand(INVOKED)), { name: type });
          const streaming = client.send(new sdk.InvokeModelWithResponseStreamCommand(INVOKED));
          await assert.rejects(streaming, { name: type });
          assert.deepEqual(told(await recorded(4)), Array(4).fill(FAILED(outcome)));
        }
      });

      it('a stream of InvokeModel that is left, and one that is aborted', async () => {
        server.answer = streamed(chunked('bedrock/claude.ndjson').slice(0, 4), 'stay');
        const open = async (options: object = {}) =>
          (await client.send(new sdk.InvokeModelWithResponseStreamCommand(INVOKED), options)).body ?? [];
        let seen = 0;
        for await (const _ of await open()) if (++seen === 4) break;
        const within = new AbortController();
        seen = 0;
        try {
          for await (const _ of await open({ abortSignal: within.signal })) if (++seen === 4) within.abort();
        } catch {
          // Of the SDK's own choice.
        }
        const statuses = (await recorded(2)).map(({ model, status }) => [model, status]);
        assert.deepEqual(statuses, Array(2).fill([MODEL, 'cancelled']));
      });

      it('a second try is a retry', async () => {
        client = clientOf({ maxAttempts: 2 });
        const answers = [
          whole('bedrock/error.json', 500, { 'x-amzn-errortype': 'InternalServerException' }),
          whole('bedrock/converse.json'),
        ];
        server.answer = (response, body) => answers.shift()?.(response, body);
        await client.send(new sdk.ConverseCommand(ASKED));
        const events = await recorded(2);
        assert.deepEqual(
          events.map(({ status, isRetry }) => [status, isRetry]),
          [
            ['server_error', false],
            ['success', true],
          ],
        );
        client.destroy();
      });

      it('an exception within a stream', async () => {
        server.answer = streamed(conversed('bedrock/converse-throttled.ndjson'));
        await assert.rejects(
          async () => {
            for await (const _ of (await converse()).stream ?? []);
          },
          { name: 'ThrottlingException' },
        );
        assert.deepEqual(told(await recorded(1)), [FAILED('rate_limited')]);
      });

      it('leaving the loop is a cancelled call; after the last word it is a success', async () => {
        const frames = conversed('bedrock/converse.ndjson');
        server.answer = streamed(frames.slice(0, 3), 'stay');
        for await (const { contentBlockDelta } of (await converse()).stream ?? [])
          if (contentBlockDelta) break;
        assert.deepEqual(told(await recorded(1)), [FAILED('cancelled')]);
        server.answer = streamed(frames);
        for await (const { metadata } of (await converse()).stream ?? []) if (metadata) break;
        assert.deepEqual(told(await recorded(2))[1], STREAMED);
      });

      it('an abort before the answer and within the stream; a time that runs out', async () => {
        const before = new AbortController();
        server.answer = () => before.abort();
        await assert.rejects(client.send(new sdk.ConverseCommand(ASKED), { abortSignal: before.signal }), {
          name: 'AbortError',
        });
        server.answer = () => undefined;
        await assert.rejects(
          client.send(new sdk.ConverseCommand(ASKED), { abortSignal: AbortSignal.timeout(30) }),
        );
        const within = new AbortController();
        server.answer = streamed(conversed('bedrock/converse.ndjson').slice(0, 3), 'stay');
        const { stream } = await converse({ abortSignal: within.signal });
        try {
          for await (const { contentBlockDelta } of stream ?? []) if (contentBlockDelta) within.abort();
        } catch {
          // HTTP/1 and fetch throw here; over HTTP/2 the SDK's loop just ends.
        }
        assert.deepEqual(told(await recorded(3)), [
          FAILED('cancelled'),
          FAILED('timeout'),
          FAILED('cancelled'),
        ]);
      });

      it('a connection that breaks, before the answer and within the stream', async () => {
        server.answer = () => server.reset();
        await assert.rejects(client.send(new sdk.ConverseCommand(ASKED)));
        server.answer = streamed(conversed('bedrock/converse.ndjson').slice(0, 3), 'stay');
        const { stream } = await converse();
        let events = 0;
        try {
          for await (const _ of stream ?? []) if (++events === 3) server.reset();
        } catch {
          // Of the SDK's own choice.
        }
        assert.deepEqual(told(await recorded(2)), [FAILED('network_error'), FAILED('network_error')]);
      });

      it('many at once, each for itself', async () => {
        server.answer = streamed(conversed('bedrock/converse.ndjson'));
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            for await (const _ of (await converse()).stream ?? []);
          }),
        );
        assert.deepEqual(told(await recorded(20)), Array(20).fill(STREAMED));
      });

      it('callbacks, the aggregated client, and calls that are none', async () => {
        server.answer = whole('bedrock/converse.json');
        await new Promise((resolve) => client.send(new sdk.ConverseCommand(ASKED), resolve));
        const requestHandler = handler();
        const all = new sdk.BedrockRuntime({
          ...CONFIG(server.origin),
          ...(requestHandler !== undefined && { requestHandler }),
        });
        await all.converse(ASKED);
        server.answer = whole('bedrock/error.json', 200);
        // Older versions have none.
        const { CountTokensCommand } = sdk as Partial<typeof Sdk>;
        if (CountTokensCommand)
          await client.send(new CountTokensCommand({ modelId: MODEL, input: { converse: {} } }));
        assert.equal((await recorded(2)).length, 2);
        all.destroy();
      });
    });
  }

  describe('Bedrock without its SDK', () => {
    const path = `/model/${encodeURIComponent(MODEL)}/converse`;

    it('over fetch, whole and streamed', async () => {
      tap.events.length = 0;
      const server = await startBedrock('http/1.1');
      server.answer = whole('bedrock/converse.json');
      await (await fetch(server.origin + path, { method: 'POST', body: '{}' })).json();
      const frames = conversed('bedrock/converse.ndjson');
      server.answer = streamed(frames);
      const answer = await fetch(`${server.origin}${path}-stream`, { method: 'POST', body: '{}' });
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.concat(frames));
      assert.deepEqual(told(tap.events)[1], STREAMED);
      assert.deepEqual(
        tap.events.map(({ status, usage }) => [status, usage?.promptTokens]),
        [
          ['success', 20_321],
          ['success', 1325],
        ],
      );
      await server.close();
    });

    it("over Node's http client", async () => {
      tap.events.length = 0;
      const server = await startBedrock('http/1.1');
      server.answer = streamed(conversed('bedrock/converse.ndjson'));
      await new Promise((resolve) => {
        request(`${server.origin}${path}-stream`, { method: 'POST' }, (response) =>
          response.resume().on('end', resolve),
        ).end('{}');
      });
      assert.deepEqual(told(tap.events), [STREAMED]);
      await server.close();
    });
  });

  describe('@aws-sdk/client-bedrock-runtime', () => {
    it('is one and the same for import and require', async () => {
      const { BedrockRuntimeClient } = await load();
      assert.equal(BedrockRuntimeClient, sdk.BedrockRuntimeClient);
      assert.deepEqual(
        [BedrockRuntimeClient.prototype.send.name, BedrockRuntimeClient.prototype.send.length],
        ['send', 3],
      );
    });

    it('a failed promise that nobody handles is told once, as without us', async () => {
      const server = await startBedrock(itself);
      server.answer = whole('bedrock/error.json', 400, { 'x-amzn-errortype': 'ValidationException' });
      const client = new sdk.BedrockRuntimeClient(CONFIG(server.origin));
      const told: unknown[] = [];
      // mocha listens as well, and would fail.
      const others = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      process.on('unhandledRejection', (reason) => told.push((reason as Error).name));
      void client.send(new sdk.ConverseCommand(ASKED));
      while (told.length === 0) await new Promise(setImmediate);
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      process.removeAllListeners('unhandledRejection');
      for (const other of others) process.on('unhandledRejection', other);
      assert.deepEqual(told, ['ValidationException']);
      client.destroy();
      await server.close();
    });
  });
}
