/**
 * OpenAI's protocols over WebSocket: Realtime (voice), and Responses. Both speak of responses that are created, bring
 * deltas and end with their usage. Sources: https://platform.openai.com/docs/api-reference/realtime-server-events,
 * https://developers.openai.com/api/reference/resources/responses/websocket-events.
 */
import type { CallFacts, LlmStatus } from '../types.js';
import { readTools } from './openai-tools.js';
import { readUsage } from './openai-usage.js';
import { addIdentity, failureOf, object, text, type Json } from './read.js';

/** What a message of the server tells. */
export type Told = 'session' | 'created' | 'content' | 'done' | 'heard' | 'transcribed' | 'error';

const TOLD = new Map<string, Told>([
  ['session.created', 'session'],
  ['session.updated', 'session'],
  ['transcription_session.created', 'session'],
  ['transcription_session.updated', 'session'],
  ['response.created', 'created'],
  ['response.done', 'done'],
  ['response.completed', 'done'],
  ['response.failed', 'done'],
  ['response.incomplete', 'done'],
  ['input_audio_buffer.committed', 'heard'],
  ['conversation.item.input_audio_transcription.completed', 'transcribed'],
  ['conversation.item.input_audio_transcription.failed', 'transcribed'],
  ['error', 'error'],
]);

/** By a message's `type`; undefined for what does not matter. */
export function toldBy(type: string): Told | undefined {
  return type.startsWith('response.') && type.endsWith('.delta') ? 'content' : TOLD.get(type);
}

export interface SessionModels {
  readonly model: string | undefined;
  /** Of what the user says, when that is asked for; billed apart. */
  readonly transcription: string | undefined;
}

/** `audio.input.transcription`, before the API was general `input_audio_transcription`. */
export function readSession(event: unknown): SessionModels {
  const session = object(object(event)?.['session']);
  const input = object(object(session?.['audio'])?.['input']);
  const transcription = object(input?.['transcription']) ?? object(session?.['input_audio_transcription']);
  return { model: text(session?.['model']), transcription: text(transcription?.['model']) };
}

/** The id of a response; all events of one without an id belong together. */
export const responseId = (event: unknown): string => text(object(object(event)?.['response'])?.['id']) ?? '';

/** `response.done`, and the last events of Responses: usage, and how it ended. Cut short by a limit is a success. */
export function readResponse(event: unknown, facts: CallFacts): void {
  const response = object(object(event)?.['response']);
  if (response === undefined) return;
  addIdentity(facts, response);
  readUsage(response['usage'], facts);
  readTools(response, facts);
  const status = response['status'];
  if (status === 'cancelled') facts.failure = 'cancelled';
  if (status === 'failed')
    facts.failure = failureOf(object(response['status_details'])?.['error'] ?? response['error']);
}

/** What the user said, as text: its usage in tokens or seconds. */
export function readTranscription(event: unknown, facts: CallFacts): void {
  const told = object(event);
  readUsage(told?.['usage'], facts);
  if (told?.['type'] === 'conversation.item.input_audio_transcription.failed')
    facts.failure = failureOf(told['error']);
}

export interface SocketError {
  readonly status: LlmStatus;
  /** The `event_id` that the application gave to what failed. */
  readonly eventId: string | undefined;
  /** It can be what became of a response: not, for one, a session update that was refused. */
  readonly concernsResponse: boolean;
}

/** An `error` event. Of a realtime session most are no end of anything. */
export function readSocketError(event: unknown): SocketError {
  const told = object(event) ?? {};
  const error: Json = { status: told['status'], ...object(told['error']) };
  const words = `${text(error['param']) ?? ''} ${text(error['code']) ?? ''}`;
  return {
    status: failureOf(error),
    eventId: text(error['event_id']),
    concernsResponse: error['type'] !== 'invalid_request_error' || /^response\b|_response/.test(words.trim()),
  };
}
