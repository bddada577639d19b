/** Reads a 2xx answer's body, whole JSON or a stream of events, into what is known of its call. */
import { createJsonReader } from './body.js';
import { createEventReader } from './events.js';
import { createFrameReader } from './frames.js';
import { createEventStream, NO_BYTES } from './sse.js';
import type { CallFacts, Endpoint } from '../types.js';

export type Readers = Required<Pick<Endpoint, 'readRequest' | 'readHead' | 'readAnswer' | 'readEvent'>>;

export interface Answer {
  readonly isStream: boolean;
  /** Gives what the caller is to have of these bytes. */
  push(bytes: Uint8Array): Uint8Array;
  /** The body is over: gives what of it was held back. */
  end(): Uint8Array;
}

export interface AnswerOptions {
  readonly contentType: string;
  readonly facts: CallFacts;
  readonly readers: Readers;
  /** We asked for usage, the caller did not. */
  readonly strip: boolean;
  readonly onFirstToken: () => void;
  readonly onDone: () => void;
}

export function createAnswer(options: AnswerOptions): Answer {
  const { contentType, facts } = options;
  const isUntyped = contentType === '';
  if (contentType.includes('event-stream') || (isUntyped && facts.stream === true))
    return streamed(options, true);
  if (/ndjson|jsonl|stream\+json/.test(contentType)) return streamed(options, false);
  if (contentType.includes('amazon.eventstream')) return framed(options);
  return isUntyped || contentType.includes('json') ? whole(options) : OPAQUE;
}

/** Sound, pictures: nothing in them is read. */
const OPAQUE: Answer = { isStream: false, push: (bytes) => bytes, end: () => NO_BYTES };

/** Reads an event into the facts, and tells when the first content came with it. */
function eventRead({ facts, readers, onFirstToken }: AnswerOptions): (event: unknown) => void {
  return (event) => {
    const hadContent = facts.sawContent;
    readers.readEvent(event, facts);
    if (facts.sawContent === true && hadContent !== true) onFirstToken();
  };
}

function framed(options: AnswerOptions): Answer {
  const { facts, onDone } = options;
  const frames = createFrameReader({ facts, read: eventRead(options), onDone });
  return {
    isStream: true,
    push(bytes) {
      frames.push(bytes);
      return bytes;
    },
    end: () => NO_BYTES,
  };
}

function streamed(options: AnswerOptions, isSse: boolean): Answer {
  const { facts, strip, onDone } = options;
  const read = eventRead(options);
  const holds = strip && isSse;
  return {
    isStream: true,
    ...createEventStream(isSse, holds, createEventReader({ facts, isSse, strip: holds, read, onDone })),
  };
}

function whole({ facts, readers }: AnswerOptions): Answer {
  const json = createJsonReader();
  return {
    isStream: false,
    push(bytes) {
      json.push(bytes);
      return bytes;
    },
    end() {
      const body = json.value();
      if (body !== undefined) readers.readAnswer(body, facts);
      return NO_BYTES;
    },
  };
}
