/**
 * Cohere's second API, chat and embed, and the first one that older applications call, generate too. Source:
 * https://docs.cohere.com/reference/chat, …/reference/embed, …/v1/reference/chat, …/v1/reference/generate.
 */
import type { CallFacts, Endpoint, Provider } from '../types.js';
import { providerOfHost, UNKNOWN_PROVIDER } from './hosts.js';
import { addUsage, count, failureOf, list, object, part, readRequest, text, type Json } from './read.js';

/** Of a host we do not know: chats that speak of no model are other people's. */
function readUnknownRequest(body: unknown, facts: CallFacts): void {
  readRequest(body, facts);
  const request = object(body) ?? {};
  const isCohere = ['messages', 'texts', 'images', 'inputs'].some((name) => list(request[name]).length > 0);
  if (facts.requestModel === undefined || !isCohere) facts.isNoCall = true;
}

/** An invoice counts billed units; `tokens` also holds what Cohere itself put around the prompt. */
function readUsage(value: unknown, facts: CallFacts): void {
  const usage = object(value);
  const billed = object(usage?.['billed_units']);
  const all = object(usage?.['tokens']);
  const images = count(billed?.['image_tokens']);
  const input = count(billed?.['input_tokens']) ?? count(all?.['input_tokens']);
  const prompt =
    input === undefined && images === undefined ? undefined : count((input ?? 0) + (images ?? 0));
  addUsage(facts, {
    promptTokens: prompt,
    completionTokens: count(billed?.['output_tokens']) ?? count(all?.['output_tokens']),
    cachedTokens: part(usage?.['cached_tokens'], prompt),
    imageInputTokens: part(images, prompt),
  });
}

function readEnd(told: Json, facts: CallFacts): void {
  const reason = told['finish_reason'];
  if (reason === 'TIMEOUT') facts.failure = 'timeout';
  else if (typeof reason === 'string' && reason.startsWith('ERROR')) facts.failure = failureOf(told['error']);
}

function readAnswer(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  readUsage(answer['usage'] ?? answer['meta'], facts);
  readEnd(answer, facts);
}

function readEvent(value: unknown, facts: CallFacts): void {
  const event = object(value);
  if (event === undefined) return;
  if (event['event_type'] !== undefined) return readFirstEvent(event, facts);
  const delta = object(event['delta']) ?? {};
  if (facts.sawContent !== true && hasContent(text(event['type']) ?? '', delta)) facts.sawContent = true;
  if (event['type'] !== 'message-end') return;
  readAnswer(delta, facts);
  facts.done = true;
}

/** The first API's: a line each, the last with the whole answer in it. */
function readFirstEvent(event: Json, facts: CallFacts): void {
  const type = text(event['event_type']) ?? '';
  if (type === 'text-generation' ? event['text'] !== '' : type.startsWith('tool-calls'))
    facts.sawContent = true;
  if (event['is_finished'] !== true) return;
  readAnswer(object(event['response']) ?? {}, facts);
  readEnd(event, facts);
  facts.done = true;
}

/** The first word of the answer, of a plan or of thinking, or the name of a tool. */
function hasContent(type: string, delta: Json): boolean {
  if (type === 'tool-call-start') return true;
  const message = object(delta['message']) ?? {};
  const content = object(message['content']) ?? {};
  return [content['text'], content['thinking'], message['tool_plan']].some(
    (part) => typeof part === 'string' && part !== '',
  );
}

type Cohere = 'chat' | 'completion' | 'embeddings';

function endpoints(operation: Cohere, feature: string = operation): (host: string) => Endpoint {
  const byProvider = new Map<string, Endpoint>();
  return (host) => {
    const provider = providerOfHost(host);
    const endpoint = byProvider.get(provider) ?? {
      provider,
      operation,
      feature,
      readRequest: provider === UNKNOWN_PROVIDER ? readUnknownRequest : readRequest,
      readAnswer,
      readEvent,
    };
    byProvider.set(provider, endpoint);
    return endpoint;
  };
}

const BY_ENDING: Readonly<Record<string, (host: string) => Endpoint>> = {
  chat: endpoints('chat'),
  embed: endpoints('embeddings'),
  generate: endpoints('completion', 'chat'),
};

const NAME = 'cohere';
const PATH = /\/v2\/(chat|embed)$/;
/** The words of other people's paths, too. */
const FIRST = /\/v1\/(chat|embed|generate)$/;

export const cohere: Provider = {
  name: NAME,
  endings: Object.keys(BY_ENDING),
  endpoint(host, path) {
    const ending =
      PATH.exec(path)?.[1] ?? (providerOfHost(host) === NAME ? FIRST.exec(path)?.[1] : undefined);
    return BY_ENDING[ending ?? '']?.(host);
  },
};
