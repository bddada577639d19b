/** The SDKs' own clients over `ws`, each against the same server: Realtime and Responses. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { measureSockets } from './tap.js';
const measured = measureSockets();

import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents/realtime';
import OpenAI, { AzureOpenAI } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { CA, startVoiceServer, VOICE_USED, type VoiceServer } from './voice-server.js';

const voice = {
  provider: 'openai_compatible',
  operation: 'realtime',
  model: 'gpt-realtime-mini',
  feature: 'voice_realtime',
  isRetry: false,
};
const answered = { ...voice, status: 'success', timeToFirstToken: 1, usage: VOICE_USED };
const text = {
  provider: 'openai_compatible',
  operation: 'responses',
  feature: 'chat',
  isRetry: false,
  requestModel: 'gpt-5.1',
};

let plain: VoiceServer;
let secure: VoiceServer;
const tls = { ca: readFileSync(CA) };

/** The SDK's own promise of an event. */
const heard = (client: any, event: string): Promise<any> =>
  new Promise((resolve) => client.once(event, resolve));

async function talk(client: OpenAIRealtimeWS): Promise<void> {
  client.on('error', (error) => assert.fail(String(error)));
  await once(client.socket, 'open');
  client.send({ type: 'response.create' });
  const { response } = await heard(client, 'response.done');
  assert.equal(response.usage.output_token_details.audio_tokens, 200);
  client.close();
  await once(client.socket, 'close');
}

describe('SDKs over ws', () => {
  before(
    async () => void ([plain, secure] = await Promise.all([startVoiceServer(), startVoiceServer(true)])),
  );
  beforeEach(() => measured.reset());
  after(() => Promise.all([plain.close(), secure.close()]));

  it('OpenAIRealtimeWS', async () => {
    const openai = new OpenAI({ apiKey: 'sk-local', baseURL: `https://${secure.host}/v1` });
    await talk(new OpenAIRealtimeWS({ model: 'gpt-realtime-mini', options: tls }, openai));
    assert.deepEqual(measured.told(), [answered]);
    const [cost] = Object.values(measured.series().series('intelia_llm_cost_usd_total'));
    // 44 text at 0.60, 116 audio at 10, cached 256 text at 0.06 and 384 audio at 0.30, out 32 text at 2.40, 200 audio at 20.
    assert.equal(cost?.toFixed(9), ((44 * 0.6 + 116 * 10 + 256 * 0.06 + 384 * 0.3 + 32 * 2.4 + 200 * 20) / 1e6).toFixed(9));
    assert.equal(cost?.toFixed(9), '0.005393760');
  }); // prettier-ignore

  it('OpenAIRealtimeWS on Azure', async () => {
    const azure = new AzureOpenAI({ apiKey: 'k', apiVersion: '2025-04-01-preview', endpoint: `https://${secure.host}`, deployment: 'gpt-realtime-mini' });
    await talk(await OpenAIRealtimeWS.azure(azure, { options: tls }));
    assert.deepEqual(measured.told(), [answered]);
  }); // prettier-ignore

  it('ResponsesWS: an answer, and one that is refused', async () => {
    const client = new ResponsesWS(new OpenAI({ apiKey: 'sk-local', baseURL: `http://${plain.host}/v1` }));
    const errors: unknown[] = [];
    client.on('error', (error) => void errors.push(error));
    client.send({ type: 'response.create', model: 'gpt-5.1', input: 'Bonjour' });
    const { response } = await heard(client, 'response.completed');
    assert.equal(response.usage.output_tokens, 30);
    client.send({ type: 'response.create', model: 'gpt-5.1', input: 'x', previous_response_id: 'resp_gone' });
    await measured.until(2);
    client.close();
    assert.equal(errors.length, 1);
    assert.deepEqual(measured.told(), [
      {
        ...text, model: 'gpt-5.1-2025-11-13', status: 'success', serviceTier: 'default', timeToFirstToken: 1,
        usage: { promptTokens: 75, completionTokens: 30, cachedTokens: 64, reasoningTokens: 20 },
      },
      { ...{ ...text, requestModel: undefined }, model: 'gpt-5.1', status: 'client_error' },
    ].map((event) => JSON.parse(JSON.stringify(event)))); // prettier-ignore
  });

  it('@openai/agents: a realtime session', async () => {
    const transport = new OpenAIRealtimeWebSocket({
      url: `${plain.url}/v1/realtime?model=gpt-realtime-mini`,
    });
    const agent = new RealtimeAgent({ name: 'guide', instructions: 'Help.' });
    const session = new RealtimeSession(agent, { transport, tracingDisabled: true });
    const ended = new Promise((resolve) => session.once('agent_end', resolve));
    await session.connect({ apiKey: 'ek_local' });
    session.sendMessage('Bonjour');
    await ended;
    session.close();
    assert.deepEqual(measured.told(), [answered]);
  });
});
