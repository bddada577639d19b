/** Message batches by Anthropic's own SDK: their results, as it streams them, are counted once. */
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { assertCost, quote } from '../../support/list-prices.js';
import { sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { json, type Answer } from '../../support/llm-server.js';
import { fixture } from '../../support/llm-provider.js';

const RESULTS = fixture('batch/anthropic-results.jsonl');
const ID = 'msgbatch_013Zva2CMHLNnXjNJJKqJ2EF';
const MODEL = 'claude-sonnet-4-5-20250929';

const batchAt = (origin: string, processing_status: string): object => ({
  ...{ id: ID, type: 'message_batch', processing_status, created_at: '2026-11-01T18:37:24.100435Z' },
  request_counts: { processing: 0, succeeded: 2, errored: 2, canceled: 1, expired: 1 },
  results_url: processing_status === 'ended' ? `${origin}/v1/messages/batches/${ID}/results` : null,
});

/** The results in `pieces`, cut anywhere. */
const serve =
  ({ origin }: SdkCase, pieces = 5): Answer =>
  (response, request) => {
    if (!request.path.endsWith('/results')) return json(batchAt(origin, 'ended'))(response, request);
    response.writeHead(200, { 'content-type': 'application/x-jsonl' });
    const bytes = Buffer.from(RESULTS);
    const size = Math.ceil(bytes.length / pieces);
    for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
    response.end();
  };

const COUNTED = [
  { model: MODEL, status: 'success', usage: { promptTokens: 4200, completionTokens: 500, cachedTokens: 3000, cacheWriteTokens: 200, cacheWrite1hTokens: 0 } },
  { model: MODEL, status: 'success', usage: { promptTokens: 10, completionTokens: 34, cachedTokens: 0, cacheWriteTokens: 0 } },
  ...['client_error', 'server_error', 'timeout', 'cancelled'].map((status) => ({ model: undefined, status })),
]; // prettier-ignore

describe('@anthropic-ai/sdk, message batches', () => {
  const clientOf = ({ tap, origin }: SdkCase): Anthropic =>
    new Anthropic({ apiKey: 'sk-ant-test', baseURL: origin, maxRetries: 0, fetch: tap.fetch });

  sdkCase('each result once, however often they are read', async (given) => {
    given.server.answer = serve(given);
    const { batches } = clientOf(given).messages;
    for (let i = 0; i < 3; i++) {
      const read: unknown[] = [];
      for await (const result of await batches.results(ID)) read.push(result);
      const lines = RESULTS.trim().split('\n').map((line) => JSON.parse(line) as unknown);
      assert.deepEqual(read, lines);
    }
    assert.deepEqual(told(await given.recorded(6)), COUNTED);
    assert.ok(given.tap.events.every((event) => event.serviceTier === 'batch' && event.duration === undefined));
    // 3 USD in, 0.30 read, 3.75 written, 15 out, of which a batch is half.
    const [first] = given.tap.events;
    const cost = (1000 * 3 + 3000 * 0.3 + 200 * 3.75 + 500 * 15) / 1e6 / 2;
    assertCost(quote({ ...first, provider: 'anthropic' }), cost);
  }); // prettier-ignore

  sdkCase('left after the first result, then read whole', async (given) => {
    given.server.answer = serve(given, 1);
    const { batches } = clientOf(given).messages;
    for await (const _ of await batches.results(ID)) break;
    for await (const _ of await batches.results(ID)) void _;
    assert.deepEqual(told(await given.recorded(6)), COUNTED);
  });

  sdkCase('polled: a batch does not tell what it used', async (given) => {
    const { batches } = clientOf(given).messages;
    given.server.answer = json(batchAt(given.origin, 'in_progress'));
    await batches.retrieve(ID);
    given.server.answer = json(batchAt(given.origin, 'ended'));
    await batches.retrieve(ID);
    await batches.list();
    given.tap.later.settle();
    assert.deepEqual(given.tap.events, []);
  });
});
