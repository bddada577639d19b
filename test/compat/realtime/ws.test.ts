/** `ws` itself: what is measured of sessions over it, and that the application sees nothing of that. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { measureSockets } from './tap.js';
const measured = measureSockets();

import { WebSocket, WebSocketServer } from 'ws';
import { withLlmFeature } from '../../../src/llm/feature.js';
import { startVoiceServer, VOICE_USED, type VoiceServer } from './voice-server.js';

const voice = {
  provider: 'openai_compatible',
  operation: 'realtime',
  model: 'gpt-realtime',
  feature: 'voice_realtime',
  isRetry: false,
};
const answered = { ...voice, status: 'success', timeToFirstToken: 1, usage: VOICE_USED };

let server: VoiceServer;
const open = async (path = '/v1/realtime?model=gpt-realtime', options = {}): Promise<WebSocket> => {
  const socket = new WebSocket(server.url + path, options);
  await once(socket, 'open');
  return socket;
};
const ask = (socket: WebSocket, act = 'answer', more: object = {}): void =>
  socket.send(JSON.stringify({ type: 'response.create', response: { metadata: { act } }, ...more }));
/** The next messages, as they come to the application, until one of this type. */
const hear = (socket: WebSocket, type: string): Promise<string[]> =>
  new Promise((resolve) => {
    const types: string[] = [];
    socket.on('message', function listen(data) {
      types.push(JSON.parse(String(data)).type);
      if (types.at(-1) !== type) return;
      socket.off('message', listen);
      resolve(types);
    });
  });

