/**
 * One exchange with a provider, whatever road it takes: told what happens, it becomes one LlmEvent, exactly once.
 * Nothing here throws: a tap calls it from the middle of the host's own work.
 */
import type { Guard } from '../../guard.js';
import type { Readers } from '../wire/answer.js';
import type { Later } from './later.js';
import { OpenCall, type CallInside } from './open-call.js';
import type { Call, CallStart } from './contract.js';
import type { Endpoint, LlmEvent } from '../types.js';

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
