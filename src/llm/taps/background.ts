/** Responses made in the background: counted once, by whoever sees first that they are over. */
import { createAnswer } from '../wire/answer.js';
import type { Answer } from '../wire/answer.js';
import { createRecent } from './recent.js';
import type { Background, CallFacts, Endpoint, LlmEvent } from '../types.js';

/** A call whose answer is only that it will be answered. */
export interface Deferred {
  readonly startedAt: number;
  readonly feature: string;
  readonly requestModel: string | undefined;
  readonly isRetry: boolean;
}

export interface Backgrounds {
  /** Whether a call that ended is not to be counted now: it is still under way, or was counted where it was asked for. */
  defers(told: Background, call: Deferred): boolean;
  /** Reads a response that was asked for again. */
  read(endpoint: Endpoint, feature: string | undefined, contentType: string): Pick<Answer, 'push' | 'end'>;
}

interface BackgroundOptions {
  readonly now: () => number;
  readonly record: (event: LlmEvent) => void;
}

/** At once under way; and over. Ids only, some 100 bytes each. */
const MAX_UNDER_WAY = 4_096;
const MAX_OVER = 4_096;

export function createBackgrounds({ now, record }: BackgroundOptions): Backgrounds {
  const underWay = createRecent<Deferred>(MAX_UNDER_WAY);
  const over = createRecent<true>(MAX_OVER);

  function finish(endpoint: Endpoint, feature: string | undefined, facts: CallFacts): void {
    const told = facts.background;
    if (told?.isOver !== true || over.get(told.id) === true) return;
    const asked = underWay.get(told.id);
    underWay.delete(told.id);
    over.set(told.id, true);
    const duration = told.seconds ?? (asked && now() - asked.startedAt);
    const { provider, operation } = endpoint;
    record({
      ...{ provider, operation, model: facts.responseModel ?? asked?.requestModel },
      ...(asked?.requestModel !== undefined && { requestModel: asked.requestModel }),
      ...{ feature: asked?.feature ?? feature ?? endpoint.feature, isRetry: asked?.isRetry ?? false },
      status: facts.failure ?? 'success',
      ...(duration !== undefined && { duration }),
      ...(facts.usage !== undefined && { usage: facts.usage }),
      ...(facts.serviceTier !== undefined && { serviceTier: facts.serviceTier }),
    });
  }

  return {
    defers({ id, isOver }, call) {
      const isCounted = over.get(id) === true;
      if (isCounted) return true;
      if (isOver) {
        underWay.delete(id);
        over.set(id, true);
      } else if (underWay.get(id) === undefined) underWay.set(id, call);
      return !isOver;
    },
    read(endpoint, feature, contentType) {
      const facts: CallFacts = {};
      const { readRequest, readAnswer, readEvent } = endpoint;
      const tell = (): void => finish(endpoint, feature, facts);
      const answer = createAnswer({
        ...{ contentType, facts, strip: false, onFirstToken: () => {}, onDone: tell },
        readers: { readRequest, readAnswer, readEvent, readHead: () => {} },
      });
      return {
        push: (bytes) => answer.push(bytes),
        end() {
          const rest = answer.end();
          tell();
          return rest;
        },
      };
    },
  };
}
