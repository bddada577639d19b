/**
 * What Mistral has beside the protocol it shares with OpenAI: conversations, with a model or an agent, and the reading
 * of documents. Source: https://docs.mistral.ai/api.
 */
import type { CallFacts, Endpoint, Provider } from '../types.js';
import { providerOfHost } from './hosts.js';
import { readUsage } from './openai-usage.js';
import { addUsage, count, failureOf, list, object, readRequest, text } from './read.js';

const NAME = 'mistral';
const CONVERSATIONS = '/v1/conversations';
/** A first turn, one more, and one more from an earlier place. */
const TURN = /^\/v1\/conversations(?:\/[^/]+(?:\/restart)?)?$/;

/** What connectors (web search, libraries) gave the model lies beside the prompt, and is read by it. */
function readConversationUsage(value: unknown, facts: CallFacts): void {
  const usage = object(value);
  readUsage(usage, facts);
  const prompt = count(usage?.['prompt_tokens']);
  if (prompt === undefined) return;
  addUsage(facts, { promptTokens: count(prompt + (count(usage?.['connector_tokens']) ?? 0)) });
}

/** An agent's model is told by what it said. */
function readTurn(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  const models = list(answer['outputs']).map((output) => text(object(output)?.['model']));
  const model = models.find((each) => each !== undefined) ?? text(answer['model']);
  if (model !== undefined) facts.responseModel ??= model;
  readConversationUsage(answer['usage'], facts);
}

function readTurnEvent(value: unknown, facts: CallFacts): void {
  const event = object(value);
  if (event === undefined) return;
  readTurn(event, facts);
  const type = text(event['type']) ?? '';
  if (type === 'message.output.delta' || type === 'function.call.delta') facts.sawContent = true;
  if (type === 'conversation.response.error') facts.failure = failureOf(event);
  if (type === 'conversation.response.done' || type === 'conversation.response.error') facts.done = true;
}

function readDocument(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  const model = text(answer?.['model']);
  if (model !== undefined) facts.responseModel = model;
  addUsage(facts, { pages: count(object(answer?.['usage_info'])?.['pages_processed']) });
}

const conversation: Endpoint = {
  provider: NAME,
  operation: 'chat',
  feature: 'chat',
  readRequest,
  readAnswer: readTurn,
  readEvent: readTurnEvent,
};

const ocr: Endpoint = {
  ...conversation,
  operation: 'ocr',
  feature: 'ocr',
  readAnswer: readDocument,
  readEvent: readDocument,
};

export const mistral: Provider = {
  name: NAME,
  endings: ['ocr', 'conversations', 'restart'],
  beginning: `${CONVERSATIONS}/`,
  endpoint(host, path) {
    if (providerOfHost(host) !== NAME) return undefined;
    if (path.endsWith('/v1/ocr')) return ocr;
    return TURN.test(path) ? conversation : undefined;
  },
};
