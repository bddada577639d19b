/**
 * A call that is under way. A class, unlike most of this package: one object a call in place of a function for each
 * thing that can happen to it.
 */
import type { Guard } from '../../guard.js';
import type { CallFacts, LlmEvent, LlmStatus } from '../types.js';
import { createAnswer, type Answer, type Readers } from '../wire/answer.js';
import { NO_BYTES } from '../wire/sse.js';
import type { Call, CallStart } from './contract.js';
import type { Later } from './later.js';
import { statusOfCode, statusOfError } from './outcome.js';

/** What all calls share. */
export interface CallInside {
  readonly now: () => number;
  readonly guard: Guard;
  readonly record: (event: LlmEvent) => void;
  readonly later?: Pick<Later, 'defers'> | undefined;
  /** It is over, and need not be watched any more. */
  readonly close: (call: Call) => void;
}

const ONCE = { once: true };

/** Seconds by which an SDK's timer is ahead of our clock at most: it starts before the request comes to us. */
const HEAD_START = 0.1;

export class OpenCall implements Call {
  private readonly facts: CallFacts = {};
  private readonly startedAt: number;
  /** When the provider was last heard of: the end of a call that is abandoned. */
  private lastAt: number;
  private firstTokenAt: number | undefined = undefined;
  private strip = false;
  private isFinished = false;
  /** Of a 2xx. */
  private answer: Answer | undefined = undefined;

  constructor(
    private readonly start: CallStart,
    private readonly readers: Readers,
    private readonly inside: CallInside,
  ) {
    this.startedAt = inside.now();
    this.lastAt = this.startedAt;
    const { signal } = start;
    if (signal !== undefined) this.safely(undefined, () => signal.addEventListener('abort', this, ONCE));
  }

  /** An abort ends the call, also where nobody reads on to hear of it: LangChain leaves its loop just so. */
  handleEvent(): void {
    const at = this.inside.now();
    this.finish(this.statusOf(this.start.signal?.reason, at), at);
  }

  requestBody(body: unknown): void {
    this.readers.readRequest(body, this.facts);
    if (this.facts.isNoCall === true) this.forget();
  }

  askedForUsage(): void {
    this.strip = true;
  }

  response(status: number, header: (name: string) => string | null | undefined): void {
    const outcome = statusOfCode(status);
    this.lastAt = this.inside.now();
    if (outcome !== 'success') return this.finish(outcome, this.lastAt);
    this.answer = this.safely(undefined, () =>
      this.createAnswer(header('content-type')?.toLowerCase() ?? ''),
    );
    this.readers.readHead(header, this.facts);
  }

  chunk(bytes: Uint8Array): Uint8Array {
    if (this.isFinished && !this.strip) return bytes;
    this.lastAt = this.inside.now();
    // Not through safely: this runs for every chunk.
    try {
      return this.answer?.push(bytes) ?? bytes;
    } catch (error) {
      this.inside.guard.report('llm call', error);
      return bytes;
    }
  }

  end(): Uint8Array {
    const rest = this.drain();
    this.finish('success', this.inside.now());
    return rest;
  }

  error(error: unknown): Uint8Array {
    const at = this.inside.now();
    const rest = this.drain();
    this.finish(this.statusOf(error, at), at);
    return rest;
  }

  cancel(): void {
    this.finish('cancelled', this.inside.now());
  }

  abandon(): void {
    // The provider answered a plain call whole, read or not; a stream was stopped on the way.
    this.finish(this.answer?.isStream === false ? 'success' : 'cancelled', this.lastAt);
  }

  forget(): void {
    this.isFinished = true;
    this.close();
  }

  private close(): void {
    this.inside.close(this);
    const { signal } = this.start;
    if (signal !== undefined) this.safely(undefined, () => signal.removeEventListener('abort', this));
  }

  private statusOf(error: unknown, at: number): LlmStatus {
    const { timeLimit, signal } = this.start;
    const isLate = timeLimit !== undefined && at - this.startedAt >= timeLimit - HEAD_START;
    return this.safely('network_error', () => statusOfError(error, signal, isLate));
  }

  /** What the provider itself told of a failure is truer than how the connection then ended. */
  private finish(ended: LlmStatus, at: number): void {
    if (this.isFinished) return;
    const { facts, startedAt, firstTokenAt } = this;
    this.isFinished = true;
    this.close();
    // What was asked for is not billed where nothing was answered.
    if (this.answer === undefined) delete facts.usage;
    if (this.isDeferred()) return;
    const firstToken = firstTokenAt === undefined ? undefined : firstTokenAt - startedAt;
    this.inside.record(eventOf(this.start, facts, facts.failure ?? ended, at - startedAt, firstToken));
  }

  /** A response made in the background is counted when it is over. */
  private isDeferred(): boolean {
    const { background, requestModel } = this.facts;
    const { later } = this.inside;
    if (background === undefined || later === undefined) return false;
    const { feature, isRetry } = this.start;
    return later.defers(background, { startedAt: this.startedAt, feature, requestModel, isRetry });
  }

  private createAnswer(contentType: string): Answer {
    const { facts, readers, strip, inside } = this;
    return createAnswer({
      contentType,
      facts,
      readers,
      strip,
      onFirstToken: () => void (this.firstTokenAt = inside.now()),
      onDone: () => this.finish('success', inside.now()),
    });
  }

  /** The held-back rest. After it there is nothing more. */
  private drain(): Uint8Array {
    try {
      return this.answer?.end() ?? NO_BYTES;
    } catch (error) {
      this.inside.guard.report('llm call', error);
      return NO_BYTES;
    }
  }

  /** Behind the wall: gives `otherwise` where we fail. */
  private safely<T>(otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.inside.guard.report('llm call', error);
      return otherwise;
    }
  }
}

/** Field by field: an object made of parts, some of them empty, takes four times as long. */
function eventOf(
  { endpoint, feature, isRetry }: CallStart,
  { responseModel, requestModel, usage, costUsd, serviceTier }: CallFacts,
  status: LlmStatus,
  duration: number,
  timeToFirstToken: number | undefined,
): LlmEvent {
  const event: { -readonly [K in keyof LlmEvent]: LlmEvent[K] } = {
    provider: endpoint.provider,
    operation: endpoint.operation,
    model: responseModel ?? requestModel,
    feature,
    status,
    duration: Math.max(duration, 0),
    isRetry,
  };
  if (requestModel !== undefined) event.requestModel = requestModel;
  if (timeToFirstToken !== undefined) event.timeToFirstToken = timeToFirstToken;
  if (usage !== undefined) event.usage = usage;
  if (costUsd !== undefined) event.costUsd = costUsd;
  if (serviceTier !== undefined) event.serviceTier = serviceTier;
  return event;
}
