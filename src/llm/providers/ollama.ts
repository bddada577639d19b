/** Ollama's own API, on one's own machine or in its cloud. Source: https://docs.ollama.com/api. */
import type { CallFacts, Endpoint, Operation, Provider } from '../types.js';
import { OLLAMA, providerOfHost } from './hosts.js';
import { addUsage, count, list, object, text, type Json } from './read.js';

function readRequest(body: unknown, facts: CallFacts): void {
  const model = text(object(body)?.['model']);
  if (model !== undefined) facts.requestModel = model;
}

/** Words stream unless told otherwise. */
function readWordsRequest(body: unknown, facts: CallFacts): void {
  readRequest(body, facts);
  const request = object(body);
  if (request !== undefined && request['stream'] !== false) facts.stream = true;
}

/** What each request of Ollama's has, at a host that may as well be an application with an `/api/chat` of its own. */
const FORMS: Readonly<Record<string, (request: Json) => boolean>> = {
  chat: (request) => Array.isArray(request['messages']),
  generate: (request) => request['prompt'] === undefined || typeof request['prompt'] === 'string',
  embed: (request) => request['input'] !== undefined,
};

function readAnswer(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  const model = text(answer['model']);
  if (model !== undefined) facts.responseModel = model;
  addUsage(facts, {
    promptTokens: count(answer['prompt_eval_count']),
    completionTokens: count(answer['eval_count']),
  });
  // Its errors are words, which are never kept.
  if (typeof answer['error'] === 'string') facts.failure = 'server_error';
}

function readEvent(value: unknown, facts: CallFacts): void {
  const event = object(value);
  if (event === undefined) return;
  readAnswer(event, facts);
  if (facts.sawContent !== true && hasContent(event)) facts.sawContent = true;
  if (event['done'] === true || facts.failure !== undefined) facts.done = true;
}

function hasContent(event: Json): boolean {
  const message = object(event['message']) ?? {};
  const words = [event['response'], event['thinking'], message['content'], message['thinking']];
  return (
    words.some((word) => typeof word === 'string' && word !== '') || list(message['tool_calls']).length > 0
  );
}

interface Pair {
  readonly known: Endpoint;
  readonly unknown: Endpoint;
}

function pair(name: string, operation: Operation, feature: string): Pair {
  const readOwn = operation === 'embeddings' ? readRequest : readWordsRequest;
  const known = { provider: OLLAMA, operation, feature, readRequest: readOwn, readAnswer, readEvent };
  const unknown: Endpoint = {
    ...known,
    readRequest(body, facts) {
      readOwn(body, facts);
      const request = object(body);
      const isOllama = request !== undefined && FORMS[name]?.(request) === true;
      if (facts.requestModel === undefined || !isOllama) facts.isNoCall = true;
    },
  };
  return { known, unknown };
}

/** Its old `/api/embeddings` tells no usage, and reads as OpenAI's. */
const PATHS: readonly (readonly [path: string, Pair])[] = [
  ['/api/chat', pair('chat', 'chat', 'chat')],
  ['/api/generate', pair('generate', 'completion', 'chat')],
  ['/api/embed', pair('embed', 'embeddings', 'embeddings')],
];

export const ollama: Provider = {
  name: OLLAMA,
  endings: PATHS.map(([path]) => path.slice('/api/'.length)),
  endpoint(host, path) {
    const found = PATHS.find(([end]) => path.endsWith(end))?.[1];
    return found && (providerOfHost(host) === OLLAMA ? found.known : found.unknown);
  },
};
