/** Google's `usageMetadata`, and the `usage` of interactions: counts that lie side by side there are parts here. */
import type { CallFacts } from '../types.js';
import { addUsage, count, list, object, part, text } from './read.js';

/** What one statement tells, whatever its fields are called. */
interface Told {
  readonly input: unknown;
  readonly tools: unknown;
  readonly cached: unknown;
  readonly output: unknown;
  readonly thoughts: unknown;
  readonly total: unknown;
  readonly inputDetails: readonly unknown[];
  readonly cachedDetails: readonly unknown[];
  readonly outputDetails: readonly unknown[];
}

/** Google bills what tools gave the model as its prompt, and thoughts as its output. */
function add(facts: CallFacts, told: Told): void {
  const input = count(told.input);
  const tools = count(told.tools) ?? 0;
  const prompt = input === undefined ? undefined : count(input + tools);
  const thoughts = count(told.thoughts);
  const completion = wholeCompletion(count(told.output), thoughts, (input ?? 0) + tools, count(told.total));
  addUsage(facts, {
    promptTokens: prompt,
    completionTokens: completion,
    cachedTokens: part(told.cached, prompt),
    reasoningTokens: part(thoughts, completion),
    audioInputTokens: part(ofModality(told.inputDetails, 'audio'), prompt),
    imageInputTokens: part(ofModality(told.inputDetails, 'image'), prompt),
    cachedAudioTokens: part(ofModality(told.cachedDetails, 'audio'), prompt),
    cachedImageTokens: part(ofModality(told.cachedDetails, 'image'), prompt),
    audioOutputTokens: part(ofModality(told.outputDetails, 'audio'), completion),
    imageOutputTokens: part(ofModality(told.outputDetails, 'image'), completion),
  });
}

/** Thoughts lie beside the output; where the total says that they are in it, they are not added again. */
function wholeCompletion(output?: number, thoughts?: number, prompt = 0, total?: number): number | undefined {
  if (output === undefined || thoughts === undefined) return output ?? thoughts;
  return total === prompt + output ? output : count(output + thoughts);
}

/** Undefined where nothing of this kind is told. `TEXT`, `AUDIO`, … in one place, small letters in the other. */
function ofModality(details: readonly unknown[], modality: string): number | undefined {
  let sum: number | undefined;
  for (const each of details) {
    const detail = object(each);
    if (text(detail?.['modality'])?.toLowerCase() !== modality) continue;
    sum = (sum ?? 0) + (count(detail?.['tokenCount']) ?? count(detail?.['tokens']) ?? 0);
  }
  return sum;
}

/** Vertex tells by the kind of traffic what the Gemini API calls a tier. */
const TIERS: Readonly<Record<string, string>> = {
  ON_DEMAND: 'standard',
  ON_DEMAND_PRIORITY: 'priority',
  ON_DEMAND_FLEX: 'flex',
  ON_DEMAND_OFFPEAK: 'offpeak',
  PROVISIONED_THROUGHPUT: 'provisioned',
};

export function readUsage(value: unknown, facts: CallFacts): void {
  const usage = object(value);
  if (usage === undefined) return;
  add(facts, {
    input: usage['promptTokenCount'],
    tools: usage['toolUsePromptTokenCount'],
    cached: usage['cachedContentTokenCount'],
    output: usage['candidatesTokenCount'],
    thoughts: usage['thoughtsTokenCount'],
    total: usage['totalTokenCount'],
    inputDetails: [...list(usage['promptTokensDetails']), ...list(usage['toolUsePromptTokensDetails'])],
    cachedDetails: list(usage['cacheTokensDetails']),
    outputDetails: list(usage['candidatesTokensDetails']),
  });
  const tier = text(usage['serviceTier'])?.toLowerCase() ?? TIERS[text(usage['trafficType']) ?? ''];
  if (tier !== undefined) facts.serviceTier = tier;
}

export function readInteractionUsage(value: unknown, facts: CallFacts): void {
  const usage = object(value);
  if (usage === undefined) return;
  add(facts, {
    input: usage['total_input_tokens'],
    tools: usage['total_tool_use_tokens'],
    cached: usage['total_cached_tokens'],
    output: usage['total_output_tokens'],
    thoughts: usage['total_thought_tokens'],
    total: usage['total_tokens'],
    inputDetails: [...list(usage['input_tokens_by_modality']), ...list(usage['tool_use_tokens_by_modality'])],
    cachedDetails: list(usage['cached_tokens_by_modality']),
    outputDetails: list(usage['output_tokens_by_modality']),
  });
}
