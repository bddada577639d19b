/**
 * One exchange with a provider, whatever road it takes: told what happens, it becomes one LlmEvent, exactly once.
 * Nothing here throws: a tap calls it from the middle of the host's own work.
 */
import type { Guard } from '../guard.js';
import { createJsonReader, type JsonReader } from './body.js';
import { createEventReader } from './events.js';
import { statusOfCode, statusOfError } from './outcome.js';
import { createEventStream, NO_BYTES, type EventStream } from './sse.js';
import type { CallFacts, Endpoint, LlmEvent, LlmStatus } from './types.js';

export interface CallStart {
  readonly endpoint: Endpoint;
  readonly feature: string;
  readonly isRetry: boolean;
  /** We asked for the usage of this stream: take it out of the answer again. */
  readonly stripUsage: boolean;
  /** The request's abort signal. */
  readonly signal: AbortSignal | undefined;
  /** Seconds after which the SDK gives up by itself, where it says so. */
  readonly timeLimit: number | undefined;
}

export interface Call {
  /** The parsed body of the request. */
  requestBody(body: unknown): void;
  /** The answer's head. `header` is asked for lower-case names. */
  response(status: number, header: (name: string) => string | null | undefined): void;
  /** A piece of the answer's body, decoded. Gives what the caller is to have of it: itself, unless usage is stripped. */
  chunk(bytes: Uint8Array): Uint8Array;
  /** The body is over. Gives what of it was held back. */
  end(): Uint8Array;
  /** No answer, or it broke; an abort and a timeout are told so too. Gives what was held back. */
  error(error: unknown): Uint8Array;
  /** The caller wants no more. */
  cancel(): void;
  /** Nobody can read on any more: what was to be read was collected, or the process ends. */
  abandon(): void;
  /** It was no call after all (a redirect, which comes back as a call of its own). */
  forget(): void;
}

export interface CallLog {
  start(call: CallStart): Call;
  /** Abandons the call once `body`, through which its answer is read, has been collected unread. */
  abandonWith(body: object, call: Call): void;
  /** Finishes every call that is still open, for shutdown: what is under way is counted once. */
  flushOpenCalls(): void;
}

export interface CallLogOptions {
  readonly now: () => number;
  readonly guard: Guard;
  readonly record: (event: LlmEvent) => void;
}

export function createCallLog(options: CallLogOptions): CallLog {
  const open = new Set<Call>();
  const collected = new FinalizationRegistry<Call>((call) => call.abandon());
  const readersOf = guardedReaders(options.guard);
  const record = options.guard.wrap('llm record', options.record);
  return {
    start(start) {
      const close = (): void => {
        open.delete(call);
        collected.unregister(call);
      };
      const call = createCall(start, { ...options, record, close, readers: readersOf(start.endpoint) });
      open.add(call);
      return call;
    },
    abandonWith: (body, call) => collected.register(body, call, call),
    flushOpenCalls() {
      for (const call of [...open]) call.abandon();
    },
  };
}

type Readers = Pick<Endpoint, 'readRequest' | 'readAnswer' | 'readEvent'>;

/** An endpoint's readers behind the wall, the same ones for all its calls, so that one that keeps failing is switched off. */
function guardedReaders(guard: Guard): (endpoint: Endpoint) => Readers {
  const known = new WeakMap<Endpoint, Readers>();
  return (endpoint) => {
    let readers = known.get(endpoint);
    if (readers === undefined) {
      const where = `llm ${endpoint.provider} ${endpoint.operation}`;
      readers = {
        readRequest: guard.wrap(`${where} request`, (body, facts) => endpoint.readRequest(body, facts)),
        readAnswer: guard.wrap(`${where} answer`, (body, facts) => endpoint.readAnswer(body, facts)),
        readEvent: guard.wrap(`${where} event`, (event, facts) => endpoint.readEvent(event, facts)),
      };
      known.set(endpoint, readers);
    }
    return readers;
  };
}

interface CallInside extends CallLogOptions {
  readonly readers: Readers;
  readonly close: () => void;
}

