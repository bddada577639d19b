/** What Bedrock's answers say was used, in the languages of Converse and of the models behind InvokeModel. */
import type { CallFacts, Endpoint } from '../types.js';
import { readUsage as readAnthropicUsage } from './anthropic-usage.js';
import { readUsage as readOpenaiUsage } from './openai-usage.js';
import { addUsage, count, list, number, object, part, type Json } from './read.js';

interface Counts {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly read: number | undefined;
  readonly written: number | undefined;
  readonly written1h?: number | undefined;
}

/** What was read from and written to the cache lies beside the input here, as with Anthropic; it is part of the prompt. */
function addCounts(facts: CallFacts, { input, output, read, written, written1h }: Counts): void {
  const prompt = input === undefined ? undefined : count(input + (read ?? 0) + (written ?? 0));
  addUsage(facts, {
    promptTokens: prompt,
    completionTokens: output,
    cachedTokens: part(read, prompt),
    cacheWriteTokens: part(written, prompt),
    cacheWrite1hTokens: part(written1h, written),
  });
}

/** A whole answer, or an event that may bring usage. */
export function readUsage(answer: Json, facts: CallFacts): void {
  const usage = object(answer['usage']);
  if (usage?.['inputTokens'] !== undefined) addCounts(facts, countsOf(usage));
  else if (usage?.['prompt_tokens'] !== undefined) readOpenaiUsage(usage, facts);
  else if (usage !== undefined) readAnthropicUsage(usage, facts);
  else addCounts(facts, countsBesideUsage(answer));
}

/** Converse, and Nova with its longer names. */
function countsOf(usage: Json): Counts {
  const details = list(usage['cacheDetails']).map(object);
  const hour = details.find((detail) => detail?.['ttl'] === '1h');
  return {
    input: count(usage['inputTokens']),
    output: count(usage['outputTokens']),
    read: count(usage['cacheReadInputTokens'] ?? usage['cacheReadInputTokenCount']),
    written: count(usage['cacheWriteInputTokens'] ?? usage['cacheWriteInputTokenCount']),
    written1h: count(hour?.['inputTokens']),
  };
}

/** Titan (its embeddings too) and Llama. */
function countsBesideUsage(answer: Json): Counts {
  const results = list(answer['results']).map((result) => count(object(result)?.['tokenCount']));
  const spoken = results.reduce(
    (sum, tokens) => (tokens === undefined ? sum : (sum ?? 0) + tokens),
    undefined,
  );
  return {
    input: count(answer['inputTextTokenCount']) ?? count(answer['prompt_token_count']),
    output:
      count(spoken) ?? count(answer['totalOutputTextTokenCount']) ?? count(answer['generation_token_count']),
    read: undefined,
    written: undefined,
  };
}

/** Closes every stream of InvokeModel; the model's own word, where it had one, says more. */
export function readMetrics(metrics: Json, facts: CallFacts): void {
  if (facts.usage?.promptTokens !== undefined && facts.usage.completionTokens !== undefined) return;
  addCounts(facts, {
    input: count(metrics['inputTokenCount']),
    output: count(metrics['outputTokenCount']),
    read: count(metrics['cacheReadInputTokenCount']),
    written: count(metrics['cacheWriteInputTokenCount']),
  });
}

/** Nova Sonic's, cumulative over the conversation; what is left of the whole is text. */
export function readVoiceUsage(value: unknown, facts: CallFacts): void {
  const usage = object(value);
  if (usage === undefined) return;
  const total = object(object(usage['details'])?.['total']);
  const prompt = count(usage['totalInputTokens']);
  const completion = count(usage['totalOutputTokens']);
  addUsage(facts, {
    promptTokens: prompt,
    completionTokens: completion,
    audioInputTokens: part(object(total?.['input'])?.['speechTokens'], prompt),
    audioOutputTokens: part(object(total?.['output'])?.['speechTokens'], completion),
  });
}

/** InvokeModel counts in its headers, for models that do not count themselves. */
export const readHead: NonNullable<Endpoint['readHead']> = (header, facts) => {
  const of = (name: string): number | undefined =>
    count(number(header(`x-amzn-bedrock-${name}-token-count`)));
  addCounts(facts, {
    input: of('input'),
    output: of('output'),
    read: of('cache-read-input'),
    written: of('cache-write-input'),
  });
};
