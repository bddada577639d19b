/** Batches of the Gemini API by Google's own SDK, at its own host's name: results in the batch itself, and in a file. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoogleGenAI } from '@google/genai';
import { tapFetch } from '../../../src/llm/taps/fetch.js';
import { assertCost, quote } from '../../support/list-prices.js';
import { sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { json, type Answer } from '../../support/llm-server.js';

const nodeFetch = fetch;
const NAME = 'batches/kq8zaqt4h5f7';
const FLASH = 'gemini-2.5-flash';

/** A client for Google's own host, whose every request goes to the test's server instead. Nothing leaves this machine. */
function clientOf({ tap, origin }: SdkCase): GoogleGenAI {
  const toServer: typeof fetch = (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    return nodeFetch(origin + pathname + search, init);
  };
  globalThis.fetch = tapFetch(toServer, tap.options) as typeof fetch;
  return new GoogleGenAI({ apiKey: 'key' });
}

const generated = (promptTokenCount: number, candidatesTokenCount: number, text = 'Hé "usage" 🌍'): object => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount, candidatesTokenCount, totalTokenCount: promptTokenCount + candidatesTokenCount },
  modelVersion: FLASH, responseId: 'r1',
}); // prettier-ignore
const ANSWERS: readonly object[] = [
  { response: generated(1000, 200), metadata: { key: 'one' } },
  { error: { code: 3, message: 'Bad request.', status: 'INVALID_ARGUMENT' }, metadata: { key: 'two' } },
  { response: generated(10, 20), metadata: { key: 'three' } },
  { error: { code: 8, message: 'Quota.' } },
];
const COUNTED = [
  { model: FLASH, status: 'success', usage: { promptTokens: 1000, completionTokens: 200 } },
  { model: FLASH, status: 'client_error' },
  { model: FLASH, status: 'success', usage: { promptTokens: 10, completionTokens: 20 } },
  { model: FLASH, status: 'rate_limited' },
];

/** As the operation of the REST API has it: the output stands in it twice. */
function operation(inlined: readonly object[] | undefined, more: object = {}): object {
  const output = inlined && { inlinedResponses: { inlinedResponses: inlined } };
  return {
    name: NAME,
    metadata: {
      '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
      ...{ model: `models/${FLASH}`, displayName: 'night', state: output ? 'BATCH_STATE_SUCCEEDED' : 'BATCH_STATE_RUNNING' },
      ...{ createTime: '2026-11-01T10:00:00Z', batchStats: { requestCount: '4', successfulRequestCount: '2' }, name: NAME },
      ...(output && { output, endTime: '2026-11-01T10:05:00Z' }),
      ...more,
    },
    ...(output && { done: true, response: { '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatchOutput', ...output } }),
  };
} // prettier-ignore

describe('@google/genai, batches', () => {
  sdkCase('results in the batch: each once, however often it is polled', async (given) => {
    const { batches } = clientOf(given);
    given.server.answer = json(operation(undefined));
    assert.equal((await batches.get({ name: NAME })).state, 'JOB_STATE_RUNNING');
    assert.deepEqual(given.tap.events, []);
    given.server.answer = json(JSON.stringify(operation(ANSWERS), undefined, 2));
    for (let i = 0; i < 3; i++) {
      const batch = await batches.get({ name: NAME });
      assert.equal(batch.dest?.inlinedResponses?.length, 4);
      const [first] = batch.dest.inlinedResponses;
      assert.equal(first?.response?.candidates?.[0]?.content?.parts?.[0]?.text, 'Hé "usage" 🌍');
    }
    assert.deepEqual(told(given.tap.events), COUNTED);
    // 0.30 USD in and 2.50 out, of which a batch is half. https://ai.google.dev/gemini-api/docs/pricing, 2026-11-22.
    assertCost(quote({ ...given.tap.events[0] }), (1000 * 0.3 + 200 * 2.5) / 1e6 / 2);
    assert.equal(given.tap.events[0]?.provider, 'google');
  });

  sdkCase('a batch of megabytes', async (given) => {
    const { batches } = clientOf(given);
    const many = Array.from({ length: 2_000 }, () => ({ response: generated(7, 3, 'word \\" { [ '.repeat(100)) }));
    given.server.answer = json(operation(many));
    assert.equal((await batches.get({ name: NAME })).dest?.inlinedResponses?.length, 2_000);
    assert.equal(given.tap.events.length, 2_000);
    assert.ok(given.tap.events.every(({ usage }) => usage?.promptTokens === 7 && usage.completionTokens === 3));
  }); // prettier-ignore

  sdkCase('embeddings, whose model the batch names', async (given) => {
    const { batches } = clientOf(given);
    const embedded = { response: { embedding: { values: [0.1, -0.2] }, tokenCount: '9' } };
    const model = { model: 'models/gemini-embedding-001' };
    given.server.answer = json(operation([embedded, embedded], model));
    await batches.get({ name: NAME });
    const one = { model: 'gemini-embedding-001', status: 'success', usage: { promptTokens: 9 } };
    assert.deepEqual(told(given.tap.events), [one, one]);
    assert.equal(given.tap.events[0]?.feature, 'embeddings');
  });

  sdkCase('results in a file: each line once', async (given) => {
    const client = clientOf(given);
    const lines = ANSWERS.map((answer, i) => JSON.stringify({ key: `k${i}`, ...answer })).join('\n');
    const serve: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/jsonl' });
      response.end(lines);
    };
    given.server.answer = serve;
    const folder = mkdtempSync(join(tmpdir(), 'genai-'));
    try {
      const downloadPath = join(folder, 'results.jsonl');
      for (let i = 0; i < 2; i++) {
        await client.files.download({ file: 'files/batch-kq8zaqt4h5f7', downloadPath });
        await given.recorded(4);
      }
      while (readFileSync(downloadPath, 'utf8') !== lines) await new Promise(setImmediate);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const unnamed = COUNTED.map((each) => ({ ...each, model: each.usage === undefined ? undefined : FLASH }));
    assert.deepEqual(told(given.tap.events), unnamed);
    assert.match(given.server.received[0]?.path ?? '', /^\/v1(beta)?\/files\/batch-kq8zaqt4h5f7:download\?alt=media$/);
  }); // prettier-ignore
});
