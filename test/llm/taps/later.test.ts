/** What is fetched later than it was asked for, without an SDK: odd files, long lines, many of them, junk. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLater, mayBeLater } from '../../../src/llm/providers/later.js';
import { createLater } from '../../../src/llm/taps/later.js';
import type { LlmEvent } from '../../../src/llm/types.js';
import { testContext } from '../../support/context.js';
import { quote } from '../../support/list-prices.js';

function laterLog() {
  const test = testContext();
  const events: LlmEvent[] = [];
  const waiting: (() => void)[] = [];
  const later = createLater({
    now: () => 0,
    guard: test.context.guard,
    record: (event) => void events.push(event),
    schedule: (work) => void waiting.push(work),
  });
  /** Lets a GET be answered by these pieces. */
  const get = (path: string, pieces: readonly (string | Uint8Array)[], status = 200, host = 'api.openai.com'): void => {
    const call = later.find('GET', host, path, undefined);
    assert.ok(call, path);
    call.response(status, () => 'application/json');
    for (const piece of pieces) {
      const bytes = Buffer.from(piece);
      assert.equal(call.chunk(bytes), bytes);
    }
    assert.equal(call.end().length, 0);
  }; // prettier-ignore
  return { later, events, waiting, get, errors: test.errors };
}

const body = (more: object = {}): object => ({
  ...{
    object: 'chat.completion',
    model: 'gpt-4o',
    choices: [],
    usage: { prompt_tokens: 5, completion_tokens: 3 },
  },
  ...more,
});
const line = (answer: object): string =>
  `${JSON.stringify({ id: 'r', custom_id: 'c', response: { status_code: 200, body: answer }, error: null })}\n`;
const CONTENT = '/v1/files/file-1/content';

