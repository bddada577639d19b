/** Run by global.test.ts on a Node that has a WebSocket of its own: talks over it, and prints what was measured and seen. */
import { once } from 'node:events';
import { measureSockets } from './tap.js';

const isLoaded = (): boolean =>
  (process as any).moduleLoadList.some((name: string) => name.endsWith('internal/deps/undici/undici'));
const before = isLoaded();
const measured = measureSockets();
const after = isLoaded();
const url = process.argv[2] as string;
const secureHost = process.argv[3] as string;

/** Every event of a socket in its order, until a message of this type. */
function listen(socket: WebSocket, until: string): Promise<string[]> {
  const seen: string[] = [];
  return new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      const type = data instanceof Blob ? 'blob' : JSON.parse(data).type;
      seen.push(type);
      if (type === until) resolve(seen);
    };
    socket.onclose = ({ wasClean }) => void seen.push(`close ${wasClean}`);
  });
}

async function converse(path: string, act: string, until = 'response.done'): Promise<string[]> {
  const socket = new WebSocket(url + path);
  socket.addEventListener('open', () =>
    socket.send(
      JSON.stringify({
        type: 'response.create',
        response: { metadata: { act: act === 'drop' ? 'hang' : act } },
      }),
    ),
  );
  const seen = await listen(socket, until);
  if (act === 'drop') {
    socket.send('{"type":"input_audio_buffer.clear"}');
    await once(socket, 'close');
  }
  if (socket.readyState === WebSocket.CLOSED) return seen;
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return seen;
}

/** Headers are an addition of undici's to the standard. */
async function named(path: string): Promise<void> {
  const options = { headers: { 'x-intelia-feature': 'hotline' } };
  const socket = new (WebSocket as any)(url + path, options) as WebSocket;
  socket.onopen = () => socket.send('{"type":"response.create"}');
  socket.onmessage = ({ data }) => JSON.parse(data).type === 'response.done' && socket.close();
  // Older ones say nothing but `error` when a handshake is refused.
  await new Promise((resolve) => (socket.onclose = socket.onerror = resolve));
}

async function overSdk(): Promise<void> {
  const { default: OpenAI } = await import('openai');
  const { OpenAIRealtimeWebSocket } = await import('openai/realtime/websocket');
  const openai = new OpenAI({ apiKey: 'sk-local', baseURL: `https://${secureHost}/v1` });
  const client = new OpenAIRealtimeWebSocket({ model: 'gpt-realtime' }, openai);
  await once(client.socket as any, 'open');
  client.send({ type: 'response.create' });
  await new Promise((resolve) => client.once('response.done', resolve));
  client.close();
}

async function main(): Promise<void> {
  const voice = '/v1/realtime?model=gpt-realtime';
  const seen = [await converse(voice, 'answer')];
  const control = await converse('/v1/realtime-of-my-own', 'answer');
  const delta = 'response.output_audio.delta';
  seen.push(await converse(voice, 'drop', delta), await converse(voice, 'hang', delta));
  await overSdk();
  await measured.until(4);
  await named(voice);
  await named(`${voice}&refuse=429`);
  await measured.until(6);
  const isSame = {
    messages: JSON.stringify(seen[0]) === JSON.stringify(control),
    class: WebSocket.name === 'WebSocket' && WebSocket.prototype.constructor === WebSocket,
    statics: WebSocket.OPEN === 1 && WebSocket.length === 1,
  };
  process.stdout.write(JSON.stringify({ before, after, isSame, seen, told: measured.told() }));
}

void main();
