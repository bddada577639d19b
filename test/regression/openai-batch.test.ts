/** What a batch used is counted once, at the price of batches: by its results where they are read, else by its own sum. */
import assert from 'node:assert/strict';
import { createPricer } from '../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../src/llm/prices/table.js';
import { createRecorder } from '../../src/llm/record.js';
import { testContext, type TestContext } from '../support/context.js';
import { fixture } from '../support/llm-provider.js';
import { json, type Answer } from '../support/llm-server.js';
import { openaiCase, type OpenaiCase } from '../support/openai.js';

const OUTPUT = fixture('batch/openai-output.jsonl');
const ERRORS = fixture('batch/openai-errors.jsonl');
const BATCH = JSON.parse(fixture('batch/openai-batch.json')) as object;
const MODEL = 'gpt-4o-2024-08-06';

const file =
  (text: string, pieces = 1): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    const size = Math.ceil(text.length / pieces);
    for (let at = 0; at < text.length; at += size) response.write(text.slice(at, at + size));
    response.end();
  };

/** A batch of two results and five failures, which can be changed. */
const serve =
  (batch: () => object = () => BATCH, input = ''): Answer =>
  (response, request) => {
    const { path } = request;
    if (path.endsWith('/files/file-out123/content')) return file(OUTPUT, 7)(response, request);
    if (path.endsWith('/files/file-err123/content')) return file(ERRORS, 3)(response, request);
    if (path.endsWith('/content')) return file(input)(response, request);
    return json(path.endsWith('/batches?limit=2') ? { object: 'list', data: [batch()] } : batch())(
      response,
      request,
    );
  };

const result = (operation: string, usage: object): object => ({
  ...{ provider: 'openai_compatible', operation, model: MODEL, feature: 'chat', status: 'success' },
  ...{ usage, serviceTier: 'batch', isRetry: false },
});
const RESULTS = [
  result('chat', {
    ...{ promptTokens: 2000, completionTokens: 300, cachedTokens: 1024, reasoningTokens: 0 },
    ...{ audioInputTokens: 0, audioOutputTokens: 0 },
  }),
  result('responses', { promptTokens: 100, completionTokens: 50, cachedTokens: 0, reasoningTokens: 0 }),
];
const STATUSES = ['client_error', 'rate_limited', 'server_error', 'timeout', 'cancelled'];

/** The same events as series, with their cost. */
function seriesOf({ tap }: OpenaiCase): TestContext {
  const series = testContext();
  const { emit, guard } = series.context;
  const sources = { loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: new Map() };
  tap.events.forEach(createRecorder({ emit, guard, pricer: createPricer({ ...sources, guard }) }));
  assert.deepEqual(series.errors, []);
  return series;
}
/** At gpt-4o's 2.50, 1.25 cached and 10.00, of which a batch is half. https://openai.com/api/pricing, 2026-11. */
const COST = ((1076 * 2.5 + 1024 * 1.25 + 350 * 10) / 1e6 / 2).toFixed(9);
const costOf = (given: OpenaiCase): string | undefined =>
  seriesOf(given).value('intelia_llm_cost_usd_total', { feature: 'chat' })?.toFixed(9);

async function contentOf(given: OpenaiCase, id: string): Promise<string> {
  return (await given.openai.files.content(id)).text();
}

