/** What becomes of a session before it begins, and of one that is lost: refusals, headers, `ws` inside a bundle. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcp, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { measureSockets } from './tap.js';
const measured = measureSockets();

import { build } from 'esbuild';
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { WebSocket as UndiciSocket } from 'undici';
import { WebSocket } from 'ws';
import { withLlmFeature } from '../../../src/llm/feature.js';
import { startVoiceServer, VOICE_USED, type VoiceServer } from './voice-server.js';

const VOICE = '/v1/realtime?model=gpt-realtime';
const voice = {
  ...{ provider: 'openai_compatible', operation: 'realtime', model: 'gpt-realtime' },
  ...{ feature: 'voice_realtime', isRetry: false },
};
const refused = (status: string): object => ({ ...voice, requestModel: 'gpt-realtime', status });
const answered = { ...voice, status: 'success', timeToFirstToken: 1, usage: VOICE_USED };

/** The three that there are, by one way to open them. */
const MAKERS = {
  ws: (url: string, headers = {}) => new WebSocket(url, { headers }) as never as UndiciSocket,
  undici: (url: string, headers = {}) => new UndiciSocket(url, { headers }),
};
let server: VoiceServer;

/** Closed before it was open; the error is the application's to see. */
async function failing(socket: UndiciSocket): Promise<string> {
  let message = '';
  socket.addEventListener('error', (event: any) => void (message = String(event.message ?? event.error)));
  await new Promise((resolve) => socket.addEventListener('close', resolve));
  return message;
}
const closed = (socket: UndiciSocket): Promise<unknown> =>
  new Promise((resolve) => socket.addEventListener('close', resolve));
const opened = (socket: UndiciSocket): Promise<unknown> =>
  new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
/** Asks for a response, and waits until it is measured. */
async function converse(socket: UndiciSocket, count = 1): Promise<void> {
  socket.send('{"type":"response.create"}');
  await measured.until(count);
}

