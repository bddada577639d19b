/** One finished LLM call, as measurements. Pure: values in, emits out. */
import type { Emit } from '../catalogue/catalogue.js';
import type { Quote } from './prices/price.js';
import type { LlmEvent } from './types.js';

/**
 * Whether the provider bills this call: it succeeded, or told what it used before it ended otherwise. A call that was
 * refused is free, also when its request says how much was asked for.
 */
export function isBilled({ status, usage, costUsd }: LlmEvent): boolean {
  if (status === 'success' || costUsd !== undefined) return true;
  const { promptTokens, completionTokens, seconds } = usage ?? {};
  return promptTokens !== undefined || completionTokens !== undefined || seconds !== undefined;
}

/** `model` is the normalised name; `quote` the price of a billed call. Costs and tokens are added once, never estimated here. */
export function measureLlm(event: LlmEvent, model: string, quote: Quote | undefined, emit: Emit): void {
  const { feature, status, usage, requests = 1 } = event;
  emit('intelia_llm_requests_total', requests, { model, status });
  if (event.duration !== undefined) {
    emit('intelia_llm_request_duration_seconds', event.duration, { model, feature });
  }
  if (event.timeToFirstToken !== undefined) {
    emit('intelia_llm_time_to_first_token_seconds', event.timeToFirstToken, { model, feature });
  }
  const add = (tokens: number | undefined, record: (tokens: number) => void) => {
    // A zero would only make a series; anything else, junk too, is the registry's to judge.
    if (tokens !== undefined && tokens !== 0) record(tokens);
  };
  add(usage?.promptTokens, (n) => emit('intelia_llm_tokens_total', n, { model, type: 'prompt' }));
  add(usage?.completionTokens, (n) => emit('intelia_llm_tokens_total', n, { model, type: 'completion' }));
  add(usage?.cachedTokens, (n) => emit('intelia_llm_cached_tokens_total', n, { model }));
  add(usage?.reasoningTokens, (n) => emit('intelia_llm_reasoning_tokens_total', n, { model }));
  if (event.isRetry) emit('intelia_llm_retries_total', 1, { model });

  if (quote !== undefined && 'costUsd' in quote)
    emit('intelia_llm_cost_usd_total', quote.costUsd, { model, feature });
  else if (quote !== undefined)
    emit('intelia_llm_unpriced_requests_total', requests, { model, reason: quote.reason });

  if (status !== 'success' && status !== 'cancelled') {
    const severity = status === 'rate_limited' ? 'warning' : 'error';
    emit('intelia_errors_total', requests, { type: `llm_${status}`, severity });
  }
}
