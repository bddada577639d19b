/** Azure names a deployment where others name a model: the response's model is what can be priced. */
import assert from 'node:assert/strict';
import { tapFetch } from '../../src/llm/taps/fetch.js';
import { chatEvents, json } from '../support/llm-server.js';
import { CHAT, MEASURED, openaiCase, outline, type OpenaiCase } from '../support/openai.js';

const nodeFetch = fetch;
const DEPLOYMENT = 'my-deployment';
const CALL = { ...CHAT, model: '' };

/** At Azure's own host, which leads to the test's server. */
function azureOf({ sdk, server, tap }: OpenaiCase): import('openai').AzureOpenAI {
  const toServer: typeof fetch = (input, init) => {
    const { pathname, search } = new URL(String(input));
    return nodeFetch(`http://${server.host}${pathname}${search}`, init);
  };
  return new sdk.AzureOpenAI({
    endpoint: 'https://mine.openai.azure.com',
    apiKey: 'k',
    apiVersion: '2024-10-21',
    deployment: DEPLOYMENT,
    maxRetries: 0,
    fetch: tapFetch(toServer, tap.options) as typeof fetch,
  });
}

describe('openai: Azure', () => {
  openaiCase('a deployment is measured under the model that answered', async (given) => {
    const azure = azureOf(given);
    await azure.chat.completions.create(CALL);
    const { path } = given.server.received[0]!;
    assert.match(path, /deployments\/my-deployment\/chat\/completions\?api-version/);
    const [event] = await given.recorded(1);
    assert.deepEqual(outline(await given.recorded(1)), [MEASURED]);
    assert.deepEqual([event?.provider, event?.requestModel], ['azure', DEPLOYMENT]);
  });

  openaiCase('a stream tells its usage where the caller asks for it', async (given) => {
    const azure = azureOf(given);
    const asked = { ...CALL, stream: true as const };
    let chunks = 0;
    for await (const _ of await azure.chat.completions.create({ ...asked, stream_options: { include_usage: true } })) chunks++;
    assert.equal(chunks, 6);
    for await (const chunk of await azure.chat.completions.create(asked)) assert.ok(!('usage' in chunk));
    assert.deepEqual(outline(await given.recorded(2)), [MEASURED, { ...MEASURED, usage: undefined }]);
    assert.ok(!given.server.received[1]!.text.includes('stream_options'));
  }); // prettier-ignore

  openaiCase('a refusal, an abort and a break are counted under the deployment', async (given) => {
    const azure = azureOf(given);
    for (const status of [400, 429, 500]) {
      given.server.answer = json({ error: { message: 'no' } }, status);
      await assert.rejects(async () => azure.chat.completions.create(CALL), { status });
      await assert.rejects(async () => azure.chat.completions.create({ ...CALL, stream: true }), { status });
    }
    const refused = (await given.recorded(6)).map(({ model, status }) => `${model} ${status}`);
    assert.deepEqual(
      refused,
      ['client_error', 'rate_limited', 'server_error'].flatMap((status) => Array<string>(2).fill(`${DEPLOYMENT} ${status}`)),
    );
    given.server.answer = (response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chatEvents()[0]);
    for await (const _ of await azure.chat.completions.create({ ...CALL, stream: true })) break;
    const stream = await azure.chat.completions.create({ ...CALL, stream: true });
    for await (const _ of stream) stream.controller.abort();
    const cancelled = { model: 'gpt-4o-mini-2024-07-18', status: 'cancelled', usage: undefined };
    assert.deepEqual(outline(await given.recorded(8)).slice(6), [cancelled, cancelled]);
  }); // prettier-ignore
});
