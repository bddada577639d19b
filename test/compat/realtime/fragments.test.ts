/** However a server cuts its messages into frames, and the network those into pieces, the same is measured. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import fc from 'fast-check';
import { measureSockets } from './tap.js';
const measured = measureSockets();

import { WebSocket } from 'ws';
import { VOICE_USAGE, VOICE_USED } from './voice-server.js';

const id = 'resp_é_1';
const MESSAGES = [
  { type: 'session.created', session: { model: 'gpt-realtime-mini-2025-10-06' } },
  { type: 'response.created', response: { id } },
  { event_id: 'event_1', delta: 'A"\\'.repeat(400), response_id: id, type: 'response.output_audio.delta' },
  { type: 'response.output_audio_transcript.delta', response_id: id, delta: 'été "usage" 😀' },
  { type: 'response.done', response: { id, status: 'completed', output: [{ transcript: 'été 😀'.repeat(99) }], usage: VOICE_USAGE } },
].map((message) => JSON.stringify(message)); // prettier-ignore

function frame(payload: Buffer, opcode: number, isLast: boolean): Buffer {
  const head = [opcode | (isLast ? 0x80 : 0)];
  if (payload.length < 126) head.push(payload.length);
  else head.push(126, payload.length >> 8, payload.length & 255);
  return Buffer.concat([Buffer.from(head), payload]);
}

/** A message in frames, cut at these places, with pings between them. */
function framesOf(message: string, cuts: readonly number[], ping: boolean): Buffer {
  const bytes = Buffer.from(message);
  const places = [0, ...new Set(cuts.map((cut) => cut % bytes.length)), bytes.length].sort((a, b) => a - b);
  const parts = places.slice(1).map((end, n) => bytes.subarray(places[n], end));
  return Buffer.concat(
    parts.flatMap((part, n) => [
      frame(part, n === 0 ? 1 : 0, n === parts.length - 1),
      ...(ping ? [frame(Buffer.from('?'), 9, true)] : []),
    ]),
  );
}

async function sendInPieces(socket: Socket, bytes: Buffer, sizes: readonly number[]): Promise<void> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] as number;
    socket.write(bytes.subarray(at, at + size));
    at += size;
    await new Promise(setImmediate);
  }
}

/** The handshake by hand, then these bytes, in these pieces. */
async function serve(bytes: Buffer, sizes: readonly number[]): Promise<{ port: number; close(): void }> {
  const server = createServer((socket) => {
    socket.setNoDelay();
    socket.once('data', (request) => {
      const key = /sec-websocket-key: (.*)\r\n/i.exec(request.toString())?.[1];
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      void sendInPieces(socket, bytes, sizes);
    });
  }); // prettier-ignore
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

it('frames and pieces of any size', async () => {
  const cut = fc.record({ cuts: fc.array(fc.nat(2_000), { maxLength: 4 }), ping: fc.boolean() });
  const cuts = fc.array(cut, { minLength: MESSAGES.length, maxLength: MESSAGES.length });
  const sizes = fc.array(fc.integer({ min: 20, max: 5_000 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(cuts, sizes, async (of, pieces) => {
      measured.reset();
      const bytes = MESSAGES.map((message, n) => framesOf(message, of[n]?.cuts ?? [], of[n]?.ping === true));
      const server = await serve(Buffer.concat(bytes), pieces);
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/realtime?model=gpt-realtime-mini`);
      const heard: string[] = [];
      socket.on('message', (data) => void heard.push(String(data)));
      await measured.until(1);
      if (heard.length < MESSAGES.length) await once(socket, 'message');
      socket.terminate();
      server.close();
      assert.deepEqual(heard, MESSAGES);
      assert.deepEqual(measured.told(), [
        {
          ...{
            provider: 'openai_compatible',
            operation: 'realtime',
            feature: 'voice_realtime',
            isRetry: false,
          },
          ...{ model: 'gpt-realtime-mini-2025-10-06', requestModel: 'gpt-realtime-mini' },
          ...{ status: 'success', timeToFirstToken: 1, usage: VOICE_USED },
        },
      ]);
    }),
    { numRuns: 60 },
  );
});
