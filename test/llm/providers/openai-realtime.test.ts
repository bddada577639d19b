/** Which sockets are a model's, and what their events say. Shapes follow the public API reference. */
import assert from 'node:assert/strict';
import type { CallFacts } from '../../../src/llm/types.js';
import {
  readResponse,
  readSession,
  readSocketError,
  readTranscription,
  toldBy,
} from '../../../src/llm/providers/openai-realtime.js';
import { findSocketEndpoint } from '../../../src/llm/providers/openai-socket.js'; // prettier-ignore

function find(text: string): string | undefined {
  const url = new URL(text);
  const found = findSocketEndpoint({
    host: url.host,
    path: url.pathname,
    query: (name) => url.searchParams.get(name),
  });
  return found && `${found.provider} ${found.operation} ${found.feature} ${found.model ?? '-'}`;
}

const URLS: Record<string, string | undefined> = {
  'wss://api.openai.com/v1/realtime?model=gpt-realtime': 'openai realtime voice_realtime gpt-realtime',
  'wss://eu.api.openai.com/v1/realtime/?model=gpt-realtime': 'openai realtime voice_realtime gpt-realtime',
  'wss://api.openai.com/v1/realtime?call_id=rtc_1': 'openai realtime voice_realtime -',
  'wss://api.openai.com/v1/realtime?intent=transcription': 'openai realtime voice_realtime -',
  'wss://mine.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=voice':
    'azure realtime voice_realtime voice',
  'wss://mine.openai.azure.com/openai/v1/realtime?model=voice': 'azure realtime voice_realtime voice',
  'ws://127.0.0.1:8080/v1/realtime?model=m': 'openai_compatible realtime voice_realtime m',
  'wss://api.openai.com/v1/responses': 'openai responses chat -',
  'wss://api.x.ai/v1/responses': 'x-ai responses chat -',
  'wss://mine.example/realtime': undefined,
  'wss://mine.supabase.co/realtime/v1/websocket?model=1': undefined,
  'wss://mine.services.ai.azure.com/voice-live/realtime?model=gpt-realtime': undefined,
  'wss://api.openai.com/v1/chat': undefined,
};

