/**
 * One exchange with a provider, whatever road it takes: told what happens, it becomes one LlmEvent, exactly once.
 * Nothing here throws: a tap calls it from the middle of the host's own work.
 */
import type { Guard } from '../../guard.js';
import type { Readers } from '../wire/answer.js';
import type { Later } from './later.js';
import { OpenCall, type CallInside } from './open-call.js';
import type { Endpoint, LlmEvent } from '../types.js';

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
  const inside: CallInside = {
    ...options,
    record: options.guard.wrap('llm record', options.record),
    close(call) {
      open.delete(call);
      collected.unregister(call);
    },
  };
  return {
    start(start) {
      const call = new OpenCall(start, readersOf(start.endpoint), inside);
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
