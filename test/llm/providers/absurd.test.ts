/**
 * Every reader of every provider family, given what no provider should send: recorded answers, of any family, with
 * absurd values put in at any place. What comes out is still a number that may be added to a total.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createLlm } from '../../../src/llm/index.js';
import { findEndpoint } from '../../../src/llm/providers/index.js';
import type { CallFacts, Endpoint, Provider } from '../../../src/llm/types.js';
import { testContext } from '../../support/context.js';
import { eventsOf, fixture } from '../../support/llm-provider.js';

const SOURCES = join(__dirname, '../../../src/llm/providers');
const FIXTURES = join(__dirname, '../../fixtures/llm');

/** At least one place for each ending that a family names. */
const PLACES: readonly (readonly [host: string, ...paths: string[]])[] = [
  [
    'api.openai.com',
    '/v1/chat/completions', '/v1/completions', '/v1/responses', '/v1/responses/compact', '/v1/embeddings',
    '/v1/audio/speech', '/v1/audio/transcriptions', '/v1/audio/translations', '/v1/images/generations',
    '/v1/images/edits', '/v1/images/variations', '/v1/moderations',
  ],
  ['mine.openai.azure.com', '/openai/deployments/mine/chat/completions'],
  ['api.anthropic.com', '/v1/messages'],
  ['gateway.example.com', '/v1/messages', '/v1/responses', '/v2/chat', '/v2/embed', '/api/chat', '/api/embed'],
  [
    'europe-west1-aiplatform.googleapis.com',
    ...['anthropic/models/claude-sonnet-4-5:rawPredict', 'anthropic/models/claude-sonnet-4-5:streamRawPredict',
      'google/models/gemini-2.5-pro:generateContent', 'google/models/imagen-4.0-generate-001:predict']
      .map((end) => `/v1/projects/p/locations/l/publishers/${end}`),
  ],
  [
    'generativelanguage.googleapis.com',
    ...['generateContent', 'streamGenerateContent', 'embedContent', 'batchEmbedContents']
      .map((method) => `/v1beta/models/gemini-2.5-pro:${method}`),
    '/v1beta/interactions',
  ],
  ['api.cohere.com', '/v2/chat', '/v2/embed', '/v1/chat', '/v1/generate', '/v1/embed', '/v2/rerank'],
  ['api.voyageai.com', '/v1/embeddings', '/v1/rerank'],
  ['api.mistral.ai', '/v1/conversations', '/v1/conversations/c', '/v1/conversations/c/restart', '/v1/ocr', '/v1/agents/completions'],
  ['127.0.0.1:11434', '/api/chat', '/api/generate', '/api/embed', '/api/embeddings'],
  [
    'bedrock-runtime.eu-west-3.amazonaws.com',
    ...['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream', 'invoke-with-bidirectional-stream'].flatMap((verb) =>
      ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'amazon.titan-embed-text-v2:0', 'meta.llama3-70b-instruct-v1:0',
        'stability.sd3-large-v1:0'].map((model) => `/model/${encodeURIComponent(model)}/${verb}`)),
  ],
]; // prettier-ignore

const endpoints = PLACES.flatMap(([host, ...paths]) =>
  paths.flatMap((path) => findEndpoint(host, path) ?? []),
);

/** Every family there is a file of, so that a newcomer is held to this without being named here. */
function families(): Provider[] {
  const files = readdirSync(SOURCES).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
  const exported = files.flatMap(
    (file) => Object.values(require(join(SOURCES, file)) as object) as unknown[],
  );
  return exported.filter((value): value is Provider =>
    Array.isArray((value as Partial<Provider> | undefined)?.endings),
  );
}

/** Every recorded answer, whole ones and single events, of all families. */
const RECORDED: readonly unknown[] = readdirSync(FIXTURES).flatMap((family) =>
  readdirSync(join(FIXTURES, family)).flatMap((file) => {
    const text = fixture(`${family}/${file}`);
    return file.endsWith('.json') ? [JSON.parse(text) as unknown] : eventsOf(text);
  }),
);

const absurd = fc.oneof(
  fc.constantFrom<unknown>(
    null, true, false, '', '7', '1e9', 'NaN', '-1', 'x'.repeat(5_000), -1, -0, -1e308, 1e308, 1.5, 0.1, 2 ** 53,
    2 ** 31, 1e9, 1e9 + 1, [], {}, [[]], [null], [-1, '1'], { length: 3 }, { toString: 1, valueOf: null },
    JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    JSON.parse('['.repeat(500) + ']'.repeat(500)),
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(...RECORDED),
); // prettier-ignore

interface Mutation {
  /** Which way to go at each level, taken modulo what there is. */
  readonly path: readonly number[];
  readonly value: unknown;
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  path: fc.array(fc.nat(30), { maxLength: 6 }),
  value: absurd,
});

