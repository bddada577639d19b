/**
 * One session over a WebSocket: told what goes over it, it becomes one LlmEvent for each response, and one for each
 * transcription of what the user said. It may throw: taps come to it through the wall.
 */
import { createJsonReader, parseJson } from '../wire/body.js';
import { featureOf } from '../feature.js';
import { kept, memberOfMessage, type SocketText } from '../wire/peek.js';
import {
  readResponse,
  readSession,
  readSocketError,
  readTranscription,
  responseId,
  toldBy,
  type SessionModels,
} from '../providers/openai-realtime.js';
import { type SocketEndpoint } from '../providers/openai-socket.js'; // prettier-ignore
import type { CallFacts, LlmEvent, LlmStatus } from '../types.js';

/** Who ended it: the application; the other side in an orderly way; a broken connection or a fault of the other side. */
export type SessionEnd = 'host' | 'other' | 'lost';

export interface Session {
  /** The application sent this. */
  sent(message: SocketText): void;
  received(message: SocketText): void;
  /** The socket is closed. What was under way is counted; a session that was lost is, too, where nothing was. */
  closed(by: SessionEnd): void;
  /** The process ends. */
  abandon(): void;
}

export interface SessionOptions {
  readonly endpoint: SocketEndpoint;
  /** Of what the application names no other for. */
  readonly feature: string;
  readonly now: () => number;
  readonly record: (event: LlmEvent) => void;
}

/** A response from when it was asked for, or heard of first. */
interface Open {
  readonly startedAt: number;
  readonly feature: string;
  /** What the application calls its request. */
  readonly eventId?: string | undefined;
  firstTokenAt?: number;
  readonly facts: CallFacts;
}

/** Under way at once; a session that has more is no session as we know them. */
const MAX_OPEN = 1_024;
/** A longer message is read in outline. */
const MAX_WHOLE = 64 * 1024;

export function createSession({ endpoint, feature, now, record }: SessionOptions): Session {
  let models: SessionModels = { model: undefined, transcription: undefined };
  /** Asked for, not yet created; the server takes them in this order. */
  let asked: Open[] = [];
  const open = new Map<string, Open>();
  /** Of the open ones, those that brought no content yet. */
  let waiting = 0;
  /** When the user had said what an item holds. */
  const heard = new Map<string, number>();

  const begin = (more: Partial<Open> = {}): Open => ({ startedAt: now(), feature, facts: {}, ...more });

  function finish({ startedAt, firstTokenAt, feature, facts }: Open, ended: LlmStatus): void {
    const requestModel = facts.requestModel ?? endpoint.model;
    const model = facts.responseModel ?? models.model ?? requestModel;
    const { provider, operation } = endpoint;
    record({
      ...{ provider, operation, model, feature, status: facts.failure ?? ended, isRetry: false },
      duration: now() - startedAt,
      ...(requestModel !== undefined && requestModel !== model && { requestModel }),
      ...(firstTokenAt !== undefined && { timeToFirstToken: firstTokenAt - startedAt }),
      ...(facts.usage !== undefined && { usage: facts.usage }),
      ...(facts.serviceTier !== undefined && { serviceTier: facts.serviceTier }),
    });
  }

  function created(event: unknown): void {
    const id = responseId(event);
    if (open.has(id)) return;
    if (open.size >= MAX_OPEN) close(open.keys().next().value as string, 'network_error');
    open.set(id, asked.shift() ?? begin());
    waiting++;
  }

  function content(message: SocketText): void {
    if (waiting === 0) return;
    const id = memberOfMessage(message, 'response_id');
    // Responses has one at a time and does not tell which.
    const found = id === undefined ? open.values().next().value : open.get(id);
    if (found === undefined || found.firstTokenAt !== undefined) return;
    found.firstTokenAt = now();
    waiting--;
  }

  function done(event: unknown): void {
    const id = responseId(event);
    if (!open.has(id)) created(event);
    readResponse(event, (open.get(id) as Open).facts);
    close(id, 'success');
  }

  function close(id: string, ended: LlmStatus): void {
    const found = open.get(id) as Open;
    open.delete(id);
    if (found.firstTokenAt === undefined) waiting--;
    finish(found, ended);
  }

  function transcribed(message: SocketText, event: unknown): void {
    const item = memberOfMessage(message, 'item_id') ?? '';
    const facts: CallFacts = {};
    readTranscription(event, facts);
    const startedAt = heard.get(item) ?? now();
    heard.delete(item);
    record({
      ...{ provider: endpoint.provider, operation: 'transcription', model: models.transcription, feature },
      ...{ status: facts.failure ?? 'success', duration: now() - startedAt, isRetry: false },
      ...(facts.usage !== undefined && { usage: facts.usage }),
    });
  }

  function failed(event: unknown): void {
    const { status, eventId, concernsResponse } = readSocketError(event);
    const named = eventId === undefined ? -1 : asked.findIndex((each) => each.eventId === eventId);
    const at = named === -1 && eventId === undefined && concernsResponse ? 0 : named;
    const [refused] = at === -1 ? [] : asked.splice(at, 1);
    if (refused !== undefined) return finish(refused, status);
    // A realtime response that fails says so itself; one of Responses ends with the error.
    const [id] = endpoint.operation === 'responses' ? open.keys() : [];
    if (id !== undefined) close(id, status);
  }

  function endAll(ended: LlmStatus): void {
    for (const id of [...open.keys()]) close(id, ended);
    const never = asked;
    asked = [];
    for (const each of never) finish(each, ended);
  }

  /** Nobody waited for an answer, but whoever was speaking was cut off. */
  function lose(): void {
    const { provider, operation } = endpoint;
    const model = models.model ?? endpoint.model;
    record({ provider, operation, model, feature, status: 'network_error', isRetry: false });
  }

  return {
    sent(message) {
      if (memberOfMessage(message, 'type') !== 'response.create') return;
      const eventId = kept(memberOfMessage(message, 'event_id'));
      const requestModel = kept(memberOfMessage(message, 'model'));
      if (asked.length >= MAX_OPEN) finish(asked.shift() as Open, 'network_error');
      const facts: CallFacts = requestModel === undefined ? {} : { requestModel };
      asked.push(begin({ feature: featureOf(undefined, feature), eventId, facts }));
    },
    received(message) {
      const told = toldBy(memberOfMessage(message, 'type') ?? '');
      if (told === undefined) return;
      if (told === 'content') return content(message);
      if (told === 'heard') return remember(heard, kept(memberOfMessage(message, 'item_id')) ?? '', now());
      const event = parseMessage(message);
      if (told === 'session') models = readSession(event);
      else if (told === 'created') created(event);
      else if (told === 'done') done(event);
      else if (told === 'transcribed') transcribed(message, event);
      else failed(event);
    },
    closed(by) {
      const isIdle = open.size + asked.length === 0;
      endAll(by === 'host' ? 'cancelled' : 'network_error');
      if (isIdle && by === 'lost' && endpoint.operation === 'realtime') lose();
    },
    abandon: () => endAll('cancelled'),
  };
}

/** Items whose transcript does not come must not be remembered for ever. */
const MAX_HEARD = 64;

function remember(heard: Map<string, number>, item: string, at: number): void {
  if (heard.size >= MAX_HEARD) heard.delete(heard.keys().next().value as string);
  heard.set(item, at);
}

/** What is said in a long message is left out: only what counts is kept of it. */
export function parseMessage(message: SocketText): unknown {
  if (message.length <= MAX_WHOLE) return parseJson(message.toString());
  const reader = createJsonReader();
  reader.push(typeof message === 'string' ? Buffer.from(message) : message);
  return reader.value();
}