describe('handshakes', () => {
  before(async () => void (server = await startVoiceServer()));
  beforeEach(() => measured.reset());
  after(() => server.close());

  for (const [name, make] of Object.entries(MAKERS)) {
    describe(name, () => {
      const STATUSES = { 400: 'client_error', 401: 'client_error', 403: 'client_error', 404: 'client_error', 429: 'rate_limited', 500: 'server_error', 503: 'server_error' }; // prettier-ignore
      for (const [code, status] of Object.entries(STATUSES)) {
        it(`refused with ${code}`, async () => {
          const before = server.handshakes.length;
          const message = await failing(make(`${server.url}${VOICE}&refuse=${code}`));
          if (name === 'ws') assert.match(message, new RegExp(`Unexpected server response: ${code}`));
          // undici tries a second time after 401, as fetch may.
          const sent = server.handshakes.length - before;
          assert.ok(sent === 1 || (sent === 2 && name === 'undici' && code === '401'));
          await measured.until(sent);
          assert.deepEqual(measured.told(), Array(sent).fill(refused(status)));
          assert.equal(measured.series().value('intelia_errors_total', { type: `llm_${status}` }), sent);
        });
      }

      it('nobody there', async () => {
        const tcp = createTcp().listen(0, '127.0.0.1');
        await once(tcp, 'listening');
        const { port } = tcp.address() as AddressInfo;
        await new Promise((resolve) => tcp.close(resolve));
        await failing(make(`ws://127.0.0.1:${port}${VOICE}`));
        await measured.until(1);
        assert.deepEqual(measured.told(), [refused('network_error')]);
      });

      it('an answer that is no socket, and a connection that is cut', async () => {
        const http = createServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1');
        const tcp = createTcp((socket) => void socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
        await Promise.all([once(http, 'listening'), once(tcp, 'listening')]);
        for (const each of [http, tcp]) await failing(make(`ws://127.0.0.1:${(each.address() as AddressInfo).port}${VOICE}`));
        await measured.until(2);
        assert.deepEqual(measured.told(), [refused('network_error'), refused('network_error')]);
        for (const each of [http, tcp]) each.close();
      }); // prettier-ignore

      it('given up by the application', async () => {
        const tcp = createTcp().listen(0, '127.0.0.1');
        await once(tcp, 'listening');
        const sockets: { destroy(): void }[] = [];
        const arrived = new Promise((resolve) => tcp.on('connection', (socket) => resolve(sockets.push(socket))));
        const socket = make(`ws://127.0.0.1:${(tcp.address() as AddressInfo).port}${VOICE}`);
        const over = failing(socket);
        await arrived;
        socket.close();
        await over;
        await measured.until(1);
        assert.deepEqual(measured.told(), [refused('cancelled')]);
        for (const each of sockets) each.destroy();
        tcp.close();
      }); // prettier-ignore

      it('x-intelia-feature is read, and does not go out', async () => {
        const headers = { 'X-Intelia-Feature': 'hotline', authorization: 'Bearer sk-local' };
        const socket = make(server.url + VOICE, headers);
        await opened(socket);
        const sent = server.handshakes.at(-1);
        assert.equal(sent?.['x-intelia-feature'], undefined);
        assert.equal(sent?.authorization, 'Bearer sk-local');
        await converse(socket);
        assert.deepEqual(measured.told(), [{ ...answered, feature: 'hotline' }]);
        await withLlmFeature('upsell', () => converse(socket, 2));
        assert.equal(measured.told()[1]?.feature, 'upsell');
        socket.close();
        await failing(make(`${server.url}${VOICE}&refuse=401`, headers));
        await measured.until(3);
        assert.deepEqual(measured.told()[2], { ...refused('client_error'), feature: 'hotline' });
        assert.deepEqual(headers, { 'X-Intelia-Feature': 'hotline', authorization: 'Bearer sk-local' });
      });

      it('a session that is lost with nothing under way is recorded; one that is closed is not', async () => {
        const [lost, left] = [make(server.url + VOICE), make(server.url + VOICE)];
        await Promise.all([opened(lost), opened(left)]);
        // No event of the protocol breaks a connection: this one does here.
        lost.send('{"type":"input_audio_buffer.clear"}');
        await closed(lost);
        left.close();
        await closed(left);
        assert.deepEqual(measured.told(), [{ ...voice, status: 'network_error' }]);
        const series = measured.series();
        assert.deepEqual(series.series('intelia_llm_request_duration_seconds'), {});
        assert.deepEqual(series.series('intelia_llm_requests_total'), { 'model=gpt-realtime,status=network_error': 1 });
        assert.deepEqual(series.series('intelia_llm_unpriced_requests_total'), {});
      }); // prettier-ignore

      it('sockets to anywhere else are none', async () => {
        await failing(make(`${server.url}/live/feed?refuse=500`));
        await failing(make(`${server.url}/v1/realtime-of-my-own?model=m&refuse=500`));
        assert.deepEqual(measured.told(), []);
      });
    });
  }

  it('ws: a time limit, and a redirect that is followed', async () => {
    const tcp = createTcp().listen(0, '127.0.0.1');
    const http = createServer().listen(0, '127.0.0.1');
    http.on('upgrade', (_, socket) => void socket.end(`HTTP/1.1 302 Found\r\nLocation: ${server.url}${VOICE}\r\nContent-Length: 0\r\n\r\n`));
    await Promise.all([once(tcp, 'listening'), once(http, 'listening')]);
    const urlOf = (of: typeof tcp): string => `ws://127.0.0.1:${(of.address() as AddressInfo).port}${VOICE}`;
    await failing(new WebSocket(urlOf(tcp), { handshakeTimeout: 20 }) as never);
    await measured.until(1);
    assert.deepEqual(measured.told(), [refused('timeout')]);
    const socket = new WebSocket(urlOf(http), { followRedirects: true });
    await opened(socket as never);
    await converse(socket as never, 2);
    assert.deepEqual(measured.told()[1], answered);
    socket.terminate();
    for (const each of [tcp, http]) each.close();
  }); // prettier-ignore

  it('ws: an unexpected response that the application handles is its own to read', async () => {
    const socket = new WebSocket(`${server.url}${VOICE}&refuse=429`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, NodeJS.ReadableStream];
    let text = '';
    for await (const part of response) text += String(part);
    assert.equal(text, 'Too Many Requests');
    assert.deepEqual(measured.told(), [refused('rate_limited')]);
  });

  it('Responses over WebSocket: refused, and idle when the connection breaks', async () => {
    const openai = new OpenAI({ apiKey: 'sk-local', baseURL: `http://${server.host}/v1` });
    const client = new ResponsesWS(openai);
    client.send({ type: 'response.create', model: 'gpt-5.1', input: 'Bonjour' });
    await measured.until(1);
    // Nothing was asked for: the SDK opens another when it needs one.
    (client.socket as { terminate?: () => void }).terminate?.();
    assert.deepEqual(measured.told().map(({ operation, status }) => [operation, status]), [['responses', 'success']]);
  }); // prettier-ignore

  it('ws inside an application’s own bundle', async () => {
    const folder = mkdtempSync(join(__dirname, '.bundle-'));
    try {
      const outfile = join(folder, 'app.cjs');
      const contents = `export { WebSocket as default } from 'ws';`;
      await build({
        ...{ stdin: { contents, resolveDir: __dirname }, outfile, minify: true },
        ...{ bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
      });
      const { default: Bundled } = require(outfile) as { default: typeof WebSocket };
      assert.notEqual(Bundled, WebSocket);
      const socket = new Bundled(server.url + VOICE, { headers: { 'x-intelia-feature': 'bundled' } });
      // Asked for at the first moment there is.
      socket.on('open', () => socket.send('{"type":"response.create"}'));
      await measured.until(1);
      socket.terminate();
      await once(socket, 'close');
      await failing(new Bundled(`${server.url}${VOICE}&refuse=401`) as never);
      assert.deepEqual(measured.told(), [{ ...answered, feature: 'bundled' }, refused('client_error')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
