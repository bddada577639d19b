/** undici's own WebSocket, which is not the one in Node. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { measureSockets } from './tap.js';
const measured = measureSockets();

import { WebSocket } from 'undici';
import { startVoiceServer, VOICE_USED } from './voice-server.js';

it('undici’s WebSocket', async () => {
  measured.reset();
  const server = await startVoiceServer();
  const socket = new WebSocket(`${server.url}/v1/realtime?model=gpt-realtime`);
  socket.onopen = () => socket.send('{"type":"response.create"}');
  await measured.until(1);
  assert.deepEqual(measured.told(), [
    {
      ...{
        provider: 'openai_compatible',
        operation: 'realtime',
        model: 'gpt-realtime',
        feature: 'voice_realtime',
      },
      ...{ isRetry: false, status: 'success', timeToFirstToken: 1, usage: VOICE_USED },
    },
  ]);
  socket.close();
  await once(socket as never, 'close');
  await server.close();
});
