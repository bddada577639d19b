/** A refused call was recorded as a success without tokens, under another error than the application's, or not at all. */
import assert from 'node:assert/strict';
import { json } from '../support/llm-server.js';
import { CHAT, openaiCase, outline } from '../support/openai.js';

const FAILURES = [
  [400, 'BadRequestError', 'client_error'],
  [401, 'AuthenticationError', 'client_error'],
  [404, 'NotFoundError', 'client_error'],
  [429, 'RateLimitError', 'rate_limited'],
  [500, 'InternalServerError', 'server_error'],
  [503, 'InternalServerError', 'server_error'],
] as const;

describe('openai: a refused call', () => {
  for (const [status, name, outcome] of FAILURES) {
    openaiCase(`by ${status}: chat and responses, whole and streamed`, async ({ openai, server, recorded }) => {
      server.answer = json({ error: { message: 'no', type: 'x', code: null, param: null } }, status);
      const asked = { model: 'gpt-4o-mini', input: 'Hé' };
      const sends: (() => PromiseLike<unknown>)[] = [
        () => openai.chat.completions.create(CHAT),
        () => openai.chat.completions.create({ ...CHAT, stream: true }),
        () => openai.responses.create(asked),
        () => openai.responses.create({ ...asked, stream: true }),
      ];
      for (const send of sends) {
        const error = await Promise.resolve(send()).catch((thrown: unknown) => thrown as Error & { status: number });
        assert.deepEqual([(error as Error).constructor.name, (error as { status: number }).status], [name, status]);
      }
      const failed = { model: 'gpt-4o-mini', status: outcome, usage: undefined };
      assert.deepEqual(outline(await recorded(4)), [failed, failed, failed, failed]);
    }); // prettier-ignore
  }

  openaiCase('because nobody answers', async ({ sdk, client, server, recorded }) => {
    await server.close();
    const { chat } = client();
    await assert.rejects(async () => chat.completions.create(CHAT), sdk.APIConnectionError);
    await assert.rejects(
      async () => chat.completions.create({ ...CHAT, stream: true }),
      sdk.APIConnectionError,
    );
    const failed = { model: 'gpt-4o-mini', status: 'network_error', usage: undefined };
    assert.deepEqual(outline(await recorded(2)), [failed, failed]);
  });

  openaiCase('which the SDK tries again is a retry', async ({ client, server, recorded }) => {
    const answers = [json('{}', 500, { 'retry-after-ms': '1' }), server.answer];
    server.answer = (response, request) => answers.shift()?.(response, request);
    await client({ maxRetries: 1 }).chat.completions.create(CHAT);
    const events = await recorded(2);
    const told = events.map(({ status, isRetry }) => [status, isRetry]);
    assert.deepEqual(told, [['server_error', false], ['success', true]]); // prettier-ignore
  });
});
