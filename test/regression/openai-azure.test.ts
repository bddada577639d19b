/** Azure names a deployment where others name a model: the response's model is what can be priced. */
import assert from 'node:assert/strict';
import { CHAT, MEASURED, openaiCase, outline } from '../support/openai.js';

describe('openai: Azure', () => {
  openaiCase(
    'a deployment is measured under the model that answered',
    async ({ sdk, server, tap, recorded }) => {
      const azure = new sdk.AzureOpenAI({
        endpoint: server.url.replace('/v1', ''),
        apiKey: 'k',
        apiVersion: '2024-10-21',
        deployment: 'my-deployment',
        fetch: tap.fetch,
      });
      await azure.chat.completions.create({ ...CHAT, model: '' });
      assert.match(server.received[0]!.path, /deployments\/my-deployment\/chat\/completions\?api-version/);
      assert.deepEqual(outline(await recorded(1)), [MEASURED]);
    },
  );
});
