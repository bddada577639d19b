/** What must hold whatever an application, a server or a mapper of ours does: nothing mixed up, nothing thrown, nothing lost. */
import type { Call } from '../../../src/llm/taps/contract.js';
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { MAX_FAILURES } from '../../../src/guard.js';
import { createCallLog } from '../../../src/llm/taps/call.js';
import { createLlm } from '../../../src/llm/index.js';
import type { CallFacts, Endpoint, LlmEvent } from '../../../src/llm/types.js';
import { testContext } from '../../support/context.js';
import { chatAnswer, chatEvents, gate, startLlmServer, USAGE } from '../../support/llm-server.js';
import { testTap } from '../../support/llm-tap.js';

const STREAMS = 1_000;
const MODELS = 50;
const FEATURES = 8;

describe('1,000 streams at once', () => {
  it('are each counted as what they are, and each caller gets its own bytes', async function () {
    this.timeout(20_000);
    const server = await startLlmServer();
    try {
      const tap = testTap({ ask: ['127.0.0.1'] });
      const all = gate();
      let arrived = 0;
      server.answer = async (response, { text }) => {
        const { id } = JSON.parse(text) as { id: number };
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const [first = '', ...rest] = eventsOf(id, true);
        response.write(first);
        if (++arrived === STREAMS) all.open();
        // No stream goes on until all have begun; from here each ends a write in every turn.
        await all.opened;
        await writeInTurns(response, rest);
      };
      const texts = await Promise.all(
        Array.from({ length: STREAMS }, async (_, id) => {
          const response = await tap.fetch(`${server.url}/chat/completions`, requestOf(id));
          return response.text();
        }),
      );
      texts.forEach((text, id) => assert.equal(text, eventsOf(id, asksItself(id)).join('')));
      assert.deepEqual(tap.test.errors, []);
      const seen = tap.events.map(({ model, feature, status, usage }) => ({ model, feature, status, usage }));
      seen.sort((a, b) => (a.usage?.promptTokens ?? 0) - (b.usage?.promptTokens ?? 0));
      assert.deepEqual(
        seen,
        Array.from({ length: STREAMS }, (_, id) => expected(id)),
      );
      assertTotals(tap.events);
    } finally {
      await server.close();
    }
  });
});

const modelOf = (id: number): string => `model-${id % MODELS}`;
const featureOf = (id: number): string => `feature-${id % FEATURES}`;
const usageOf = (id: number) => ({ prompt_tokens: 1 + id, completion_tokens: 1 + 2 * id });
const asksItself = (id: number): boolean => id % 2 === 0;

function eventsOf(id: number, withUsage: boolean): string[] {
  const words = Array.from({ length: 1 + (id % 5) }, (_, i) => `word ${i} of ${id} `);
  const events = chatEvents({ words, usage: withUsage ? usageOf(id) : undefined });
  return events.map((event) => event.replace('gpt-4o-mini-2024-07-18', modelOf(id)));
}

const requestOf = (id: number): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-intelia-feature': featureOf(id) },
  body: JSON.stringify({
    id,
    model: 'asked-for',
    stream: true,
    ...(asksItself(id) && { stream_options: { include_usage: true } }),
  }),
});

/** One write a turn, cut in the middle of an event: what is under way of a thousand streams lies side by side. */
async function writeInTurns(response: ServerResponse, events: readonly string[]): Promise<void> {
  for (const event of events) {
    response.write(event.slice(0, 20));
    await new Promise(setImmediate);
    response.write(event.slice(20));
  }
  response.end();
}

const expected = (id: number): object => ({
  model: modelOf(id),
  feature: featureOf(id),
  status: 'success',
  usage: { promptTokens: 1 + id, completionTokens: 1 + 2 * id },
});

function assertTotals(events: readonly LlmEvent[]): void {
  const test = testContext();
  const { record } = createLlm({ ...test.context, registry: test.registry });
  events.forEach(record);
  const sum = (STREAMS * (STREAMS - 1)) / 2;
  const tokens = (type: string): number | undefined => test.value('intelia_llm_tokens_total', { type });
  assert.deepEqual([tokens('prompt'), tokens('completion')], [STREAMS + sum, STREAMS + 2 * sum]);
  for (let i = 0; i < MODELS; i++) {
    const model = `model-${i}`;
    const calls = STREAMS / MODELS;
    const ids = Array.from({ length: calls }, (_, turn) => i + turn * MODELS);
    const prompts = ids.reduce((total, id) => total + 1 + id, 0);
    assert.equal(test.value('intelia_llm_requests_total', { model, status: 'success' }), calls);
    assert.equal(test.value('intelia_llm_tokens_total', { model, type: 'prompt' }), prompts);
    assert.equal(test.value('intelia_llm_time_to_first_token_seconds', { model }), calls);
  }
  assert.deepEqual(test.errors, []);
}

describe('a mapper that throws', () => {
  const reads = { request: 0, head: 0, answer: 0, event: 0 };
  type Reader = keyof typeof reads;
  const CALLS = 3 * MAX_FAILURES;

  /** An endpoint one of whose readers fails at whatever it gets, its message quoting what it got. */
  function endpointThatFailsAt(failing: Reader): Endpoint {
    const reader = (name: Reader) => (body: unknown, facts: CallFacts) => {
      reads[name]++;
      if (name === failing) throw new TypeError(`cannot read ${JSON.stringify(body)}`);
      facts.requestModel = 'm';
    };
    return {
      provider: 'own',
      operation: 'chat',
      feature: 'chat',
      readRequest: reader('request'),
      readHead: reader('head'),
      readAnswer: reader('answer'),
      readEvent: reader('event'),
    };
  }

  function send(call: Call, contentType: string, body: string): void {
    call.requestBody({ secret: 'sk-secret' });
    call.response(200, (name) => (name === 'content-type' ? contentType : null));
    const bytes = Buffer.from(body);
    assert.equal(call.chunk(bytes), bytes, 'the caller’s own chunk');
    assert.equal(call.end().length, 0);
  }

  const bodies = {
    'application/json': JSON.stringify(chatAnswer()),
    'text/event-stream': chatEvents({ usage: USAGE }).join(''),
  };
  for (const [contentType, body] of Object.entries(bodies)) {
    for (const failing of ['request', 'head', contentType.includes('json') ? 'answer' : 'event'] as const) {
      it(`of the ${failing} (${contentType}) is switched off and says so once; calls are counted all the same`, () => {
        Object.assign(reads, { request: 0, head: 0, answer: 0, event: 0 });
        const test = testContext();
        const events: LlmEvent[] = [];
        const log = createCallLog({
          ...test.context,
          record: (event) => void events.push(event),
        });
        const endpoint = endpointThatFailsAt(failing);
        for (let i = 0; i < CALLS; i++) {
          const start = {
            endpoint,
            feature: 'chat',
            isRetry: false,
            signal: undefined,
            timeLimit: undefined,
          };
          send(log.start(start), contentType, body);
        }
        assert.deepEqual(events.map(({ status }) => status), new Array<string>(CALLS).fill('success')); // prettier-ignore
        assert.equal(reads[failing], MAX_FAILURES);
        const where = `llm own chat ${failing}`;
        assert.equal(test.value('intelia_otel_errors_total', { where }), MAX_FAILURES);
        const told = test.warnings.map((line) => line.replace(/ at .*/, ''));
        assert.deepEqual(told, [
          `[intelia-otel] ${where} failed and was skipped: TypeError`,
          `[intelia-otel] ${where} failed ${MAX_FAILURES} times and is now off`,
        ]);
        assert.ok(!test.warnings.join().includes('sk-secret'));
      });
    }
  }
});
