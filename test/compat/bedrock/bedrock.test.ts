import assert from 'node:assert/strict';
import { join } from 'node:path';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import type * as Sdk from '@aws-sdk/client-bedrock-runtime';
import { startOtlpReceiver, type OtlpReceiver } from '../../support/otlp-receiver.js';
import { runProcess, withoutOurs } from '../../support/run-process.js';
import { conversed, startBedrock, streamed, useCodec, whole, type BedrockServer } from './bedrock-server.js';
import { bedrockCases } from './cases.js';

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
    // 3.3, 0.33, 4.125 and 16.5 US dollars per million tokens, in a region. The list has no price of its own for what
    // is kept an hour: it is charged as what is kept five minutes.
    const cost = (46 * 3.3 + 19_000 * 0.33 + 2600 * 4.125 + 408 * 16.5) / 1e6;
    const told = receiver.total('intelia_llm_cost_usd_total', { model, feature: 'chat' }) ?? NaN;
    assert.equal(told.toFixed(9), cost.toFixed(9));
  });
}); // prettier-ignore
