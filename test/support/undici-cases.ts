/** What every major of the package `undici` is seen by: its fetch, what is below that, its WebSocket. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { tapSockets } from '../../src/llm/taps/socket.js';
import { tapUndici } from '../../src/llm/taps/undici.js';
import { chatEvents, startLlmServer, sse } from './llm-server.js';
import { testTap } from './llm-tap.js';

const tap = testTap({ ask: ['127.0.0.1'] });
tapSockets({ ...tap.options, now: () => performance.now() / 1000, record: (event) => void tap.events.push(event), opened: () => {} }); // prettier-ignore
tapUndici(tap.options);

const ASKED = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hé' }] };
const post = (body: object): object => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function seen(count: number): Promise<string[]> {
  const end = Date.now() + 5_000;
  while (tap.events.length < count && Date.now() < end) await new Promise(setImmediate);
  assert.deepEqual([tap.test.errors, tap.test.warnings], [[], []]);
  return tap.events.map(({ model, status, usage }) => `${model} ${status} ${usage?.promptTokens ?? '-'}`);
}

/** `load` requires it. Its channels tell all from 7.11 on, no bodies before, nothing that can be read in 5. */
export function undiciCases(
  load: () => any,
  { tells }: { readonly tells: 'all' | 'calls' | 'nothing' },
): void {
  const undici = load();
  beforeEach(() => void (tap.events.length = 0));

  it('fetch: whole and streamed', async () => {
    const server = await startLlmServer();
    const url = `${server.url}/chat/completions`;
    await (await undici.fetch(url, post(ASKED))).json();
    server.answer = sse(...chatEvents());
    assert.equal(await (await undici.fetch(url, post({ ...ASKED, stream: true }))).text(), chatEvents().join('')); // prettier-ignore
    assert.deepEqual(await seen(2), [
      'gpt-4o-mini-2024-07-18 success 11',
      'gpt-4o-mini-2024-07-18 success -',
    ]);
    await server.close();
  });

  it('request', async () => {
    const server = await startLlmServer();
    const dispatcher = new undici.Agent();
    const { body } = await undici.request(`${server.url}/chat/completions`, { ...post(ASKED), dispatcher });
    assert.equal((await body.json()).model, 'gpt-4o-mini-2024-07-18');
    const lines = {
      all: ['gpt-4o-mini-2024-07-18 success 11'],
      calls: ['gpt-4o-mini success -'],
      nothing: [],
    }[tells];
    assert.deepEqual(await seen(lines.length), lines);
    await dispatcher.destroy();
    await server.close();
  });

  it('WebSocket', async () => {
    let theirs: Duplex | undefined;
    const server = createServer().on('upgrade', (request, socket) => {
      theirs = socket;
      const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash('sha1').update(key).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.once('data', () => {
        const response = { id: 'r', status: 'completed', usage: { input_tokens: 5, output_tokens: 2 } };
        for (const event of [
          { type: 'response.created', response: { id: 'r' } },
          { type: 'response.done', response },
        ])
          socket.write(textFrame(JSON.stringify(event)));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const socket = new undici.WebSocket(`ws://127.0.0.1:${port}/v1/realtime?model=gpt-realtime`);
    socket.onopen = () => socket.send('{"type":"response.create"}');
    assert.deepEqual(await seen(1), ['gpt-realtime success 5']);
    socket.close();
    theirs?.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
}

function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? [0x81, body.length] : [0x81, 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from(head), body]);
}
