/**
 * A stand-in for wss://api.openai.com/v1/realtime on loopback: the events of the public API, made-up sound, and what
 * it billed. WebSocket frames are written by hand, so that nothing need be installed.
 */
'use strict';

const { createHash } = require('node:crypto');
const { createServer } = require('node:http');

/** RFC 6455, section 1.3. */
const accept = (key) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** A frame from a server, up to 64 KB: text (1) or close (8). */
function frame(opcode, payload) {
  const { length } = payload;
  const head = length < 126 ? [length] : [126, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), payload]);
}

/** Takes whole frames off what a client sent, which is masked: gives them, and what is left. */
function takeFrames(bytes) {
  const frames = [];
  for (;;) {
    let at = 2;
    let length = bytes[1] & 127;
    if (bytes.length < 14) break;
    if (length === 126) [length, at] = [bytes.readUInt16BE(2), 4];
    else if (length === 127) [length, at] = [Number(bytes.readBigUInt64BE(2)), 10];
    if (bytes.length < at + 4 + length) break;
    const mask = bytes.subarray(at, at + 4);
    const payload = bytes.subarray(at + 4, at + 4 + length).map((byte, i) => byte ^ mask[i & 3]);
    frames.push({ opcode: bytes[0] & 15, payload });
    bytes = bytes.subarray(at + 4 + length);
  }
  return { frames, rest: bytes };
}

/** Audio: a token for each 100 ms heard, one for each 50 ms said. All that was said before is heard again, cached. */
function usageOf(turn) {
  const [text, audio, said] = [120, 40, 200];
  const earlier = (audio + said) * (turn - 1);
  const cached = turn === 1 ? 0 : text + earlier;
  return {
    total_tokens: text + audio + earlier + 32 + said,
    input_tokens: text + audio + earlier,
    output_tokens: 32 + said,
    input_token_details: {
      ...{ text_tokens: text, audio_tokens: audio + earlier, cached_tokens: cached },
      cached_tokens_details: { text_tokens: turn === 1 ? 0 : text, audio_tokens: turn === 1 ? 0 : earlier },
    },
    output_token_details: { text_tokens: 32, audio_tokens: said },
  };
}

/** The model's side of one session: gives what to do with an event of the client's. */
function createConversation(model, send) {
  let session = { type: 'realtime', model, audio: { input: { transcription: null } } };
  let turn = 0;
  let underWay;
  const finish = (status) => {
    if (!underWay) return;
    send('response.done', { response: { ...underWay, status, usage: usageOf(turn) } });
    underWay = undefined;
  };
  send('session.created', { session });
  return {
    'session.update': (event) => {
      session = { ...session, ...event.session, model };
      send('session.updated', { session });
    },
    'input_audio_buffer.commit': () => {
      const item_id = `item_${turn}`;
      send('input_audio_buffer.committed', { item_id });
      const usage = { type: 'tokens', input_tokens: 40, output_tokens: 9, total_tokens: 49 };
      const about = { item_id, transcript: 'How warm should chicks be?' };
      if (session.audio.input.transcription)
        send('conversation.item.input_audio_transcription.completed', {
          ...{ ...about, usage: { ...usage, input_token_details: { audio_tokens: 40, text_tokens: 0 } } },
        });
    },
    'response.create': () => {
      underWay = { object: 'realtime.response', id: `resp_${++turn}`, status: 'in_progress' };
      send('response.created', { response: underWay });
      for (let n = 0; n < 4; n++) {
        const delta = Buffer.alloc(4_800, n).toString('base64');
        send('response.output_audio.delta', { response_id: underWay.id, delta });
      }
      // Time to interrupt the model.
      setTimeout(finish, 100, 'completed').unref();
    },
    'response.cancel': () => finish('cancelled'),
  };
}

/** @returns {Promise<{ url: string, close(): void }>} */
async function startVoice() {
  const server = createServer();
  const sockets = new Set();
  server.on('upgrade', (request, socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    head.push(`Sec-WebSocket-Accept: ${accept(request.headers['sec-websocket-key'])}`);
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const model = new URL(request.url, 'ws://local').searchParams.get('model');
    const send = (type, event) => socket.write(frame(1, Buffer.from(JSON.stringify({ type, ...event }))));
    const conversation = createConversation(model, send);
    let rest = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      const taken = takeFrames(Buffer.concat([rest, bytes]));
      rest = taken.rest;
      for (const { opcode, payload } of taken.frames) {
        if (opcode === 8) return socket.end(frame(8, payload));
        const event = JSON.parse(String(payload));
        conversation[event.type]?.(event);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${server.address().port}/v1`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

module.exports = { startVoice };
