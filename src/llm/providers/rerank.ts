/**
 * Documents put in the order of a query: `/v1/rerank` and `/v2/rerank`, as Cohere, Voyage, Jina and others have it.
 * Source: https://docs.cohere.com/reference/rerank, https://docs.voyageai.com/reference/reranker-api,
 * https://api.jina.ai/redoc.
 */
import type { CallFacts, Endpoint, Provider } from '../types.js';
import { providerOfHost, UNKNOWN_PROVIDER } from './hosts.js';
import { addUsage, count, list, object, readRequest, text } from './read.js';

const PATH = /\/v[12]\/rerank$/;

/** Of a host we do not know: what has the form of their requests. */
function readUnknownRequest(body: unknown, facts: CallFacts): void {
  readRequest(body, facts);
  const { query, documents } = object(body) ?? {};
  const isCall = facts.requestModel !== undefined && typeof query === 'string' && list(documents).length > 0;
  if (!isCall) facts.isNoCall = true;
}

/** Cohere bills units of search, the others tokens, of which there are only some of the prompt. */
function readAnswer(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  const model = text(answer?.['model']);
  if (model !== undefined) facts.responseModel = model;
  const billed = object(object(answer?.['meta'])?.['billed_units']);
  addUsage(facts, {
    searchUnits: count(billed?.['search_units']),
    promptTokens: count(object(answer?.['usage'])?.['total_tokens']),
  });
}

const byProvider = new Map<string, Endpoint>();

export const rerank: Provider = {
  name: 'rerank',
  endings: ['rerank'],
  endpoint(host, path) {
    if (!PATH.test(path)) return undefined;
    const provider = providerOfHost(host);
    const endpoint = byProvider.get(provider) ?? {
      provider,
      operation: 'rerank',
      feature: 'rerank',
      readRequest: provider === UNKNOWN_PROVIDER ? readUnknownRequest : readRequest,
      readAnswer,
      readEvent: readAnswer,
    };
    byProvider.set(provider, endpoint);
    return endpoint;
  },
};
