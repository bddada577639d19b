import assert from 'node:assert/strict';
import { join } from 'node:path';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import type * as Sdk from '@aws-sdk/client-bedrock-runtime';
import { startOtlpReceiver, type OtlpReceiver } from '../../support/otlp-receiver.js';
import { runProcess, withoutOurs } from '../../support/run-process.js';
import {
  chunked,
  conversed,
  startBedrock,
  streamed,
  useCodec,
  whole,
  type BedrockServer,
} from './bedrock-server.js';
import { bedrockCases, CONFIG, events } from './cases.js';

useCodec(EventStreamCodec);
const sdk = require('@aws-sdk/client-bedrock-runtime') as typeof Sdk;

describe('Bedrock', () => {
  bedrockCases({
    sdk,
    load: () => import('@aws-sdk/client-bedrock-runtime'),
    Http2Handler: NodeHttp2Handler,
    HttpHandler: NodeHttpHandler,
    FetchHandler: FetchHttpHandler,
    itself: 'h2',
  });
});

describe('a conversation by voice, InvokeModelWithBidirectionalStream', () => {
  const MODEL = 'amazon.nova-sonic-v1:0';
  let server: BedrockServer;
  let client: Sdk.BedrockRuntimeClient;
  /** The caller goes on speaking until it has heard enough. */
  let hangUp: () => void;
  beforeEach(async () => {
    events.length = 0;
    server = await startBedrock('h2');
    client = new sdk.BedrockRuntimeClient({ ...CONFIG(server.origin), requestHandler: new NodeHttp2Handler() });
  });
  afterEach(() => {
    client.destroy();
    return server.close();
  });

  function open(signal?: AbortSignal) {
    const over = new Promise<void>((resolve) => (hangUp = resolve));
    async function* body() {
      const say = (event: object) => ({ chunk: { bytes: Buffer.from(JSON.stringify({ event })) } });
      yield say({ sessionStart: {} });
      yield say({ audioInput: { content: 'AAAA' } });
      await over;
    }
    const command = new sdk.InvokeModelWithBidirectionalStreamCommand({ modelId: MODEL, body: body() });
    return client.send(command, signal === undefined ? {} : { abortSignal: signal });
  }
  const recorded = async () => {
    while (events.length === 0) await new Promise(setImmediate);
    const { duration: _, ...event } = events[0] as (typeof events)[number];
    assert.equal(events.length, 1);
    return event;
  };
  const told = (status: string, usage?: object) => ({
    provider: 'aws', operation: 'realtime', feature: 'voice_realtime', model: MODEL, requestModel: MODEL, status, isRetry: false,
    ...(usage && { usage }),
  });
  const FIRST = { promptTokens: 190, completionTokens: 0, audioInputTokens: 150, audioOutputTokens: 0 };

  it('is one call with all it used', async () => {
    server.answer = streamed(chunked('bedrock/sonic.ndjson'));
    let heard = 0;
    for await (const { chunk } of (await open()).body ?? []) heard += chunk?.bytes === undefined ? 0 : 1;
    hangUp();
    assert.equal(heard, 7);
    const usage = { promptTokens: 240, completionTokens: 150, audioInputTokens: 200, audioOutputTokens: 120 };
    assert.deepEqual(await recorded(), told('success', usage));
  });

  it('left half-way, aborted, broken or refused is counted as that', async () => {
    server.answer = streamed(chunked('bedrock/sonic.ndjson').slice(0, 4), 'stay');
    let heard = 0;
    for await (const _ of (await open()).body ?? []) if (++heard === 4) break;
    hangUp();
    assert.deepEqual(await recorded(), told('cancelled', FIRST));

    events.length = 0;
    const abort = new AbortController();
    heard = 0;
    try {
      for await (const _ of (await open(abort.signal)).body ?? []) if (++heard === 4) abort.abort();
    } catch {
      // Of the SDK's own choice.
    }
    hangUp();
    assert.deepEqual(await recorded(), told('cancelled', FIRST));

    events.length = 0;
    heard = 0;
    try {
      for await (const _ of (await open()).body ?? []) if (++heard === 4) server.reset();
    } catch {
      // Likewise.
    }
    hangUp();
    assert.deepEqual(await recorded(), told('network_error', FIRST));

    events.length = 0;
    server.answer = whole('bedrock/error.json', 429, { 'x-amzn-errortype': 'ThrottlingException' });
    await assert.rejects(open(), { name: 'ThrottlingException' });
    hangUp();
    assert.deepEqual(await recorded(), told('rate_limited'));
  });
}); // prettier-ignore

describe('an ESM application with Bedrock, through the door', () => {
  let server: BedrockServer;
  let receiver: OtlpReceiver;
  afterEach(() => Promise.all([server.close(), receiver.close()]));

  it('is measured and priced, and behaves as it does without', async () => {
    server = await startBedrock('h2');
    receiver = await startOtlpReceiver();
    server.answer = (response) => {
      const { path } = server.received.at(-1) ?? {};
      if (path === '/model/none/converse') return whole('bedrock/error.json', 400, { 'x-amzn-errortype': 'ValidationException' })(response, '');
      if (path?.endsWith('-stream')) return streamed(conversed('bedrock/converse.ndjson'))(response, '');
      return whole('bedrock/converse.json')(response, '');
    };
    const env = {
      APP_ENDPOINT: server.origin, OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, NODE_NO_WARNINGS: '1',
    };
    const run = (nodeArgs: string[]) => runProcess({ nodeArgs, script: join(__dirname, 'app.mjs'), env });
    const bare = await run([]);
    const measured = await run(['--require', join(__dirname, '../../../dist/register.cjs')]);
    assert.equal(bare.code, 0, bare.stderr);
    assert.deepEqual([measured.code, measured.stdout, withoutOurs(measured.stderr)], [bare.code, bare.stdout, bare.stderr]);
    const model = 'claude-sonnet-4-5';
    assert.equal(receiver.total('intelia_llm_requests_total', { model, status: 'success' }), 2);
    assert.equal(receiver.total('intelia_llm_tokens_total', { model, type: 'prompt' }), 20_321 + 1325);
    // 3.3, 0.33, 4.125 (an hour: 6.6) and 16.5 US dollars per million tokens, in a region.
    const cost = (46 * 3.3 + 19_000 * 0.33 + 600 * 4.125 + 2000 * 6.6 + 408 * 16.5) / 1e6;
    const told = receiver.total('intelia_llm_cost_usd_total', { model, feature: 'chat' }) ?? NaN;
    assert.equal(told.toFixed(9), cost.toFixed(9));
  });
}); // prettier-ignore
