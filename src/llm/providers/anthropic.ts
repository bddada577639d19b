/**
 * Anthropic's Messages, at its own hosts, at Microsoft's and behind gateways (`/v1/messages`) and on Vertex (`:rawPredict`).
 * Source: https://platform.claude.com/docs/en/api/messages and …/build-with-claude/streaming.
 */
import type { CallFacts, Endpoint, Provider } from '../types.js';
import { readUsage } from './anthropic-usage.js';
import { providerOfHost, UNKNOWN_PROVIDER } from './hosts.js';
import { namedEndpoints } from './named.js';
import { failureOf, list, object, readRequest, text, type Json } from './read.js';

const PATH = '/v1/messages';
/** On Vertex the path names the model; the body does not. Counting tokens is free and is no call. */
const VERTEX = /\/publishers\/anthropic\/models\/(?!count-tokens:)([^/:]{1,128}):(?:streamR|r)awPredict$/;

/** Of a host we do not know: many services other than models have a `/v1/messages`. */
function readUnknownRequest(body: unknown, facts: CallFacts): void {
  readRequest(body, facts);
  const isCall = facts.requestModel !== undefined && list(object(body)?.['messages']).length > 0;
  if (!isCall) facts.isNoCall = true;
}

export function readAnswer(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  const model = text(answer['model']);
  if (model !== undefined) facts.responseModel = model;
  readUsage(answer['usage'], facts);
  if (answer['type'] === 'error') facts.failure = failureOf(answer['error']);
}

function readEvent(value: unknown, facts: CallFacts): void {
  const event = object(value);
  if (event === undefined) return;
  readAnswer(object(event['message']) ?? event, facts);
  if (facts.sawContent !== true && hasContent(event)) facts.sawContent = true;
  if (event['type'] === 'message_stop' || event['type'] === 'error') facts.done = true;
}

/** A block of text or thinking starts empty, and a signature is nothing to read; a tool's start names the tool. */
function hasContent(event: Json): boolean {
  if (event['type'] === 'content_block_start') {
    const type = object(event['content_block'])?.['type'];
    return type !== 'text' && type !== 'thinking';
  }
  if (event['type'] !== 'content_block_delta') return false;
  const delta = object(event['delta']) ?? {};
  return delta['type'] !== 'signature_delta' && Object.values(delta).some((part, i) => i > 0 && part !== '');
}

const messages = (provider: string): Endpoint => ({
  provider,
  operation: 'chat',
  feature: 'chat',
  readRequest: provider === UNKNOWN_PROVIDER ? readUnknownRequest : readRequest,
  readAnswer,
  readEvent,
});

const byProvider = new Map<string, Endpoint>();

/** Microsoft sells Claude at Anthropic's prices. */
function endpointOf(host: string): Endpoint {
  const found = providerOfHost(host);
  const provider = found === 'azure' ? 'anthropic' : found;
  const endpoint = byProvider.get(provider) ?? messages(provider);
  byProvider.set(provider, endpoint);
  return endpoint;
}

const vertex = messages('anthropic');
const onVertex = namedEndpoints();

export const anthropic: Provider = {
  name: 'anthropic',
  endings: ['messages', 'rawPredict', 'streamRawPredict'],
  endpoint(host, path) {
    if (path.endsWith(PATH)) return endpointOf(host);
    const model = VERTEX.exec(path)?.[1];
    return model === undefined ? undefined : onVertex(vertex, model);
  },
};
