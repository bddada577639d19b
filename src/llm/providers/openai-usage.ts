/** OpenAI's `usage` in its several spellings, and the few fields that others add to it. */
import type { CallFacts } from '../types.js';
import { addUsage, amount, count, object, part } from './read.js';

/**
 * Reads `prompt_tokens`/`completion_tokens` (chat, embeddings) and `input_tokens`/`output_tokens` (responses, images,
 * transcription), with their details. Details are subsets of the whole, as OpenAI bills them.
 */
export function readUsage(value: unknown, facts: CallFacts): void {
  const usage = object(value);
  if (usage === undefined) return;
  const input =
    object(usage['prompt_tokens_details']) ??
    object(usage['input_tokens_details']) ??
    object(usage['input_token_details']);
  const output =
    object(usage['completion_tokens_details']) ??
    object(usage['output_tokens_details']) ??
    object(usage['output_token_details']);
  const cached = object(input?.['cached_tokens_details']);
  const prompt = count(usage['prompt_tokens']) ?? count(usage['input_tokens']);
  const completion = wholeCompletion(
    prompt,
    count(usage['completion_tokens']) ?? count(usage['output_tokens']),
    count(output?.['reasoning_tokens']),
    count(usage['total_tokens']),
  );
  addUsage(facts, {
    promptTokens: prompt,
    completionTokens: completion,
    // DeepSeek tells its cache hits beside the details.
    cachedTokens: part(input?.['cached_tokens'], prompt) ?? part(usage['prompt_cache_hit_tokens'], prompt),
    cacheWriteTokens: part(input?.['cache_write_tokens'], prompt),
    cacheWrite1hTokens: part(object(input?.['cache_write_tokens_details'])?.['ttl_12h_tokens'], prompt),
    reasoningTokens: part(output?.['reasoning_tokens'], completion),
    audioInputTokens: part(input?.['audio_tokens'], prompt),
    audioOutputTokens: part(output?.['audio_tokens'], completion),
    imageInputTokens: part(input?.['image_tokens'], prompt),
    imageOutputTokens: part(output?.['image_tokens'], completion),
    cachedAudioTokens: part(cached?.['audio_tokens'], prompt),
    cachedImageTokens: part(cached?.['image_tokens'], prompt),
    seconds: amount(usage['seconds']),
  });
  // OpenRouter states what it charges, in US dollars.
  const cost = amount(usage['cost']);
  // xAI in ten-billionths of them, its tools among it: https://docs.x.ai/developers/cost-tracking, 2026-11-22.
  const ticks = usage['cost_in_usd_ticks'];
  const stated = cost ?? (typeof ticks === 'number' ? amount(ticks / 1e10) : undefined);
  if (stated !== undefined) facts.costUsd = stated;
}

/** xAI counts reasoning beside the completion, not in it: then only the total holds all three. */
function wholeCompletion(prompt = 0, completion?: number, reasoning = 0, total?: number): number | undefined {
  if (completion === undefined || reasoning === 0) return completion;
  return total === prompt + completion + reasoning ? completion + reasoning : completion;
}
