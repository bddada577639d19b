/** A session with the clock in the test's hand: one event a response, however it goes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SocketEndpoint } from '../../../src/llm/providers/openai-socket.js';
import { withLlmFeature } from '../../../src/llm/feature.js';
import { createSession, type Session } from '../../../src/llm/taps/session.js';
import type { LlmEvent } from '../../../src/llm/types.js';

const VOICE: SocketEndpoint = {
  ...{ provider: 'openai', operation: 'realtime', feature: 'voice_realtime', model: 'gpt-realtime' },
};
const RESPONSES: SocketEndpoint = {
  ...{ provider: 'openai', operation: 'responses', feature: 'chat', model: undefined },
};

interface Run {
  readonly session: Session;
  readonly events: LlmEvent[];
  at(seconds: number): Run;
  send(message: object): Run;
  get(message: object): Run;
}

function run(endpoint: SocketEndpoint = VOICE): Run {
  const events: LlmEvent[] = [];
  let clock = 0;
  const record = (event: LlmEvent): void => void events.push(event);
  const session = createSession({ endpoint, feature: endpoint.feature, now: () => clock, record });
  const self: Run = {
    session,
    events,
    at(seconds) {
      clock = seconds;
      return self;
    },
    send(message) {
      session.sent(JSON.stringify(message));
      return self;
    },
    get(message) {
      session.received(Buffer.from(JSON.stringify(message)));
      return self;
    },
  };
  return self;
}

const create = { type: 'response.create' };
const created = (id: string) => ({ type: 'response.created', response: { id, status: 'in_progress' } });
const delta = (id: string) => ({
  ...{ type: 'response.output_audio.delta', event_id: 'e', response_id: id, delta: 'UklGRg==' },
});
const done = (id: string, input = 10, output = 5, status = 'completed', more: object = {}) => ({
  type: 'response.done',
  response: { id, status, usage: { input_tokens: input, output_tokens: output }, ...more },
});

const base = {
  provider: 'openai',
  operation: 'realtime',
  model: 'gpt-realtime',
  feature: 'voice_realtime',
  isRetry: false,
};
const used = (promptTokens = 10, completionTokens = 5) => ({ usage: { promptTokens, completionTokens } });

describe('a realtime session', () => {
  it('measures a response from its request to its end', () => {
    const { events } = run().at(1).send(create).at(1.5).get(created('a')).at(2).get(delta('a')).at(3).get(delta('a')).at(4).get(done('a'));
    assert.deepEqual(events, [{ ...base, status: 'success', duration: 3, timeToFirstToken: 1, ...used() }]);
  }); // prettier-ignore

  it('measures a response that the server began from when it was heard of', () => {
    const { events } = run().at(1.5).get(created('a')).at(2).get(delta('a')).at(4).get(done('a'));
    assert.deepEqual(events, [
      { ...base, status: 'success', duration: 2.5, timeToFirstToken: 0.5, ...used() },
    ]);
  });

  it('takes the model that the session has, and what was asked for beside it', () => {
    const session = { model: 'gpt-realtime-2025-08-28', audio: { input: {} } };
    const { events } = run().get({ type: 'session.created', session }).get(created('a')).get(done('a'));
    assert.deepEqual(events, [
      { ...base, model: 'gpt-realtime-2025-08-28', requestModel: 'gpt-realtime', status: 'success', duration: 0, ...used() },
    ]);
  }); // prettier-ignore

  it('keeps responses of one session apart', () => {
    const { events } = run()
      .at(0).send(create).at(1).send(create)
      .at(2).get(created('a')).at(3).get(created('b'))
      .at(4).get(delta('b')).at(5).get(delta('a')).at(6).get(delta('b'))
      .at(7).get(done('b', 1, 2)).at(9).get(done('a', 3, 4)); // prettier-ignore
    assert.deepEqual(events, [
      { ...base, status: 'success', duration: 6, timeToFirstToken: 3, ...used(1, 2) },
      { ...base, status: 'success', duration: 9, timeToFirstToken: 5, ...used(3, 4) },
    ]);
  });

  it('counts a cancelled response with what it used, a failed one with why', () => {
    const error = { type: 'tokens', code: 'rate_limit_exceeded' };
    const { events } = run()
      .get(created('a')).get(done('a', 7, 3, 'cancelled', { status_details: { reason: 'client_cancelled' } }))
      .get(created('b')).get(done('b', 0, 0, 'failed', { usage: null, status_details: { error } })); // prettier-ignore
    assert.deepEqual(events, [
      { ...base, status: 'cancelled', duration: 0, ...used(7, 3) },
      { ...base, status: 'rate_limited', duration: 0 },
    ]);
  });

  it('counts what was under way when the socket closed, by who closed it', () => {
    const lost = run().at(1).get(created('a')).at(2).send(create).at(5);
    lost.session.closed('other');
    lost.session.closed('other');
    assert.deepEqual(
      lost.events.map(({ status, duration }) => [status, duration]),
      [
        ['network_error', 4],
        ['network_error', 3],
      ],
    );
    const left = run().get(created('a'));
    left.session.closed('host');
    assert.deepEqual(left.events, [{ ...base, status: 'cancelled', duration: 0 }]);
    const exit = run().send(create);
    exit.session.abandon();
    assert.deepEqual(exit.events, [{ ...base, status: 'cancelled', duration: 0 }]);
    const idle = run().get(created('a')).get(done('a'));
    idle.session.closed('other');
    assert.equal(idle.events.length, 1);
  });

  it('counts a request that was refused, and no other error', () => {
    const error = (more: object) => ({ type: 'error', error: { type: 'invalid_request_error', ...more } });
    const { events } = run()
      .get(error({ param: 'session.voice' }))
      .send({ type: 'response.create', event_id: 'first' }).send({ type: 'response.create', event_id: 'second' })
      .get(error({ param: 'session.voice' })).get(error({ event_id: 'other' }))
      .get(error({ event_id: 'second', code: 'conversation_already_has_active_response' }))
      .get(created('a')).get(error({ type: 'server_error' })).get(done('a'))
      .send(create).get({ type: 'error', error: { type: 'tokens', code: 'rate_limit_exceeded' } }); // prettier-ignore
    assert.deepEqual(
      events.map(({ status }) => status),
      ['client_error', 'success', 'rate_limited'],
    );
  });

  it('counts a transcription under its own model', () => {
    const session = {
      model: 'gpt-realtime',
      audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } },
    };
    const usage = {
      type: 'tokens',
      input_tokens: 48,
      output_tokens: 12,
      input_token_details: { audio_tokens: 40 },
    };
    const about = 'conversation.item.input_audio_transcription';
    const { events } = run()
      .get({ type: 'session.updated', session })
      .at(1).get({ type: 'input_audio_buffer.committed', item_id: 'item_1' })
      .at(1.5).get({ type: `${about}.delta`, item_id: 'item_1', delta: 'Bon' })
      .at(2).get({ type: `${about}.completed`, item_id: 'item_1', transcript: 'Bonjour', usage })
      .get({ type: `${about}.failed`, item_id: 'item_2', error: { type: 'invalid_request_error' } }); // prettier-ignore
    const heard = { ...base, operation: 'transcription', model: 'gpt-4o-transcribe' };
    assert.deepEqual(events, [
      {
        ...{ ...heard, status: 'success', duration: 1 },
        usage: { promptTokens: 48, completionTokens: 12, audioInputTokens: 40 },
      },
      { ...heard, status: 'client_error', duration: 0 },
    ]);
  });

  it('takes the feature in which a response was asked for', () => {
    const one = run();
    withLlmFeature('sales_call', () => one.send(create));
    one.send(create).get(created('a')).get(created('b')).get(done('a')).get(done('b'));
    assert.deepEqual(
      one.events.map(({ feature }) => feature),
      ['sales_call', 'voice_realtime'],
    );
  });

  it('counts a thousand responses at once, each as its own, and forgets what never ends', () => {
    const many = run();
    const ids = Array.from({ length: 1_000 }, (_, n) => `resp_${n}`);
    ids.forEach((id, n) => many.at(n).get(created(id)));
    ids.forEach((id, n) => n % 2 === 0 && many.at(2_000 + n).get(delta(id)));
    for (const [n, id] of ids.entries()) many.at(4_000 + n).get(done(id, n + 1, 2 * n + 1));
    assert.deepEqual(
      many.events,
      ids.map((_, n) => ({
        ...{ ...base, status: 'success', duration: 4_000 },
        ...(n % 2 === 0 && { timeToFirstToken: 2_000 }),
        ...used(n + 1, 2 * n + 1),
      })),
    );
    for (let n = 0; n < 2_024; n++) many.get(created(`never_${n}`));
    assert.equal(many.events.length, 2_000, 'past 1,024 the oldest is given up');
    many.session.closed('other');
    assert.equal(many.events.length, 1_000 + 2_024);
  });

  it('is not put off by messages in any order, nor by junk among them', () => {
    const junk = fc.constantFrom(
      '', '{', '[]', 'null', '{"type":1}', '{"type":"response.done"', '{"type":"response.done"}', '{"type":"error"}',
      '{"type":"response.created","response":7}', '{"type":"session.created","session":[]}',
      '{"type":"response.done","response":{"id":"","usage":{"input_tokens":"many","output_tokens":-1}}}',
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(fc.tuple(junk, fc.boolean())), (messages) => {
        const { session, events, get } = run();
        for (const [message, asText] of messages) {
          session.received(asText ? message : Buffer.from(message));
          session.sent(message);
        }
        const before = events.length;
        get(created('mine'));
        get(done('mine', 3, 4));
        assert.deepEqual(events[before], { ...base, status: 'success', duration: 0, ...used(3, 4) });
      }),
    );
  });

  it('reads the usage of a long message, of which no text is kept', () => {
    const output = [
      { type: 'message', content: [{ type: 'output_audio', transcript: 'é'.repeat(500_000) }] },
    ];
    const { events } = run()
      .get(created('a'))
      .get(done('a', 11, 12, 'completed', { output }));
    assert.deepEqual(events, [{ ...base, status: 'success', duration: 0, ...used(11, 12) }]);
  });
});

describe('Responses over a WebSocket', () => {
  const answer = (status: string, more: object = {}) => ({
    id: 'resp_1',
    model: 'gpt-5.1-2025-11-13',
    status,
    service_tier: 'default',
    ...more,
  });
  const request = { type: 'response.create', model: 'gpt-5.1', input: [{ role: 'user', content: 'model' }] };
  const usage = {
    input_tokens: 75,
    input_tokens_details: { cached_tokens: 64 },
    output_tokens: 30,
    output_tokens_details: { reasoning_tokens: 20 },
  };
  const asked = { provider: 'openai', operation: 'responses', feature: 'chat', isRetry: false };

  it('measures like its HTTP twin', () => {
    const { events } = run(RESPONSES).at(1).send(request)
      .at(2).get({ type: 'response.created', response: answer('in_progress', { usage: null }) })
      .at(3).get({ type: 'response.output_text.delta', item_id: 'msg_1', delta: 'Hi' })
      .at(5).get({ type: 'response.completed', response: answer('completed', { usage }) }); // prettier-ignore
    assert.deepEqual(events, [
      {
        ...asked, model: 'gpt-5.1-2025-11-13', requestModel: 'gpt-5.1', status: 'success', duration: 4,
        timeToFirstToken: 2, serviceTier: 'default',
        usage: { promptTokens: 75, completionTokens: 30, cachedTokens: 64, reasoningTokens: 20 },
      },
    ]); // prettier-ignore
  });

  it('counts an error as the end of what was asked for, or is under way', () => {
    const notFound = {
      type: 'error',
      status: 400,
      error: { type: 'invalid_request_error', code: 'previous_response_not_found' },
    };
    const busy = { type: 'error', status: 429, error: { code: 'rate_limit_exceeded' } };
    const { events } = run(RESPONSES).send(request).get(notFound)
      .send(request).get({ type: 'response.created', response: answer('in_progress') }).get(busy); // prettier-ignore
    assert.deepEqual(events, [
      { ...asked, model: 'gpt-5.1', status: 'client_error', duration: 0 },
      { ...asked, model: 'gpt-5.1', status: 'rate_limited', duration: 0 },
    ]);
  });
});
