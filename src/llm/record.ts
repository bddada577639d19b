/** Where taps and `trackLlmCall` hand over a finished call: named, priced and measured behind the wall. */
import type { Context } from '../context.js';
import { isBilled, measureLlm } from './measure.js';
import { normaliseModel } from './model.js';
import type { Pricer, Quote } from './prices/price.js';
import { OLLAMA, UNKNOWN_PROVIDER } from './providers/hosts.js';
import type { LlmEvent, Operation } from './types.js';

export type RecordLlm = (event: LlmEvent) => void;

/** What a call is counted under whose model nobody told. */
const NO_MODEL = 'unknown';

/** These paths (`/responses`, `/embeddings`, …) are words that any application may use for things of its own. */
const COMMON_WORDS: ReadonlySet<Operation> = new Set(['responses', 'completion', 'embeddings', 'moderation']);

interface RecorderOptions extends Pick<Context, 'emit' | 'guard'> {
  readonly pricer: Pricer;
  /** Gets every call that is one, too. */
  readonly also?: RecordLlm;
}

export function createRecorder({ emit, guard, pricer, also }: RecorderOptions): RecordLlm {
  return (event) =>
    void guard.run('llm record', () => {
      if (isNoLlmCall(event)) return;
      const model = normaliseModel(event.model) ?? NO_MODEL;
      measureLlm(event, model, quoteOf(event, pricer), emit);
      also?.(event);
    });
}

/**
 * Undefined for what costs nothing that we could know: a call that was refused, and one to a model on a machine of one's
 * own, unless its owner has set a price for it.
 */
function quoteOf(event: LlmEvent, pricer: Pricer): Quote | undefined {
  if (!isBilled(event)) return undefined;
  const quote = pricer.quote(event);
  const isNotSold = 'reason' in quote && quote.reason === 'unknown_model' && event.provider === OLLAMA;
  return isNotSold ? undefined : quote;
}

/** A POST to a host we do not know, with a path such as `/api/surveys/7/responses`, that speaks of no model. */
function isNoLlmCall({ provider, operation, model }: LlmEvent): boolean {
  return provider === UNKNOWN_PROVIDER && model === undefined && COMMON_WORDS.has(operation);
}
