import assert from 'node:assert/strict';
import type { CallFacts, Endpoint } from '../../../src/llm/types.js';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import { assertCost, quote } from '../../support/list-prices.js';
import { endpointAt, eventsOf, fixture, readFixture, readsAnyJunk } from '../../support/llm-provider.js';

const HOST = 'bedrock-runtime.eu-west-3.amazonaws.com';
const CLAUDE = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const at = (model: string, action: string): Endpoint =>
  endpointAt(HOST, `/model/${encodeURIComponent(model)}/${action}`);
const modelOf = (path: string): string | undefined => {
  const facts: CallFacts = {};
  findEndpoint(HOST, path)?.readRequest(undefined, facts);
  return facts.requestModel;
};
/** The model's own stream, as it comes in chunks. */
const chunks = (file: string): unknown[] => eventsOf(fixture(file)).map((chunk) => ({ chunk }));
const readChunks = (model: string, file: string): CallFacts => {
  const endpoint = at(model, 'invoke-with-response-stream');
  const facts: CallFacts = {};
  endpoint.readRequest(undefined, facts);
  for (const chunk of chunks(file)) endpoint.readEvent(chunk, facts);
  return facts;
};

describe('Bedrock', () => {
  it('names the model of a path, encoded or not, by its id or its ARN', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-8';
    assert.equal(modelOf(`/model/${CLAUDE}/converse`), CLAUDE);
    assert.equal(modelOf(`/model/${encodeURIComponent(CLAUDE)}/converse-stream`), CLAUDE);
    for (const id of [arn, encodeURIComponent(arn)])
      assert.equal(modelOf(`/model/${id}/invoke`), 'us.anthropic.claude-opus-4-8');
    assert.equal(modelOf('/model/arn:aws:bedrock:us-east-1::foundation-model%2Famazon.nova-pro-v1:0/invoke'), 'amazon.nova-pro-v1:0');
    assert.equal(modelOf('/model/arn:aws:bedrock:us-east-1:1:application-inference-profile%2Fa1b2c3/converse'), 'a1b2c3');
  }); // prettier-ignore

  it('is behind a proxy too, and leaves other paths alone', () => {
    assert.equal(endpointAt('127.0.0.1:4000', `/bedrock/model/${CLAUDE}/converse`).provider, 'aws');
    for (const path of [
      `/model/${CLAUDE}/count-tokens`, `/model/${CLAUDE}/async-invoke`, '/async-invoke', '/guardrail/x/version/1/apply',
      '/model/mine/invoke', '/functions/mine/invoke', '/model/%E0%A4%A/converse', '/converse', `/model//converse`,
    ]) assert.equal(findEndpoint(HOST, path), undefined, path);
  }); // prettier-ignore

  it("sells by OpenAI's and Anthropic's protocols too", () => {
    const mantle = 'bedrock-mantle.us-east-1.api.aws';
    assert.equal(endpointAt(HOST, '/openai/v1/chat/completions').provider, 'aws');
    assert.equal(endpointAt(`${mantle}:443`, '/v1/responses').provider, 'aws');
    assert.equal(endpointAt(mantle, '/anthropic/v1/messages').provider, 'aws');
    assert.equal(endpointAt('vpce-1-2.bedrock-runtime.us-east-1.vpce.amazonaws.com', '/openai/v1/chat/completions').provider, 'aws');
    assert.equal(endpointAt('x.execute-api.us-east-1.amazonaws.com', '/v1/chat/completions').provider, 'openai_compatible');
    const call = { provider: 'aws', model: 'openai.gpt-oss-120b-1:0', usage: { promptTokens: 1000, completionTokens: 100 } };
    assertCost(quote(call), (1000 * 0.15 + 100 * 0.6) / 1e6);
    assertCost(quote({ ...call, model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0' }), (1000 * 3.3 + 100 * 16.5) / 1e6);
  }); // prettier-ignore

  it('embeds and paints', () => {
    const kind = ({ operation, feature }: Endpoint): string => `${operation} ${feature}`;
    assert.equal(kind(at('amazon.titan-embed-text-v2:0', 'invoke')), 'embeddings embeddings');
    assert.equal(kind(at('cohere.embed-v4:0', 'invoke')), 'embeddings embeddings');
    assert.equal(kind(at('amazon.nova-canvas-v1:0', 'invoke')), 'image image');
    assert.equal(kind(at('stability.sd3-5-large-v1:0', 'invoke')), 'image image');
    assert.equal(kind(at(CLAUDE, 'converse')), 'chat chat');
  });

  it('reads an answer of Converse, its cache beside its input', () => {
    assert.deepEqual(readFixture(at(CLAUDE, 'converse'), 'bedrock/converse.json'), {
      requestModel: CLAUDE,
      serviceTier: 'default',
      usage: {
        promptTokens: 20_321, completionTokens: 393, cachedTokens: 18_000, cacheWriteTokens: 2300, cacheWrite1hTokens: 2000,
      },
    }); // prettier-ignore
  });

  it('reads a stream of Converse; its first empty piece is no content', () => {
    const endpoint = at(CLAUDE, 'converse-stream');
    const events = eventsOf(fixture('bedrock/converse.ndjson'));
    const facts: CallFacts = {};
    for (const event of events.slice(0, 2)) endpoint.readEvent(event, facts);
    assert.deepEqual(facts, {});
    for (const event of events.slice(2)) endpoint.readEvent(event, facts);
    assert.deepEqual(facts, {
      sawContent: true, done: true,
      usage: { promptTokens: 1325, completionTokens: 15, cachedTokens: 1000, cacheWriteTokens: 300 },
    }); // prettier-ignore
  });

  it('is told of failures within a stream', () => {
    const endpoint = at(CLAUDE, 'converse-stream');
    const failure = (event: unknown): string | undefined => {
      const facts: CallFacts = {};
      endpoint.readEvent(event, facts);
      assert.equal(facts.done, true);
      return facts.failure;
    };
    assert.equal(failure({ throttlingException: { message: '' } }), 'rate_limited');
    assert.equal(failure({ serviceQuotaExceededException: {} }), 'rate_limited');
    assert.equal(failure({ modelTimeoutException: {} }), 'timeout');
    assert.equal(failure({ validationException: undefined }), 'client_error');
    assert.equal(failure({ modelStreamErrorException: {} }), 'server_error');
    assert.equal(failure({ error: undefined }), 'server_error');
  });

  it('reads what each model behind InvokeModel says', () => {
    const read = (model: string, file: string) => readFixture(at(model, 'invoke'), file).usage;
    assert.deepEqual(read(CLAUDE, 'anthropic/message.json'), readFixture(endpointAt('api.anthropic.com', '/v1/messages'), 'anthropic/message.json').usage);
    assert.deepEqual(read('amazon.nova-pro-v1:0', 'bedrock/nova.json'), { promptTokens: 1508, completionTokens: 40, cachedTokens: 1500, cacheWriteTokens: 0 });
    assert.deepEqual(read('meta.llama3-3-70b-instruct-v1:0', 'bedrock/llama.json'), { promptTokens: 21, completionTokens: 9 });
    assert.deepEqual(read('amazon.titan-text-express-v1', 'bedrock/titan.json'), { promptTokens: 7, completionTokens: 33 });
    assert.deepEqual(read('amazon.titan-embed-text-v2:0', 'bedrock/titan-embed.json'), { promptTokens: 12 });
    assert.deepEqual(read('mistral.mistral-large-2407-v1:0', 'bedrock/mistral-chat.json'), { promptTokens: 9, completionTokens: 4 });
    assert.deepEqual(read('openai.gpt-oss-120b-1:0', 'bedrock/gpt-oss.json'), { promptTokens: 70, completionTokens: 30 });
  }); // prettier-ignore

  it('reads the streams of InvokeModel', () => {
    const usage = { promptTokens: 1325, completionTokens: 15, cachedTokens: 1000, cacheWriteTokens: 300 };
    assert.deepEqual(readChunks(CLAUDE, 'bedrock/claude.ndjson'), {
      requestModel: CLAUDE, sawContent: true, done: true, usage: { ...usage, cacheWrite1hTokens: 200 },
    });
    assert.deepEqual(readChunks('amazon.nova-pro-v1:0', 'bedrock/nova.ndjson').usage, {
      promptTokens: 1508, completionTokens: 40, cachedTokens: 1500, cacheWriteTokens: 0,
    });
    const llama = readChunks('meta.llama3-3-70b-instruct-v1:0', 'bedrock/llama.ndjson');
    assert.deepEqual([llama.usage, llama.done], [{ promptTokens: 21, completionTokens: 3 }, true]);
  }); // prettier-ignore

  it('counts by the metrics at the end where the model itself says nothing', () => {
    const endpoint = at('mistral.mistral-large-2402-v1:0', 'invoke-with-response-stream');
    const facts: CallFacts = {};
    endpoint.readEvent({ chunk: { outputs: [{ text: 'Bon', stop_reason: null }] } }, facts);
    assert.equal(facts.sawContent, true);
    const metrics = { inputTokenCount: 5, outputTokenCount: 6, cacheReadInputTokenCount: 10 };
    endpoint.readEvent({ chunk: { outputs: [], 'amazon-bedrock-invocationMetrics': metrics } }, facts);
    assert.deepEqual(facts.usage, { promptTokens: 15, completionTokens: 6, cachedTokens: 10 });
  });

  it('counts by the head of an answer whose body says nothing, and believes the body before it', () => {
    const endpoint = at('cohere.embed-v4:0', 'invoke');
    const head: Record<string, string> = {
      'x-amzn-bedrock-input-token-count': '14', 'x-amzn-bedrock-output-token-count': '3',
    }; // prettier-ignore
    const facts: CallFacts = {};
    endpoint.readHead?.((name) => head[name], facts);
    endpoint.readAnswer({ embeddings: {} }, facts);
    assert.deepEqual(facts.usage, { promptTokens: 14, completionTokens: 3 });
    endpoint.readAnswer({ inputTextTokenCount: 12 }, facts);
    assert.deepEqual(facts.usage, { promptTokens: 12, completionTokens: 3 });
    const none: CallFacts = {};
    endpoint.readHead?.(() => null, none);
    endpoint.readHead?.(() => 'junk', none);
    assert.deepEqual(none, {});
  });

  for (const [model, file] of [
    ['cohere.command-r-v1:0', 'command.json'],
    ['cohere.embed-multilingual-v3', 'cohere-embed.json'],
    ['mistral.mistral-7b-instruct-v0:2', 'mistral.json'],
  ] as const) {
    it(`counts ${model} by the head: its body says nothing`, () => {
      const endpoint = at(model, 'invoke');
      assert.deepEqual(readFixture(endpoint, `bedrock/${file}`), { requestModel: model });
      const facts: CallFacts = {};
      endpoint.readHead?.(
        (name) =>
          ({ 'x-amzn-bedrock-input-token-count': '14', 'x-amzn-bedrock-output-token-count': '3' })[name],
        facts,
      );
      endpoint.readAnswer(JSON.parse(fixture(`bedrock/${file}`)), facts);
      assert.deepEqual(facts.usage, { promptTokens: 14, completionTokens: 3 });
    });
  }

  it("reads Cohere's stream by the metrics at its end", () => {
    const { usage, done, sawContent } = readChunks('cohere.command-r-v1:0', 'bedrock/command.ndjson');
    assert.deepEqual([usage, done, sawContent], [{ promptTokens: 6, completionTokens: 2 }, true, true]);
  });

  it('reads a conversation by voice: what it has used in all, as a call without a first token', () => {
    const endpoint = at('amazon.nova-sonic-v1:0', 'invoke-with-bidirectional-stream');
    assert.deepEqual([endpoint.operation, endpoint.feature], ['realtime', 'voice_realtime']);
    const facts: CallFacts = {};
    for (const chunk of chunks('bedrock/sonic.ndjson')) endpoint.readEvent(chunk, facts);
    const usage = { promptTokens: 240, completionTokens: 150, audioInputTokens: 200, audioOutputTokens: 120 };
    assert.deepEqual(facts, { usage });
    // https://aws.amazon.com/bedrock/pricing: 3.40 and 13.60 USD per million of speech, 0.06 and 0.24 of text.
    const call = { provider: 'aws', operation: 'realtime', model: 'amazon.nova-sonic-v1:0', usage } as const;
    assertCost(quote(call), (200 * 3.4 + 40 * 0.06 + 120 * 13.6 + 30 * 0.24) / 1e6);
  });

  it('learns the model behind an id of the account from the answer, where that tells', () => {
    const profile = 'arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/a1b2c3';
    assert.equal(readFixture(at(profile, 'invoke'), 'anthropic/message.json').responseModel, 'claude-sonnet-4-5-20250929');
    assert.equal(readChunks(profile, 'bedrock/claude.ndjson').responseModel, 'claude-sonnet-4-5-20250929');
    assert.equal(readFixture(at(CLAUDE, 'invoke'), 'anthropic/message.json').responseModel, undefined);
    assert.equal(readFixture(at(profile, 'converse'), 'bedrock/converse.json').responseModel, undefined);
  }); // prettier-ignore

  it('reads any junk', () =>
    readsAnyJunk(
      [at('amazon.nova-sonic-v1:0', 'invoke-with-bidirectional-stream'), at(CLAUDE, 'converse'), at('arn:aws:bedrock:x:1:imported-model/x', 'invoke')],
      ['usage', 'metadata', 'chunk', 'inputTokens', 'outputTokens', 'cacheReadInputTokens', 'cacheDetails', 'ttl', 'model',
        'input_tokens', 'prompt_tokens', 'results', 'tokenCount', 'amazon-bedrock-invocationMetrics', 'inputTokenCount',
        'contentBlockDelta', 'delta', 'choices', 'outputs', 'message', 'serviceTier', 'type', 'images', 'event', 'usageEvent', 'details', 'total', 'speechTokens', 'totalInputTokens'],
    )); // prettier-ignore
});