describe('what is fetched later', () => {
  it('only these paths, by GET', () => {
    const kind = (path: string, method = 'GET', host = 'api.openai.com'): unknown =>
      findLater(method, host, path)?.kind;
    assert.equal(kind('/v1/batches/batch_1'), 'batch');
    assert.equal(kind('/openai/v1/batches/batch_1', 'GET', 'api.groq.com'), 'batch');
    assert.equal(kind(CONTENT), 'results');
    assert.equal(kind('/openai/files/file-1/content', 'GET', 'me.openai.azure.com'), 'results');
    assert.equal(kind('/v1/messages/batches/msgbatch_1/results', 'GET', 'api.anthropic.com'), 'results');
    assert.equal(kind('/v1/batch/jobs/0-1', 'GET', 'api.mistral.ai'), 'results');
    assert.equal(kind('/v1beta/batches/a1', 'GET', 'generativelanguage.googleapis.com'), 'results');
    assert.equal(
      kind('/v1beta/files/a1:download', 'GET', 'generativelanguage.googleapis.com:443'),
      'results',
    );
    assert.equal(kind('/v1/responses/resp_1'), 'response');
    assert.equal(kind('/v1/responses/resp_1/cancel', 'POST'), 'response');
    for (const path of ['/v1/batches', '/v1/batches/7', '/v1/files/file-1', '/v1/files', '/v1/responses/7', '/v1/responses/resp_1/input_items', '/api/files/a/b/content', '/content'])
      assert.equal(kind(path), undefined, path);
    assert.equal(kind('/v1/responses/resp_1', 'POST'), undefined);
    assert.equal(kind('/v1/batches/batch_1/cancel', 'POST'), undefined);
    assert.equal(mayBeLater('https://example.com/api/orders/17?files=1'), false);
  }); // prettier-ignore

  it('lines longer than are kept whole: embeddings, pictures', () => {
    const { get, events, errors } = laterLog();
    const vector = Array.from({ length: 60_000 }, (_, i) => i / 1_000_003);
    const embedding = body({
      ...{ object: 'list', model: 'text-embedding-3-small', choices: undefined },
      ...{
        data: [{ object: 'embedding', index: 0, embedding: vector }],
        usage: { prompt_tokens: 8, total_tokens: 8 },
      },
    });
    const picture = body({
      ...{
        object: undefined,
        model: 'gpt-image-1',
        data: [{ b64_json: 'x'.repeat(900_000) }],
        choices: undefined,
      },
      usage: { input_tokens: 50, output_tokens: 4160, total_tokens: 4210 },
    });
    get(CONTENT, [line(embedding), line(picture), line(body())]);
    assert.deepEqual(
      events.map(({ operation, feature, model, usage }) => [operation, feature, model, usage?.promptTokens]),
      [
        ['embeddings', 'embeddings', 'text-embedding-3-small', 8],
        ['image', 'image', 'gpt-image-1', 50],
        ['chat', 'chat', 'gpt-4o', 5],
      ],
    );
    assert.equal(events[1]?.usage?.imageOutputTokens, 4160);
    assert.deepEqual(errors, []);
  });

  it('cut anywhere, read twice at once: each line once', () => {
    const text = line(body({ note: 'é🌍\\n"usage":{}' })).repeat(20);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 10 }), (cuts) => {
        const { later, events } = laterLog();
        const calls = [1, 2].map(() => later.find('GET', 'api.openai.com', CONTENT, undefined));
        for (const call of calls) call?.response(200, () => undefined);
        const bytes = Buffer.from(text);
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        for (let i = 1; i < at.length; i++)
          for (const call of calls) call?.chunk(bytes.subarray(at[i - 1], at[i]));
        for (const call of calls) call?.end();
        assert.equal(events.length, 20);
      }),
      { numRuns: 50 },
    );
  });

  it('junk in a file changes nothing for anybody and is never thrown', () => {
    const tree = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, '', 'resp_1', -1, 1e308, 'completed', 200, 500),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('custom_id', 'response', 'error', 'status_code', 'body', 'usage', 'object', 'result', 'type', 'message', 'id', 'status', 'background', 'request_counts', 'completed', 'model', 'outputs', 'output_file_id', 'data', 'results'), tie('any'), { maxKeys: 6 }),
      ),
    })).any; // prettier-ignore
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (values) => {
        const { get, later, events, errors } = laterLog();
        const text = values.map((value) => JSON.stringify(value)).join('\n');
        get(CONTENT, [text]);
        get('/v1/batches/batch_1', [text]);
        get('/v1/responses/resp_1', [text]);
        get('/v1/messages/batches/b/results', [text], 200, 'api.anthropic.com');
        get('/v1/batch/jobs/1', [text], 200, 'api.mistral.ai');
        get('/v1beta/batches/1', [text], 200, 'generativelanguage.googleapis.com');
        later.settle();
        assert.deepEqual(errors, []);
        for (const { usage = {}, requests = 1 } of events)
          for (const n of [requests, ...Object.values(usage)]) assert.ok((n as number) >= 0 && (n as number) <= 1e9);
      }),
      { numRuns: 500 },
    ); // prettier-ignore
  });

  it('a part of a file (206) and a failure are not read', () => {
    const { get, events } = laterLog();
    get(CONTENT, [line(body())], 206);
    get(CONTENT, [line(body())], 500);
    assert.deepEqual(events, []);
  });

  it('a file that is none of results is not held', () => {
    const { get, events } = laterLog();
    const piece = Buffer.alloc(64 * 1024, 'x');
    get(CONTENT, Array<Buffer>(200).fill(piece));
    get('/v1/files/file-2/content', [Buffer.from([0xef, 0xbb, 0xbf, 0x7b]), piece]);
    assert.deepEqual(events, []);
  });

  it('the sum of a batch waits a minute for its results', () => {
    const { get, events, waiting } = laterLog();
    const batch = {
      ...{ id: 'batch_1', object: 'batch', status: 'completed', endpoint: '/v1/embeddings', model: 'text-embedding-3-small' },
      ...{ output_file_id: 'file-1', request_counts: { total: 3, completed: 3, failed: 0 } },
      usage: { input_tokens: 900, output_tokens: 0, total_tokens: 900 },
    }; // prettier-ignore
    get('/v1/batches/batch_1', [JSON.stringify(batch)]);
    assert.deepEqual([events.length, waiting.length], [0, 1]);
    for (const work of waiting) work();
    assert.deepEqual(
      events.map(({ requests, feature, usage }) => [requests, feature, usage?.promptTokens]),
      [[3, 'embeddings', 900]],
    );
  });

  it('of ids without end only the last are remembered, and what waited under the others is counted', () => {
    const { get, later, events } = laterLog();
    const batch = (i: number): string =>
      JSON.stringify({
        ...{
          id: `batch_${i}`,
          object: 'batch',
          status: 'completed',
          output_file_id: `file-${i}`,
          model: 'gpt-4o',
        },
        ...{ request_counts: { completed: 1, failed: 0 }, usage: { input_tokens: 1, output_tokens: 1 } },
      });
    for (let i = 0; i < 3_000; i++) get(`/v1/batches/batch_${i}`, [batch(i)]);
    assert.ok(events.length >= 1_000, String(events.length));
    later.settle();
    assert.equal(events.length, 3_000);
  });

  it('steps of price go by the average request of a sum', () => {
    const usage = { promptTokens: 400_000, completionTokens: 0 };
    const sum = { provider: 'openai', model: 'gpt-5.4', usage, serviceTier: 'batch' };
    const one = quote(sum);
    const many = quote({ ...sum, requests: 100 });
    assert.ok('costUsd' in one && 'costUsd' in many && one.costUsd === 2 * many.costUsd);
  });
});
