/** What Bedrock's answers and events tell, whichever model's language they are in. */
import type { CallFacts, LlmStatus } from '../types.js';
import { readMetrics, readUsage } from './bedrock-usage.js';
import { addUsage, list, object, text, type Json } from './read.js';

export function readAnswer(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  readUsage(answer, facts);
  const tier = text(object(answer['serviceTier'])?.['type']);
  if (tier !== undefined) facts.serviceTier = tier;
  const images = list(answer['images']).length;
  if (images > 0) addUsage(facts, { images });
}

/** One event, under its type; a `chunk` holds one of the model's own. */
export function readEvent(value: unknown, facts: CallFacts): void {
  for (const [kind, payload] of Object.entries(object(value) ?? {})) {
    const told = object(payload) ?? {};
    if (kind === 'metadata') {
      readAnswer(told, facts);
      facts.done = true;
    } else if (kind === 'chunk') readChunk(told, facts);
    else if (/exception$|^error$/i.test(kind)) {
      facts.failure = failureOf(kind);
      facts.done = true;
    } else if (hasContent({ [kind]: told })) facts.sawContent = true;
  }
}

function readChunk(chunk: Json, facts: CallFacts): void {
  readAnswer(object(chunk['message']) ?? object(chunk['metadata']) ?? chunk, facts);
  if (facts.sawContent !== true && hasContent(chunk)) facts.sawContent = true;
  const metrics = object(chunk['amazon-bedrock-invocationMetrics']);
  if (metrics === undefined) return;
  readMetrics(metrics, facts);
  facts.done = true;
}

/** Where the models of Bedrock put what they say: Converse and Nova, Anthropic, Llama, Titan, and those like OpenAI. */
function hasContent(event: Json): boolean {
  const delta = object(object(event['contentBlockDelta'])?.['delta']) ?? object(event['delta']);
  const said = [
    ...Object.entries(delta ?? {}).filter(([key]) => key !== 'type').map(([, part]) => part),
    ...(event['type'] === 'message_delta' ? [] : [event['generation'], event['outputText'], event['text']]),
    ...list(event['choices']).map((choice) => object(object(choice)?.['delta'])?.['content']),
    ...list(event['outputs']).map((output) => object(output)?.['text']),
  ]; // prettier-ignore
  return (
    event['type'] !== 'message_delta' &&
    said.some((part) => part !== undefined && part !== null && part !== '')
  );
}

function failureOf(exception: string): LlmStatus {
  if (/throttl|quota/i.test(exception)) return 'rate_limited';
  if (/timeout/i.test(exception)) return 'timeout';
  return /validation|denied|not_?found|conflict/i.test(exception) ? 'client_error' : 'server_error';
}
