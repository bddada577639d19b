/** Batches where the files are as OpenAI's: Mistral, Groq and Together by their own SDKs at their own hosts' names. */
import assert from 'node:assert/strict';
import { HTTPClient, Mistral } from '@mistralai/mistralai';
import Groq from 'groq-sdk';
import Together from 'together-ai';
import { tapFetch } from '../../../src/llm/taps/fetch.js';
import { assertCost, quote } from '../../support/list-prices.js';
import { sdkCase, told, type SdkCase } from '../../support/llm-sdk.js';
import { json, type Answer } from '../../support/llm-server.js';

const nodeFetch = fetch;

/** Sends what is meant for a public host to the test's own server. Nothing leaves this machine. */
function fetchOf({ tap, origin }: SdkCase): typeof fetch {
  const toServer: typeof fetch = (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const url = origin + pathname + search;
    return nodeFetch(input instanceof Request ? new Request(url, input) : url, init);
  };
  return tapFetch(toServer, tap.options) as typeof fetch;
}

const line = (model: string, id: string, usage?: object): object => ({
  ...{ id: `batch_req_${id}`, custom_id: id },
  response: usage === undefined
    ? { status_code: 422, body: { error: { message: 'no', type: 'invalid_request_error' } } }
    : { status_code: 200, body: { id: 'c1', object: 'chat.completion', model, choices: [{ index: 0, message: { role: 'assistant', content: 'Hé' }, finish_reason: 'stop' }], usage } },
  error: null,
}); // prettier-ignore
const USAGE = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };
const linesOf = (model: string): object[] => [
  line(model, 'one', USAGE),
  line(model, 'two'),
  line(model, 'three', USAGE),
];
const serveLines =
  (model: string): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    for (const each of linesOf(model)) response.write(`${JSON.stringify(each)}\n`);
    response.end();
  };
const counted = (model: string, failed: string | undefined): object[] => {
  const one = { model, status: 'success', usage: { promptTokens: 1000, completionTokens: 500 } };
  return [one, { model: failed, status: 'client_error' }, one];
};

/** How one SDK reads a file, given what it sends with. */
const READERS: Record<string, { model: string; cost: number; read(fetch: typeof globalThis.fetch): Promise<string> }> = {
  // 0.50 USD in and 1.50 out, 0.59 and 0.79, of which a batch is half.
  mistral: {
    model: 'mistral-large-2512', cost: (1000 * 0.5 + 500 * 1.5) / 1e6 / 2,
    read: async (fetch) => new Response(await mistralOf(fetch).files.download({ fileId: 'f0e1d2c3-aaaa' })).text(),
  },
  groq: {
    model: 'llama-3.3-70b-versatile', cost: (1000 * 0.59 + 500 * 0.79) / 1e6 / 2,
    read: async (fetch) => (await new Groq({ apiKey: 'test', maxRetries: 0, fetch }).files.content('file_01jh6x76wtemjr74t1fh0faj5t')).text(),
  },
  together: {
    model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo', cost: NaN,
    read: async (fetch) => (await new Together({ apiKey: 'test', maxRetries: 0, fetch }).files.content('file-00f3-4a')).text(),
  },
}; // prettier-ignore

const mistralOf = (fetch: typeof globalThis.fetch): Mistral =>
  new Mistral({ apiKey: 'test', httpClient: new HTTPClient({ fetcher: fetch }) });

describe('batches whose files are as OpenAI’s', () => {
  for (const [provider, { model, cost, read }] of Object.entries(READERS)) {
    sdkCase(`${provider}: each line once`, async (given) => {
      given.server.answer = serveLines(model);
      const text = linesOf(model).map((each) => `${JSON.stringify(each)}\n`).join('');
      for (let i = 0; i < 2; i++) assert.equal(await read(fetchOf(given)), text);
      assert.deepEqual(told(await given.recorded(3)), counted(model, undefined));
      const [first] = given.tap.events;
      assert.equal(first?.provider, provider);
      // What a batch costs at Together is not known for every model: then there is no cost, never a wrong one.
      if (Number.isNaN(cost)) assert.deepEqual(quote({ ...first }), { reason: 'unknown_model' });
      else assertCost(quote({ ...first }), cost);
    }); // prettier-ignore
  }

  sdkCase('mistral: results in the job itself, and in the file that it names, once', async (given) => {
    const job = {
      ...{ id: 'b1c2d3e4', object: 'batch', input_files: [], endpoint: '/v1/chat/completions', errors: [] },
      ...{ model: 'mistral-large-latest', agent_id: null, output_file: 'f0e1d2c3-aaaa', error_file: null },
      ...{ status: 'SUCCESS', created_at: 1, total_requests: 3, completed_requests: 3 },
      ...{ succeeded_requests: 2, failed_requests: 1, outputs: linesOf('mistral-large-2512') },
    };
    given.server.answer = (response, request) =>
      (request.path.includes('/files/') ? serveLines('mistral-large-2512') : json(job))(response, request);
    const mistral = mistralOf(fetchOf(given));
    for (let i = 0; i < 2; i++) {
      const got = await mistral.batch.jobs.get({ jobId: 'b1c2d3e4', inline: true });
      assert.equal(got.outputs?.length, 3);
    }
    await new Response(await mistral.files.download({ fileId: 'f0e1d2c3-aaaa' })).text();
    given.tap.later.settle();
    assert.deepEqual(told(given.tap.events), counted('mistral-large-2512', 'mistral-large-latest'));
  });

  sdkCase('groq: a batch that does not tell its usage waits for its results', async (given) => {
    const batch = {
      ...{
        id: 'batch_01jh6xa7reempvjyh6n3yst2zw',
        object: 'batch',
        endpoint: '/v1/chat/completions',
        errors: null,
      },
      ...{ status: 'completed', output_file_id: 'file_01', error_file_id: null, input_file_id: 'file_00' },
      ...{
        completion_window: '24h',
        created_at: 1_736_472_600,
        request_counts: { total: 3, completed: 3, failed: 0 },
      },
    };
    given.server.answer = json(batch);
    const fetch = fetchOf(given);
    await new Groq({ apiKey: 'test', maxRetries: 0, fetch }).batches.retrieve(batch.id);
    given.tap.later.settle();
    assert.deepEqual(given.tap.events, []);
  });
});
