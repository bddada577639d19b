/** Sessions that are sold by the minute, by openai's own clients over `ws`: translation, and Live. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { measureSockets } from './tap.js';
const measured = measureSockets();

import OpenAI from 'openai';
import { OpenAIRealtimeTranslationWS } from 'openai/realtime/translations/ws';
import { LiveWS } from 'openai/resources/live/ws';
import { WebSocket } from 'ws';
import { CA, startVoiceServer, type VoiceServer } from './voice-server.js';

const voice = {
  ...{ provider: 'openai_compatible', operation: 'realtime', feature: 'voice_realtime', isRetry: false },
};
/** A second and a half of silence: 24 kHz, 16 bits. */
const AUDIO = Buffer.alloc(72_000).toString('base64');

let server: VoiceServer;
let secure: VoiceServer;
const tls = { ca: readFileSync(CA) };
const openaiOf = (scheme: 'http' | 'https'): OpenAI => {
  const { host } = scheme === 'http' ? server : secure;
  return new OpenAI({ apiKey: 'sk-local', baseURL: `${scheme}://${host}/v1` });
};
const append = (socket: { send(event: any): void }): void =>
  socket.send({ type: 'session.input_audio_buffer.append', audio: AUDIO });

describe('sessions sold by the minute', () => {
  before(
    async () => void ([server, secure] = await Promise.all([startVoiceServer(), startVoiceServer(true)])),
  );
  beforeEach(() => measured.reset());
  after(() => Promise.all([server.close(), secure.close()]));

  it('a translation: one call, by the audio that was sent', async () => {
    const client = await OpenAIRealtimeTranslationWS.create(openaiOf('https'), {
      model: 'gpt-realtime-translate',
      options: tls,
    });
    client.on('error', (error) => assert.fail(String(error)));
    const heard = new Promise((resolve) => client.once('session.output_transcript.delta', resolve));
    await new Promise((resolve) => client.once('session.created', resolve));
    for (let i = 0; i < 40; i++) append(client);
    await heard;
    await client.finish({ timeoutMs: 5_000 });
    await measured.until(1);
    const told = { ...voice, model: 'gpt-realtime-translate', status: 'success', usage: { seconds: 60 } };
    assert.deepEqual(measured.told(), [told]);
    // 0.034 USD a minute.
    const cost = Object.values(measured.series().series('intelia_llm_cost_usd_total'));
    assert.deepEqual(cost.map((n) => n.toFixed(9)), ['0.034000000']);
  }); // prettier-ignore

  it('a translation that is cut off, and one left by the application', async () => {
    for (const end of ['cut', 'close'] as const) {
      const socket = new WebSocket(`${server.url}/v1/realtime/translations?model=gpt-realtime-translate`);
      await once(socket, 'message');
      socket.send(JSON.stringify({ type: 'session.input_audio_buffer.append', audio: AUDIO }));
      await once(socket, 'message');
      if (end === 'close') socket.close();
      else (socket as unknown as { _socket: { destroy(): void } })._socket.destroy();
      await once(socket, 'close');
    }
    const told = { ...voice, model: 'gpt-realtime-translate', usage: { seconds: 1.5 } };
    assert.deepEqual(measured.told(), [
      { ...told, status: 'network_error' },
      { ...told, status: 'success' },
    ]);
    const cost = Object.values(measured.series().series('intelia_llm_cost_usd_total'));
    assert.deepEqual(cost.map((n) => n.toFixed(9)), [((3 / 60) * 0.034).toFixed(9)]);
  }); // prettier-ignore

  it('refused', async () => {
    const socket = new WebSocket(`${server.url}/v1/realtime/translations?model=gpt-realtime-translate&refuse=429`);
    socket.on('error', () => {});
    await new Promise((resolve) => socket.on('close', resolve));
    const model = 'gpt-realtime-translate';
    assert.deepEqual(measured.told(), [{ ...voice, model, requestModel: model, status: 'rate_limited' }]);
  }); // prettier-ignore

  it('Live: one call by what the session tells, and the responses that it had made', async () => {
    const live = new LiveWS(openaiOf('http'));
    const next = (type: string): Promise<unknown> =>
      new Promise((resolve) => (live as any).once(type, resolve));
    const started = next('session.started');
    live.send({ type: 'session.start', session: { model: 'gpt-live-1' } });
    await started;
    const usage = next('session.usage.updated');
    live.send({ type: 'session.input_audio.append', audio: AUDIO });
    await usage;
    live.send({ type: 'response.create' });
    await measured.until(1);
    const over = next('session.closed');
    live.send({ type: 'session.close' });
    await over;
    await measured.until(2);
    live.close();
    const used = { promptTokens: 75, completionTokens: 30, cachedTokens: 64, reasoningTokens: 20 };
    assert.deepEqual(measured.told(), [
      {
        ...voice,
        operation: 'responses',
        model: 'gpt-5.5',
        status: 'success',
        usage: used,
        serviceTier: 'default',
      },
      { ...voice, model: 'gpt-live-1', status: 'success', usage: { seconds: 42.5 } },
    ]);
  });
});
