/**
 * OpenAI's sessions that are sold by the minute: translation, which does not tell what it bills, and Live, which does.
 * Sources: https://developers.openai.com/api/reference/resources/realtime/translation-server-events,
 * https://developers.openai.com/api/reference/resources/live.
 */
import type { CallFacts, LlmStatus } from '../types.js';
import { readTyped } from './openai-readers.js';
import { amount, object, text } from './read.js';

/** What one message tells. */
export interface Timed {
  readonly model?: string | undefined;
  /** Of the whole session until now. */
  readonly seconds?: number | undefined;
  /** A response of another model, which the session had made, is over. */
  readonly response?: CallFacts | undefined;
  readonly isLast?: true;
  readonly failure?: LlmStatus | undefined;
}

const NOTHING: Timed = {};

/** @param parse gives the message; asked for only where its type may tell something. */
export function readTimed(type: string, parse: () => unknown): Timed {
  switch (type) {
    case 'session.start':
    case 'session.started':
    case 'session.created':
    case 'session.updated':
      return { model: text(object(object(parse())?.['session'])?.['model']) };
    case 'session.usage.updated':
      return { seconds: secondsOf(parse()) };
    case 'session.closed': {
      const told = parse();
      const isLost = object(told)?.['reason'] === 'connection_lost';
      return { seconds: secondsOf(told), isLast: true, failure: isLost ? 'network_error' : undefined };
    }
    case 'response.event': {
      const facts: CallFacts = {};
      readTyped(object(parse())?.['event'], facts);
      return facts.done === true ? { response: facts } : NOTHING;
    }
    default:
      return NOTHING;
  }
}

const secondsOf = (message: unknown): number | undefined =>
  amount(object(object(message)?.['usage'])?.['seconds']);

/** 24 kHz, 16 bits, one channel: the only form that a translation takes. */
const BYTES_PER_SECOND = 48_000;

/** How long the audio is that is in this base64 text. */
export function secondsOfAudio(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max((base64.length * 3) / 4 - padding, 0) / BYTES_PER_SECOND;
}
