/** Finds, among the events of a streamed answer, those that say something of its cost, and what must be stripped. */
import { parseJson } from './body.js';
import type { Cut, EventHandlers } from './sse.js';
import type { CallFacts } from '../types.js';

/**
 * What an event must hold to be parsed once model and first content are known: usage, an error, or the word that
 * nothing more will come. A quote inside a JSON string is escaped, so what a user wrote hardly ever looks so.
 */
const MATTERS =
  /"usage\w*"\s*:(?!\s*null)|"billed_units"|"error"(?!\s*:\s*null)|"done"\s*:\s*true|stop"|"type"\s*:\s*"[\w.]*\.(?:completed|failed|incomplete|done|error)"/;

/** The event that ends an OpenAI stream is but `data: [DONE]`; longer ones are not searched for it. */
const MAX_DONE = 64;

/** Of the first events at most so many are parsed to learn a model's name. */
const MAX_WITHOUT_MODEL = 50;

export interface EventReaderOptions {
  readonly facts: CallFacts;
  /** SSE, else NDJSON. */
  readonly isSse: boolean;
  /** We asked for usage, not the caller: take it out of what the caller gets. */
  readonly strip: boolean;
  /** Reads one event into the facts. Must not throw. */
  readonly read: (event: unknown) => void;
  /** The provider has said all. */
  readonly onDone: () => void;
}

export function createEventReader(options: EventReaderOptions): EventHandlers {
  const { facts, isSse, strip, read, onDone } = options;
  let events = 0;
  let isDone = false;

  /** Gives the event where it had to be parsed. */
  function take(text: string): unknown {
    if (isDone) return undefined;
    const isWarm =
      facts.sawContent === true && (facts.responseModel !== undefined || events > MAX_WITHOUT_MODEL);
    if (isWarm && !(text.length <= MAX_DONE && text.includes('[DONE]')) && !MATTERS.test(text))
      return undefined;
    const data = isSse ? dataOf(text) : text;
    if (data === undefined) return undefined;
    if (data.trim() === '[DONE]') {
      isDone = true;
      onDone();
      return undefined;
    }
    const event = parseJson(data);
    apply(event);
    return event;
  }

  function apply(event: unknown): void {
    if (event === undefined) return;
    events++;
    read(event);
    if (facts.done !== true) return;
    isDone = true;
    onDone();
  }

  return {
    event(text) {
      const event = take(text);
      return strip ? usageCut(text, event) : undefined;
    },
    longEvent(value) {
      if (!isDone) apply(value);
    },
  };
}

/** The data of an SSE block, its lines joined; undefined when it has none (a comment, a ping). */
function dataOf(block: string): string | undefined {
  let data: string | undefined;
  // A byte order mark, read as latin1.
  let at = block.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
  while (at < block.length) {
    const end = lineEnd(block, at);
    if (block.startsWith('data:', at)) {
      const value = block.slice(block[at + 5] === ' ' ? at + 6 : at + 5, end);
      data = data === undefined ? value : `${data}\n${value}`;
    }
    // The line feed of a CRLF reads as an empty line more, which says nothing.
    at = end + 1;
  }
  return data;
}

function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) return i;
  }
  return text.length;
}

const NULL_USAGE = /"usage"\s*:\s*null/y;

/** What is in an event only because we asked for usage: all of the event that brings it, `"usage":null` of the others. */
function usageCut(text: string, event: unknown): Cut | undefined {
  if (bringsOnlyUsage(event)) return { from: 0, to: text.length };
  for (let at = text.indexOf('"usage"'); at !== -1; at = text.indexOf('"usage"', at + 1)) {
    NULL_USAGE.lastIndex = at;
    if (NULL_USAGE.test(text) && isTopLevel(text, NULL_USAGE.lastIndex)) {
      return withComma(text, at, NULL_USAGE.lastIndex);
    }
  }
  return undefined;
}

function bringsOnlyUsage(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const { choices, usage } = event as { choices?: unknown; usage?: unknown };
  const isUsage = typeof usage === 'object' && usage !== null && !Array.isArray(usage);
  return isUsage && Array.isArray(choices) && choices.length === 0;
}

/** A member goes with one comma: the one before it, or the one after when it is the first. */
function withComma(text: string, start: number, end: number): Cut {
  const before = skipBack(text, start - 1);
  if (text[before] === ',') return { from: before, to: end };
  const after = /\s*,\s*/y;
  after.lastIndex = end;
  return { from: start, to: after.test(text) ? after.lastIndex : end };
}

function skipBack(text: string, from: number): number {
  let i = from;
  while (i >= 0 && text.charCodeAt(i) <= 32) i--;
  return i;
}

/**
 * Whether what ends at `end` is a member of the outermost object: only what closes that one comes after it. Looked at
 * from this side since hardly anything follows usage.
 */
function isTopLevel(text: string, end: number): boolean {
  let depth = 1;
  let inString = false;
  let i = end;
  for (; i < text.length && depth > 0; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) depth++;
    else if (code === 125 || code === 93) depth--;
  }
  // The data, or the stream, ends here.
  return depth === 0 && text[i - 1] === '}' && (i === text.length || text.charCodeAt(i) <= 32);
}
