/**
 * A model's side of a WebSocket, on loopback: Realtime at /v1/realtime and Responses at /v1/responses, with the events
 * of the public API reference; translations at /v1/realtime/translations and Live at /v1/live/sessions. What a response
 * does is asked for by its metadata, and a handshake is refused with the status that `refuse` in its URL names.
 */
import { readFileSync } from 'node:fs';
import { createServer as createPlain, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';

const TLS = join(__dirname, '../../fixtures/tls');
export const CA = join(TLS, 'cert.pem');

/** What every completed response of Realtime used: text 300, of which 256 cached; audio 500, of which 384 cached. */
export const VOICE_USAGE = {
  total_tokens: 1_032, input_tokens: 800, output_tokens: 232,
  input_token_details: {
    text_tokens: 300, audio_tokens: 500, cached_tokens: 640,
    cached_tokens_details: { text_tokens: 256, audio_tokens: 384 },
  },
  output_token_details: { text_tokens: 32, audio_tokens: 200 },
}; // prettier-ignore
/** The same, as an event of ours has it. */
export const VOICE_USED = {
  promptTokens: 800, completionTokens: 232, cachedTokens: 640, cachedAudioTokens: 384,
  audioInputTokens: 500, audioOutputTokens: 200,
}; // prettier-ignore
export const HEARD_USAGE = {
  type: 'tokens', total_tokens: 60, input_tokens: 48, output_tokens: 12,
  input_token_details: { audio_tokens: 40, text_tokens: 8 },
}; // prettier-ignore
export const TEXT_USAGE = {
  input_tokens: 75, input_tokens_details: { cached_tokens: 64 },
  output_tokens: 30, output_tokens_details: { reasoning_tokens: 20 }, total_tokens: 105,
}; // prettier-ignore

const AUDIO = Buffer.alloc(3_600, 7).toString('base64');

export interface VoiceServer {
  /** `ws://127.0.0.1:…`, or `wss://`. */
  readonly url: string;
  readonly host: string;
  /** The headers of each handshake. */
  readonly handshakes: readonly IncomingHttpHeaders[];
  close(): Promise<void>;
}

export async function startVoiceServer(secure = false): Promise<VoiceServer> {
  const server = secure
    ? createTls({ cert: readFileSync(CA), key: readFileSync(join(TLS, 'key.pem')) })
    : createPlain();
  const handshakes: IncomingHttpHeaders[] = [];
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: true,
    verifyClient({ req }: { req: { url?: string; headers: IncomingHttpHeaders } }, done: (ok: boolean, code?: number) => void) {
      handshakes.push(req.headers);
      const code = new URL(req.url ?? '', 'ws://local').searchParams.get('refuse');
      done(code === null, Number(code));
    },
  }); // prettier-ignore
  sockets.on('connection', (socket, request) => {
    const url = new URL(request.url ?? '', 'ws://local');
    if (url.pathname.endsWith('/responses')) serveResponses(socket);
    else if (url.pathname.endsWith('/translations')) serveTranslation(socket, url.searchParams.get('model'));
    else if (url.pathname.endsWith('/live/sessions')) serveLive(socket);
    else
      serveVoice(
        socket,
        url.searchParams.get('model') ?? url.searchParams.get('deployment') ?? 'gpt-realtime',
      );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: `${secure ? 'wss' : 'ws'}://${host}`,
    host,
    handshakes,
    async close() {
      for (const client of sockets.clients) client.terminate();
      await new Promise((resolve) => sockets.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let count = 0;
const nextId = (kind: string): string => `${kind}_${String(++count).padStart(12, '0')}`;

function sender(socket: WebSocket): (event: object) => void {
  return (event) => socket.send(JSON.stringify({ event_id: nextId('event'), ...event }));
}

function serveVoice(socket: WebSocket, model: string): void {
  const send = sender(socket);
  let session: any = { type: 'realtime', object: 'realtime.session', model, audio: { input: { transcription: null } } };
  let underWay: any;
  const end = (response: any, status: string, more: object = {}): void => {
    underWay = undefined;
    const done = { ...response, status, status_details: null, usage: VOICE_USAGE, ...more };
    send({ type: 'response.done', response: done });
  };
  send({ type: 'session.created', session });
  socket.on('message', (data) => {
    const event = JSON.parse(String(data)) as any;
    if (event.type === 'session.update') {
      session = { ...session, ...event.session, model };
      send({ type: 'session.updated', session });
    } else if (event.type === 'input_audio_buffer.commit') {
      const item_id = nextId('item');
      const about = { item_id, content_index: 0 };
      send({ type: 'input_audio_buffer.committed', previous_item_id: null, item_id });
      if (!session.audio.input.transcription) return;
      send({ type: 'conversation.item.input_audio_transcription.delta', ...about, delta: 'Bonjour' });
      send({ type: 'conversation.item.input_audio_transcription.completed', ...about, transcript: 'Bonjour', usage: HEARD_USAGE });
    } else if (event.type === 'input_audio_buffer.clear') {
      // No event of the protocol breaks a connection: this one does here.
      socket.terminate();
    } else if (event.type === 'response.cancel' && underWay !== undefined) {
      end(underWay, 'cancelled', { status_details: { type: 'cancelled', reason: 'client_cancelled' } });
    } else if (event.type === 'response.create') {
      const act = String(event.response?.metadata?.act ?? 'answer');
      if (act === 'refuse') {
        const error = { type: 'invalid_request_error', code: 'invalid_value', param: 'response.tools', message: 'No.', event_id: event.event_id ?? null };
        return send({ type: 'error', error });
      }
      const response = { object: 'realtime.response', id: nextId('resp'), status: 'in_progress', output: [], usage: null, conversation_id: 'conv_1', output_modalities: ['audio'], metadata: event.response?.metadata ?? null };
      underWay = response;
      send({ type: 'response.created', response });
      const of = { response_id: response.id, item_id: nextId('item'), output_index: 0, content_index: 0 };
      send({ type: 'response.output_item.added', response_id: response.id, output_index: 0, item: { id: of.item_id, type: 'message', role: 'assistant', content: [] } });
      for (let n = 0; n < 3; n++) {
        send({ type: 'response.output_audio.delta', ...of, delta: AUDIO });
        send({ type: 'response.output_audio_transcript.delta', ...of, delta: 'usage "tokens"' });
      }
      if (act === 'close') socket.close(1011, 'internal');
      else if (act === 'fail') end(response, 'failed', { usage: null, status_details: { type: 'failed', error: { type: 'tokens', code: 'rate_limit_exceeded' } } });
      else if (act === 'answer') {
        send({ type: 'response.output_audio.done', ...of });
        end(response, 'completed', { output: [{ id: of.item_id, object: 'realtime.item', type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_audio', transcript: 'usage "tokens" é' }] }] });
      }
    }
  });
} // prettier-ignore

function serveResponses(socket: WebSocket): void {
  let sequence_number = 0;
  const send = (event: object): void => socket.send(JSON.stringify({ ...event, sequence_number: sequence_number++ }));
  socket.on('message', (data) => {
    const { type, model, input, previous_response_id } = JSON.parse(String(data)) as any;
    if (type !== 'response.create') return;
    if (previous_response_id === 'resp_gone') {
      const error = { type: 'invalid_request_error', code: 'previous_response_not_found', message: 'No.', param: 'previous_response_id' };
      return send({ type: 'error', status: 400, error });
    }
    const response = { id: nextId('resp'), object: 'response', created_at: 1, model: `${model}-2025-11-13`, status: 'in_progress', service_tier: 'default', output: [], usage: null, error: null };
    send({ type: 'response.created', response });
    send({ type: 'response.in_progress', response });
    send({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: String(input) });
    send({ type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, content_index: 0, text: String(input) });
    send({ type: 'response.completed', response: { ...response, status: 'completed', usage: TEXT_USAGE } });
  });
} // prettier-ignore

/** Speaks as long as it is spoken to; what it bills it does not tell. */
function serveTranslation(socket: WebSocket, model: string | null): void {
  const send = sender(socket);
  const session = { id: 'sess_1', type: 'translation', model, expires_at: 1, audio: { input: {}, output: { language: 'es' } } };
  send({ type: 'session.created', session });
  socket.on('message', (data) => {
    const { type } = JSON.parse(String(data)) as { type: string };
    if (type === 'session.update') send({ type: 'session.updated', session });
    if (type === 'session.input_audio_buffer.append') {
      send({ type: 'session.output_audio.delta', delta: AUDIO, elapsed_ms: 200 });
      send({ type: 'session.output_transcript.delta', delta: 'Hola', elapsed_ms: 200 });
    }
    if (type === 'session.close') {
      send({ type: 'session.closed' });
      socket.close(1000);
    }
  });
} // prettier-ignore

/** Tells what it bills, and what the model used that it lets think. */
function serveLive(socket: WebSocket): void {
  const send = sender(socket);
  let session: object = {};
  socket.on('message', (data) => {
    const event = JSON.parse(String(data)) as { type: string; session?: object };
    if (event.type === 'session.start') {
      session = { id: 'sess_2', object: 'live.session', ...event.session };
      send({ type: 'session.started', session });
    }
    if (event.type === 'session.input_audio.append') {
      send({ type: 'session.output_audio.delta', delta: AUDIO });
      send({ type: 'session.usage.updated', usage: { seconds: 31.5 }, context_window: { usage_ratio: 0.1 } });
    }
    if (event.type === 'response.create') {
      const response = { id: 'resp_1', object: 'response', model: 'gpt-5.5', status: 'in_progress', service_tier: 'default', usage: null, error: null };
      const nested = (of: object): void => send({ type: 'response.event', delegation_id: 'd1', event: of });
      nested({ type: 'response.created', response });
      nested({ type: 'response.output_text.delta', delta: 'response.completed', response_id: 'resp_1' });
      nested({ type: 'response.completed', response: { ...response, status: 'completed', usage: TEXT_USAGE } });
    }
    if (event.type === 'session.close') {
      send({ type: 'session.closed', reason: 'close_requested', session, usage: { seconds: 42.5 } });
      socket.close(1000);
    }
  });
} // prettier-ignore