describe('openai: a batch', () => {
  openaiCase('its results are counted one by one, at half the price, and once', async (given) => {
    given.server.answer = serve();
    for (let i = 0; i < 3; i++) {
      const batch = await given.openai.batches.retrieve('batch_abc123');
      assert.deepEqual(JSON.parse(JSON.stringify(batch)), BATCH);
      assert.equal(await contentOf(given, batch.output_file_id as string), OUTPUT);
    }
    given.tap.later.settle();
    // Its failures were not read: they are counted by the batch's own word.
    assert.deepEqual(given.tap.events.slice(0, 2), RESULTS);
    const { requests, status } = given.tap.events[2] ?? {};
    assert.deepEqual([given.tap.events.length, requests, status], [3, 5, 'client_error']);
    assert.equal(costOf(given), COST);
    assert.deepEqual(seriesOf(given).series('intelia_llm_requests_total'), {
      'model=gpt-4o,status=success': 2,
      'model=gpt-4o,status=client_error': 5,
    });
  });

  openaiCase('its failures by their status', async (given) => {
    given.server.answer = serve();
    await given.openai.batches.retrieve('batch_abc123');
    assert.equal(await contentOf(given, 'file-err123'), ERRORS);
    assert.equal(await contentOf(given, 'file-err123'), ERRORS);
    assert.deepEqual(given.tap.events.map(({ status, model, usage }) => ({ status, model, usage })), STATUSES.map(
      // A failure does not tell its model; the batch did.
      (status) => ({ status, model: MODEL, usage: undefined }),
    ));
    given.tap.later.settle();
    assert.equal(given.tap.events.length, 6);
  }); // prettier-ignore

  openaiCase('polled and never read: the sum it tells, once, when it is over', async (given) => {
    let batch: object = { ...BATCH, status: 'in_progress', usage: null, output_file_id: null };
    given.server.answer = serve(() => batch);
    await given.openai.batches.retrieve('batch_abc123');
    batch = { ...BATCH, status: 'finalizing' };
    await given.openai.batches.retrieve('batch_abc123');
    given.tap.later.settle();
    assert.deepEqual(given.tap.events, []);
    batch = BATCH;
    for (let i = 0; i < 3; i++) {
      await given.openai.batches.retrieve('batch_abc123');
      given.tap.later.settle();
    }
    assert.equal(await contentOf(given, 'file-out123'), OUTPUT);
    assert.deepEqual(given.tap.events.map(({ requests, status, usage }) => ({ requests, status, usage })), [
      { requests: 2, status: 'success', usage: { promptTokens: 2100, completionTokens: 350, cachedTokens: 1024, reasoningTokens: 0 } },
      { requests: 5, status: 'client_error', usage: undefined },
    ]);
    assert.equal(costOf(given), COST);
    const series = seriesOf(given);
    assert.deepEqual(series.series('intelia_llm_requests_total'), {
      'model=gpt-4o,status=success': 2,
      'model=gpt-4o,status=client_error': 5,
    });
    // A batch takes hours by its nature: that is no latency of a model.
    assert.deepEqual(series.series('intelia_llm_request_duration_seconds'), {});
  }); // prettier-ignore

  openaiCase('results read half, then whole; and without the batch', async (given) => {
    const [first = ''] = OUTPUT.split('\n');
    given.server.answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.write(`${first}\n{"id": "batch_`, () => response.socket?.resetAndDestroy());
    };
    await assert.rejects(contentOf(given, 'file-out123'));
    assert.deepEqual((await given.recorded(1)).length, 1);
    given.server.answer = serve();
    await Promise.all([contentOf(given, 'file-out123'), contentOf(given, 'file-out123')]);
    assert.deepEqual(await given.recorded(2), RESULTS);
    assert.equal(costOf(given), COST);
  });

  openaiCase('a feature named by the header, which does not go out', async (given) => {
    given.server.answer = serve();
    const headers = { 'x-intelia-feature': 'nightly' };
    await (await given.openai.files.content('file-out123', { headers })).text();
    assert.deepEqual((await given.recorded(2)).map(({ feature }) => feature), ['nightly', 'nightly']);
    assert.equal(given.server.received[0]?.headers['x-intelia-feature'], undefined);
  }); // prettier-ignore

  openaiCase('lists, refusals and other files are nothing', async (given) => {
    const input = '{"custom_id": "request-1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4o"}}\n';
    for (const text of [input, '{"messages": []}\n'.repeat(3), 'a,b\n1,2\n', '{', '']) {
      given.server.answer = serve(undefined, text);
      assert.equal(await contentOf(given, 'file-in123'), text);
    }
    await given.openai.batches.list({ limit: 2 });
    given.server.answer = json({ error: { message: 'no' } }, 404);
    await assert.rejects(given.openai.batches.retrieve('batch_abc123'));
    await assert.rejects(given.openai.files.content('file-out123'));
    given.tap.later.settle();
    assert.deepEqual(given.tap.events, []);
  }); // prettier-ignore
});