function mutate(body: unknown, { path, value }: Mutation, depth = 0): unknown {
  const keys = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  if (depth >= path.length || keys.length === 0) return value;
  const key = keys[(path[depth] as number) % keys.length] as string;
  const copy = (Array.isArray(body) ? [...(body as unknown[])] : { ...(body as object) }) as Record<
    string,
    unknown
  >;
  copy[key] = mutate(copy[key], { path, value }, depth + 1);
  return copy;
}

/** As a tap gets it: parsed from text. */
const body = fc
  .tuple(fc.constantFrom(...RECORDED), fc.array(mutation, { maxLength: 4 }))
  .map(([recorded, mutations]) => {
    const changed = mutations.reduce<unknown>((whole, each) => mutate(whole, each), recorded);
    return JSON.parse(JSON.stringify(changed)) as unknown;
  });

function factsOf(endpoint: Endpoint, [request, ...answers]: readonly unknown[], head: string): CallFacts {
  const facts: CallFacts = {};
  endpoint.readRequest(request, facts);
  endpoint.readHead?.(() => head, facts);
  for (const answer of answers) endpoint.readAnswer(answer, facts);
  for (const event of answers) endpoint.readEvent(event, facts);
  return facts;
}

function assertFine({ usage = {}, costUsd = 0, ...facts }: CallFacts): void {
  const { imageVariant = '', ...counts } = usage;
  for (const [name, value] of [...Object.entries(counts), ['costUsd', costUsd] as const]) {
    assert.ok(typeof value === 'number' && value >= 0 && value <= 1e9, `${name}: ${String(value)}`);
  }
  for (const text of [
    imageVariant,
    facts.requestModel,
    facts.responseModel,
    facts.serviceTier,
    facts.failure,
  ]) {
    assert.ok(text === undefined || (typeof text === 'string' && text.length <= 160), String(text));
  }
  for (const flag of [facts.stream, facts.sawContent, facts.done, facts.isNoCall]) {
    assert.ok(flag === undefined || typeof flag === 'boolean', String(flag));
  }
}

describe('absurd answers', () => {
  it('are tried on every ending of every family', () => {
    const paths = PLACES.flatMap(([, ...each]) => each);
    assert.equal(endpoints.length, paths.length, 'each place is an endpoint');
    const tried = new Set(paths.map((path) => /[^/:]+$/.exec(path)?.[0]));
    const found = families();
    assert.ok(found.length >= 6);
    for (const { name, endings } of found) {
      for (const ending of endings) assert.ok(tried.has(ending), `${name} ${ending}: add a place above`);
    }
  });

  it('are counted, priced and never thrown at, whichever reader gets them', function () {
    this.timeout(15_000);
    const test = testContext();
    const { record } = createLlm({ ...test.context, registry: test.registry });
    let calls = 0;
    const bodies = fc.array(body, { minLength: 1, maxLength: 4 });
    const head = fc.constantFrom('', '12', '-3', '1e308', 'junk');
    fc.assert(
      fc.property(fc.constantFrom(...endpoints), bodies, head, (endpoint, given, text) => {
        const facts = factsOf(endpoint, given, text);
        assertFine(facts);
        const { provider, operation, feature } = endpoint;
        const { requestModel, responseModel, usage, costUsd, serviceTier, failure } = facts;
        calls++;
        record({
          // At a host we do not know, some are no call.
          provider: provider === 'openai_compatible' ? 'openai' : provider,
          operation,
          feature,
          status: failure ?? 'success',
          model: responseModel ?? requestModel,
          duration: 1,
          isRetry: false,
          ...(requestModel !== undefined && { requestModel }),
          ...(usage !== undefined && { usage }),
          ...(costUsd !== undefined && { costUsd }),
          ...(serviceTier !== undefined && { serviceTier }),
        });
      }),
      { numRuns: 20_000 },
    );
    assert.deepEqual(test.errors, []);
    assert.equal(test.value('intelia_llm_requests_total'), calls);
    const cost = test.value('intelia_llm_cost_usd_total') ?? 0;
    assert.ok(Number.isFinite(cost) && cost >= 0, String(cost));
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