function createCall(start: CallStart, { now, guard, record, readers, close }: CallInside): Call {
  const facts: CallFacts = {};
  const startedAt = now();
  /** When the provider was last heard of: the end of a call that is abandoned. */
  let lastAt = startedAt;
  let firstTokenAt: number | undefined;
  /** With a 2xx. */
  let isAnswered = false;
  let isFinished = false;
  let events: EventStream | undefined;
  let json: JsonReader | undefined;

  function finish(status: LlmStatus, at: number): void {
    if (isFinished) return;
    isFinished = true;
    close();
    // What was asked for is not billed where nothing was answered.
    if (!isAnswered) delete facts.usage;
    const firstToken = firstTokenAt === undefined ? undefined : firstTokenAt - startedAt;
    record(eventOf(start, facts, status, at - startedAt, firstToken));
  }

  const succeed = (): void => finish(facts.failure ?? 'success', now());

  function readEvent(event: unknown): void {
    readers.readEvent(event, facts);
    if (facts.sawContent === true) firstTokenAt ??= now();
  }

  function choose(contentType: string): void {
    const isSse = contentType.includes('event-stream') || (contentType === '' && facts.stream === true);
    const isLines = contentType.includes('ndjson') || contentType.includes('jsonl');
    if (isSse || isLines) {
      const strip = start.stripUsage && isSse;
      const handlers = createEventReader({ facts, isSse, strip, read: readEvent, onDone: succeed });
      events = createEventStream(isSse, strip, handlers);
    } else if (contentType === '' || contentType.includes('json')) {
      json = createJsonReader();
    }
  }

  /** The held-back rest; what was kept is let go of. */
  function drain(): Uint8Array {
    const rest = events?.end() ?? NO_BYTES;
    events = undefined;
    return rest;
  }

  function read(bytes: Uint8Array): Uint8Array {
    if (isFinished && !start.stripUsage) return bytes;
    lastAt = now();
    if (events !== undefined) return events.push(bytes);
    if (!isFinished) json?.push(bytes);
    return bytes;
  }

  function readAnswer(): void {
    const body = isFinished ? undefined : json?.value();
    json = undefined;
    if (body !== undefined) readers.readAnswer(body, facts);
  }

  /** Behind the wall: gives `otherwise` where we fail. */
  function safely<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      guard.report('llm call', error);
      return otherwise;
    }
  }

  return {
    requestBody(body) {
      readers.readRequest(body, facts);
    },
    response(status, header) {
      safely(() => {
        lastAt = now();
        const outcome = statusOfCode(status);
        isAnswered = outcome === 'success';
        if (isAnswered) choose(header('content-type')?.toLowerCase() ?? '');
        else finish(outcome, lastAt);
      }, undefined);
    },
    chunk(bytes) {
      try {
        return read(bytes);
      } catch (error) {
        guard.report('llm call', error);
        return bytes;
      }
    },
    end() {
      const rest = safely(drain, NO_BYTES);
      safely(readAnswer, undefined);
      succeed();
      return rest;
    },
    error(error) {
      const rest = safely(drain, NO_BYTES);
      const at = now();
      const isLate = start.timeLimit !== undefined && at - startedAt >= start.timeLimit;
      finish(
        safely(() => statusOfError(error, start.signal, isLate), 'network_error'),
        at,
      );
      return rest;
    },
    cancel() {
      finish('cancelled', now());
    },
    abandon() {
      // The provider answered a plain call whole, read or not; a stream was stopped on the way.
      const isWhole = isAnswered && events === undefined;
      finish(isWhole ? 'success' : 'cancelled', lastAt);
    },
    forget() {
      isFinished = true;
      close();
    },
  };
}

function eventOf(
  { endpoint, feature, isRetry }: CallStart,
  facts: CallFacts,
  status: LlmStatus,
  duration: number,
  timeToFirstToken: number | undefined,
): LlmEvent {
  return {
    provider: endpoint.provider,
    operation: endpoint.operation,
    model: facts.responseModel ?? facts.requestModel,
    feature,
    status,
    duration: Math.max(duration, 0),
    isRetry,
    ...(timeToFirstToken !== undefined && { timeToFirstToken }),
    ...(facts.usage !== undefined && { usage: facts.usage }),
    ...(facts.costUsd !== undefined && { costUsd: facts.costUsd }),
    ...(facts.serviceTier !== undefined && { serviceTier: facts.serviceTier }),
  };
}
