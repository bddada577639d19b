/**
 * One exchange with a provider, whatever road it takes: told what happens, it becomes one LlmEvent, exactly once.
 * Nothing here throws: a tap calls it from the middle of the host's own work.
 */
import type { Guard } from '../../guard.js';
import { createAnswer, type Answer, type Readers } from '../wire/answer.js';
import { statusOfCode, statusOfError } from './outcome.js';
import type { Later } from './later.js';
import { NO_BYTES } from '../wire/sse.js';
import type { CallFacts, Endpoint, LlmEvent, LlmStatus } from '../types.js';

export interface CallStart {
  readonly endpoint: Endpoint;
  readonly feature: string;
  readonly isRetry: boolean;
  /** The request's abort signal. */
  readonly signal: AbortSignal | undefined;
  /** Seconds after which the SDK gives up by itself, where it says so. */
  readonly timeLimit: number | undefined;
}

export interface Call {
  /** The parsed body of the request. */
  requestBody(body: unknown): void;
  /** We asked for the usage of this stream: it is to be taken out of the answer again. */
  askedForUsage(): void;
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
  readonly later?: Pick<Later, 'defers'> | undefined;
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

/** An endpoint's readers behind the wall, the same ones for all its calls, so that one that keeps failing is switched off. */
function guardedReaders(guard: Guard): (endpoint: Endpoint) => Readers {
  const known = new WeakMap<Endpoint, Readers>();
  return (endpoint) => {
    let readers = known.get(endpoint);
    if (readers === undefined) {
      const where = `llm ${endpoint.provider} ${endpoint.operation}`;
      readers = {
        readRequest: guard.wrap(`${where} request`, (body, facts) => endpoint.readRequest(body, facts)),
        readHead: guard.wrap(`${where} head`, (header, facts) => endpoint.readHead?.(header, facts)),
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

function createCall(start: CallStart, { now, guard, record, readers, close, later }: CallInside): Call {
  const facts: CallFacts = {};
  const startedAt = now();
  /** When the provider was last heard of: the end of a call that is abandoned. */
  let lastAt = startedAt;
  let firstTokenAt: number | undefined;
  let strip = false;
  let isFinished = false;
  /** Of a 2xx. */
  let answer: Answer | undefined;

  /** What the provider itself told of a failure is truer than how the connection then ended. */
  function finish(ended: LlmStatus, at: number): void {
    if (isFinished) return;
    const status = facts.failure ?? ended;
    isFinished = true;
    close();
    // What was asked for is not billed where nothing was answered.
    if (answer === undefined) delete facts.usage;
    if (isDeferred()) return;
    const firstToken = firstTokenAt === undefined ? undefined : firstTokenAt - startedAt;
    record(eventOf(start, facts, status, at - startedAt, firstToken));
  }

  /** A response made in the background is counted when it is over. */
  function isDeferred(): boolean {
    const { background, requestModel } = facts;
    if (background === undefined || later === undefined) return false;
    const { feature, isRetry } = start;
    return later.defers(background, { startedAt, feature, requestModel, isRetry });
  }

  const succeed = (): void => finish('success', now());

  function createOwnAnswer(contentType: string): Answer {
    const onFirstToken = (): void => void (firstTokenAt = now());
    return createAnswer({ contentType, facts, readers, strip, onFirstToken, onDone: succeed });
  }

  /** The held-back rest. After it there is nothing more. */
  const drain = (): Uint8Array => answer?.end() ?? NO_BYTES;

  /** Behind the wall: gives `otherwise` where we fail. */
  function safely<T>(otherwise: T, work: () => T): T {
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
      if (facts.isNoCall === true) this.forget();
    },
    askedForUsage: () => void (strip = true),
    response(status, header) {
      const outcome = statusOfCode(status);
      lastAt = now();
      if (outcome !== 'success') return finish(outcome, lastAt);
      answer = safely(undefined, () => createOwnAnswer(header('content-type')?.toLowerCase() ?? ''));
      readers.readHead(header, facts);
    },
    chunk(bytes) {
      if (isFinished && !strip) return bytes;
      lastAt = now();
      // Not through safely: this runs for every chunk.
      try {
        return answer?.push(bytes) ?? bytes;
      } catch (error) {
        guard.report('llm call', error);
        return bytes;
      }
    },
    end() {
      const rest = safely(NO_BYTES, drain);
      succeed();
      return rest;
    },
    error(error) {
      const at = now();
      const rest = safely(NO_BYTES, drain);
      const isLate = start.timeLimit !== undefined && at - startedAt >= start.timeLimit;
      finish(
        safely('network_error', () => statusOfError(error, start.signal, isLate)),
        at,
      );
      return rest;
    },
    cancel: () => finish('cancelled', now()),
    abandon() {
      // The provider answered a plain call whole, read or not; a stream was stopped on the way.
      finish(answer?.isStream === false ? 'success' : 'cancelled', lastAt);
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
    ...(facts.requestModel !== undefined && { requestModel: facts.requestModel }),
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