describe('OpenAI over WebSocket', () => {
  for (const [url, found] of Object.entries(URLS)) it(url, () => assert.equal(find(url), found));

  it('knows what matters', () => {
    assert.equal(toldBy('response.output_audio.delta'), 'content');
    assert.equal(toldBy('response.audio.delta'), 'content');
    assert.equal(toldBy('response.output_text.delta'), 'content');
    assert.equal(toldBy('response.done'), 'done');
    assert.equal(toldBy('response.completed'), 'done');
    for (const type of ['response.output_audio.done', 'rate_limits.updated', 'response.content_part.done', '', 'toString'])
      assert.equal(toldBy(type), undefined, type);
  }); // prettier-ignore

  it('reads usage split into text, audio, image and cached', () => {
    const facts: CallFacts = {};
    readResponse(
      {
        type: 'response.done',
        response: {
          object: 'realtime.response', id: 'resp_1', status: 'completed', status_details: null,
          usage: {
            total_tokens: 821, input_tokens: 789, output_tokens: 32,
            input_token_details: {
              text_tokens: 303, audio_tokens: 476, image_tokens: 10, cached_tokens: 640,
              cached_tokens_details: { text_tokens: 250, audio_tokens: 384, image_tokens: 6 },
            },
            output_token_details: { text_tokens: 9, audio_tokens: 23 },
          },
        },
      },
      facts,
    ); // prettier-ignore
    assert.deepEqual(facts, {
      usage: {
        promptTokens: 789, completionTokens: 32, cachedTokens: 640, audioInputTokens: 476, imageInputTokens: 10,
        cachedAudioTokens: 384, cachedImageTokens: 6, audioOutputTokens: 23,
      },
    }); // prettier-ignore
  });

  const ended = (status: string, details?: unknown, more: object = {}): CallFacts => {
    const facts: CallFacts = {};
    readResponse({ response: { status, status_details: details, ...more } }, facts);
    return facts;
  };

  it('tells how a response ended', () => {
    assert.deepEqual(ended('completed', null), {});
    assert.deepEqual(ended('incomplete', { type: 'incomplete', reason: 'max_output_tokens' }), {});
    assert.deepEqual(ended('cancelled', { type: 'cancelled', reason: 'turn_detected' }), { failure: 'cancelled' });
    const failed = (error: unknown) => ended('failed', { type: 'failed', error }).failure;
    assert.equal(failed({ type: 'tokens', code: 'rate_limit_exceeded' }), 'rate_limited');
    assert.equal(failed({ type: 'insufficient_quota', code: 'insufficient_quota' }), 'rate_limited');
    assert.equal(failed({ type: 'invalid_request_error', code: 'inference_content_filter' }), 'client_error');
    assert.equal(failed({ type: 'server_error', code: null }), 'server_error');
    assert.equal(failed(undefined), 'server_error');
    assert.equal(ended('failed', undefined, { error: { code: 'rate_limit_exceeded' } }).failure, 'rate_limited');
  }); // prettier-ignore

  it('reads the models of a session, as the API is and as it was', () => {
    const now = { session: { model: 'gpt-realtime', audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } } };
    assert.deepEqual(readSession(now), { model: 'gpt-realtime', transcription: 'gpt-4o-transcribe' });
    const before = { session: { model: 'gpt-4o-realtime-preview', input_audio_transcription: { model: 'whisper-1' } } };
    assert.deepEqual(readSession(before), { model: 'gpt-4o-realtime-preview', transcription: 'whisper-1' });
    assert.deepEqual(readSession({ session: { audio: { input: { transcription: null } } } }), {
      model: undefined,
      transcription: undefined,
    });
  }); // prettier-ignore

  it('reads transcriptions sold by the token and by the second', () => {
    const facts: CallFacts = {};
    const usage = { type: 'tokens', input_tokens: 48, output_tokens: 12, total_tokens: 60, input_token_details: { audio_tokens: 40, text_tokens: 8 } };
    readTranscription({ type: 'conversation.item.input_audio_transcription.completed', usage }, facts);
    assert.deepEqual(facts, { usage: { promptTokens: 48, completionTokens: 12, audioInputTokens: 40 } });
    const timed: CallFacts = {};
    readTranscription({ usage: { type: 'duration', seconds: 2.5 } }, timed);
    assert.deepEqual(timed, { usage: { seconds: 2.5 } });
    const failed: CallFacts = {};
    readTranscription({ type: 'conversation.item.input_audio_transcription.failed', error: { code: 'audio_unintelligible', type: 'transcription_error' } }, failed);
    assert.deepEqual(failed, { failure: 'server_error' });
  }); // prettier-ignore

  it('tells which errors can be the end of a response', () => {
    const concerns = (error: object): boolean => readSocketError({ type: 'error', error }).concernsResponse;
    const invalid = 'invalid_request_error';
    assert.equal(concerns({ type: invalid, code: 'conversation_already_has_active_response' }), true);
    assert.equal(concerns({ type: invalid, code: 'invalid_value', param: 'response.tools' }), true);
    assert.equal(concerns({ type: invalid, code: 'previous_response_not_found' }), true);
    assert.equal(concerns({ type: 'server_error' }), true);
    assert.equal(concerns({ type: invalid, code: 'invalid_value', param: 'session.voice' }), false);
    assert.equal(concerns({ type: invalid, code: 'session_expired' }), false);
    assert.deepEqual(readSocketError({ status: 429, error: { event_id: 'mine' } }), {
      status: 'rate_limited',
      eventId: 'mine',
      concernsResponse: true,
    });
  });

  it('throws at nothing a server can send', () => {
    for (const junk of [undefined, null, 1, '', [], {}, { response: [] }, { session: 1 }, { error: 'x' }, { response: { status: {}, usage: 'x', id: {} } }]) {
      readResponse(junk, {});
      readSession(junk);
      readTranscription(junk, {});
      readSocketError(junk);
    }
  }); // prettier-ignore
});