describe('ws', () => {
  before(async () => void (server = await startVoiceServer()));
  beforeEach(() => measured.reset());
  after(() => server.close());

  it('counts two responses of a session to the token and the cent', async () => {
    const socket = await open();
    for (let n = 0; n < 2; n++) {
      ask(socket);
      await hear(socket, 'response.done');
    }
    socket.close();
    await once(socket, 'close');
    assert.deepEqual(measured.told(), [answered, answered]);
    const series = measured.series();
    assert.deepEqual(series.series('intelia_llm_tokens_total'), {
      'model=gpt-realtime,type=prompt': 1600,
      'model=gpt-realtime,type=completion': 464,
    });
    assert.deepEqual(series.series('intelia_llm_cached_tokens_total'), { 'model=gpt-realtime': 1280 });
    assert.deepEqual(series.series('intelia_llm_requests_total'), { 'model=gpt-realtime,status=success': 2 });
    // Each: 44 text at 4, 116 audio at 32, 640 cached at 0.40, 32 text out at 16, 200 audio out at 64 USD a million.
    const each = (44 * 4 + 116 * 32 + 640 * 0.4 + 32 * 16 + 200 * 64) / 1e6;
    const cost = series.series('intelia_llm_cost_usd_total');
    assert.deepEqual(Object.keys(cost), ['model=gpt-realtime,feature=voice_realtime']);
    assert.equal(Object.values(cost)[0]?.toFixed(9), (2 * each).toFixed(9));
    assert.equal((2 * each).toFixed(9), '0.034912000');
  });

  it('counts what the user said under the model that heard it', async () => {
    const socket = await open();
    const transcription = { model: 'gpt-4o-transcribe' };
    socket.send(JSON.stringify({ type: 'session.update', session: { audio: { input: { transcription } } } }));
    await hear(socket, 'session.updated');
    socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: 'A'.repeat(100_000) }));
    socket.send(JSON.stringify({ type: 'input_audio_buffer.commit' }));
    await hear(socket, 'conversation.item.input_audio_transcription.completed');
    assert.deepEqual(measured.told(), [
      { ...voice, operation: 'transcription', model: 'gpt-4o-transcribe', status: 'success', usage: { promptTokens: 48, completionTokens: 12, audioInputTokens: 40 } },
    ]);
    socket.terminate();
    await once(socket, 'close');
    assert.equal(measured.told().length, 1);
  }); // prettier-ignore

  it('tells a cancelled, a failed and a refused response apart', async () => {
    const socket = await open();
    ask(socket, 'hang');
    await hear(socket, 'response.output_audio.delta');
    socket.send(Buffer.from(JSON.stringify({ type: 'response.cancel' })));
    await hear(socket, 'response.done');
    ask(socket, 'fail');
    await hear(socket, 'response.done');
    ask(socket, 'refuse');
    await hear(socket, 'error');
    assert.deepEqual(measured.told(), [
      { ...answered, status: 'cancelled' },
      { ...voice, status: 'rate_limited', timeToFirstToken: 1 },
      { ...voice, status: 'client_error' },
    ]);
    socket.terminate();
  });

  it('counts a response that the server closed on, or a broken connection cut off', async () => {
    const [closed, cut] = await Promise.all([open(), open()]);
    ask(closed, 'close');
    await once(closed, 'close');
    ask(cut, 'hang');
    await hear(cut, 'response.output_audio.delta');
    cut.send('{"type":"input_audio_buffer.clear"}');
    await once(cut, 'close');
    const lost = { ...voice, status: 'network_error', timeToFirstToken: 1 };
    assert.deepEqual(measured.told(), [lost, lost]);
  });

  for (const end of ['close', 'terminate'] as const) {
    it(`counts a response that the application left by ${end}()`, async () => {
      const socket = await open();
      ask(socket, 'hang');
      await hear(socket, 'response.output_audio.delta');
      socket[end]();
      await once(socket, 'close');
      assert.deepEqual(measured.told(), [{ ...voice, status: 'cancelled', timeToFirstToken: 1 }]);
    });
  }

  it('counts once what is under way when the process ends', async () => {
    const socket = await open();
    ask(socket, 'hang');
    await hear(socket, 'response.output_audio.delta');
    measured.tap.flushOpenResponses();
    measured.tap.flushOpenResponses();
    socket.terminate();
    await once(socket, 'close');
    assert.deepEqual(measured.told(), [{ ...voice, status: 'cancelled', timeToFirstToken: 1 }]);
  });

  it('still measures when the application takes all listeners off', async () => {
    const socket = await open();
    socket.removeAllListeners();
    ask(socket);
    await measured.until(1);
    assert.deepEqual(measured.told(), [answered]);
    socket.terminate();
  });

  it('takes the feature that the session, or the response, was asked for in', async () => {
    const socket = await withLlmFeature('hotline', () => open());
    ask(socket);
    await hear(socket, 'response.done');
    withLlmFeature('upsell', () => ask(socket));
    await hear(socket, 'response.done');
    assert.deepEqual(
      measured.told().map(({ feature }) => feature),
      ['hotline', 'upsell'],
    );
    socket.terminate();
  });

  it('measures a session of Azure by its deployment, and the model that answers', async () => {
    const socket = await open('/openai/realtime?api-version=2025-04-01-preview&deployment=ma-voix');
    ask(socket);
    await hear(socket, 'response.done');
    assert.deepEqual(measured.told(), [{ ...answered, model: 'ma-voix' }]);
    socket.terminate();
  });

  it('leaves what the application sees as it is: messages, order, binaryType, listeners', async () => {
    const tapped = await open();
    const control = await open('/v1/realtime-of-my-own');
    const types = await Promise.all(
      [tapped, control].map(async (socket) => {
        const heard = hear(socket, 'response.done');
        ask(socket);
        return heard;
      }),
    );
    assert.deepEqual(types[0], types[1]);
    assert.deepEqual(measured.told(), [answered]);
    for (const name of ['message', 'open', 'close', 'error', 'ping'])
      assert.equal(tapped.listenerCount(name), control.listenerCount(name), name);
    assert.deepEqual(Object.keys(tapped), Object.keys(control));
    assert.equal(tapped.binaryType, control.binaryType);
    for (const name of ['send', 'close', 'terminate'] as const) {
      assert.equal(tapped[name].name, name);
      assert.equal(tapped[name].length, control[name].length);
    }
    assert.equal(WebSocket.prototype.setSocket.length, 3);
    assert.throws(() => new WebSocket(server.url + '/v1/realtime?model=m').send('x'), /CONNECTING|not open/);
    for (const socket of [tapped, control]) socket.terminate();
  });

  it('has what the application asks for in its open listener', async () => {
    const socket = new WebSocket(`${server.url}/v1/realtime?model=gpt-realtime`);
    socket.on('open', () => withLlmFeature('greeting', () => ask(socket)));
    await hear(socket, 'response.done');
    assert.deepEqual(measured.told(), [{ ...answered, feature: 'greeting' }]);
    socket.terminate();
  });

  it('leaves servers and other sockets alone', async () => {
    const own = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    own.on('connection', (socket) => {
      socket.send('{"type":"response.done","response":{"usage":{"input_tokens":1,"output_tokens":1}}}');
      assert.equal(Object.hasOwn(socket, 'send'), false);
    });
    await once(own, 'listening');
    const { port } = own.address() as { port: number };
    for (const path of ['/realtime', '/chat?model=gpt-realtime', '/']) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      await once(socket, 'message');
      assert.equal(Object.hasOwn(socket, 'send'), false);
      socket.terminate();
    }
    await new Promise((resolve) => own.close(resolve));
    assert.deepEqual(measured.told(), []);
  });

  it('does not mix up a thousand responses over a hundred sessions', async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, (_, n) => open(`/v1/realtime?model=voice-${n}`)));
    for (let n = 0; n < 10; n++) for (const socket of sockets) ask(socket);
    await measured.until(1_000);
    for (const socket of sockets) socket.terminate();
    const byModel = new Map<string, number>();
    for (const { model, ...event } of measured.told()) {
      byModel.set(String(model), (byModel.get(String(model)) ?? 0) + 1);
      assert.deepEqual({ ...event, model: 'gpt-realtime' }, answered);
    }
    assert.deepEqual([...byModel.values()], Array.from({ length: 100 }, () => 10));
  }); // prettier-ignore
});
