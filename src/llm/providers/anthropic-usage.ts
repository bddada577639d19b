/** Anthropic's `usage`: counts that lie side by side there are parts of one prompt here, as everywhere else. */
import type { CallFacts, Usage } from '../types.js';
import { addUsage, amount, count, list, object, part, text, type Json } from './read.js';

/**
 * The prompt is `input_tokens` and what was read from and written to the cache. In a stream `message_start` tells them
 * first, and each `message_delta` again, cumulative; what a later one leaves out stays as it was.
 */
export function readUsage(value: unknown, facts: CallFacts): void {
  const told = object(value);
  if (told === undefined) return;
  const before = facts.usage ?? {};
  const more = compactionOf(told);
  const cached = added(count(told['cache_read_input_tokens']), more.cached) ?? before.cachedTokens;
  const written = added(count(told['cache_creation_input_tokens']), more.written) ?? before.cacheWriteTokens;
  const input = added(count(told['input_tokens']), more.input) ?? uncachedOf(before);
  const prompt = input === undefined ? undefined : count(input + (cached ?? 0) + (written ?? 0));
  const completion = count(added(count(told['output_tokens']), more.output)) ?? before.completionTokens;
  const hour =
    count(object(told['cache_creation'])?.['ephemeral_1h_input_tokens']) ?? (more.hour > 0 ? 0 : undefined);
  const server = object(told['server_tool_use']);
  addUsage(facts, {
    promptTokens: prompt,
    completionTokens: completion,
    cachedTokens: part(cached, prompt),
    cacheWriteTokens: part(written, prompt),
    cacheWrite1hTokens: part(added(hour, more.hour), written),
    reasoningTokens: part(object(told['output_tokens_details'])?.['thinking_tokens'], completion),
    webSearches: count(server?.['web_search_requests']),
  });
  const tier = tierOf(told);
  if (tier !== undefined) facts.serviceTier = tier;
  // OpenRouter speaks this protocol too, and states what it charges.
  const cost = amount(told['cost']);
  if (cost !== undefined) facts.costUsd = cost;
}

const added = (value: number | undefined, more: number): number | undefined =>
  value === undefined ? undefined : value + more;

function uncachedOf({ promptTokens, cachedTokens = 0, cacheWriteTokens = 0 }: Usage): number | undefined {
  return promptTokens === undefined ? undefined : promptTokens - cachedTokens - cacheWriteTokens;
}

/** What the provider used to shorten the conversation is billed, and stands only in `iterations`. */
function compactionOf(told: Json): Record<'input' | 'cached' | 'written' | 'hour' | 'output', number> {
  const sum = { input: 0, cached: 0, written: 0, hour: 0, output: 0 };
  for (const each of list(told['iterations'])) {
    const one = object(each);
    if (one?.['type'] !== 'compaction') continue;
    sum.input += count(one['input_tokens']) ?? 0;
    sum.cached += count(one['cache_read_input_tokens']) ?? 0;
    sum.written += count(one['cache_creation_input_tokens']) ?? 0;
    sum.hour += count(object(one['cache_creation'])?.['ephemeral_1h_input_tokens']) ?? 0;
    sum.output += count(one['output_tokens']) ?? 0;
  }
  return sum;
}

/** `standard`, `batch`, `priority`, or `fast`; with ` us` where inference was bound to the United States at a surcharge. */
function tierOf(told: Json): string | undefined {
  const tier = told['speed'] === 'fast' ? 'fast' : text(told['service_tier']);
  return told['inference_geo'] === 'us' ? `${tier ?? 'standard'} us` : tier;
}
