/**
 * Batches of the Gemini API: their results stand in the batch itself or, line by line, in a file.
 * Source: https://ai.google.dev/gemini-api/docs/batch-api and https://ai.google.dev/api/batch-api.
 */
import type { BatchResult, CallFacts, LlmStatus } from '../types.js';
import { readAnswer } from './google-readers.js';
import { addUsage, copied, count, failureOf, number, object } from './read.js';

/** One of the responses: `{ response }` or `{ error }`, in a file with a `key`. */
export function readResult(value: unknown): BatchResult | undefined {
  const result = object(value);
  const response = object(result?.['response']);
  const error = object(result?.['error']);
  if (response === undefined && error === undefined) return undefined;
  const facts: CallFacts = {};
  const isEmbedding = object(response?.['embedding']) !== undefined;
  const kind = isEmbedding
    ? ({ operation: 'embeddings', feature: 'embeddings', facts } as const)
    : ({ operation: 'chat', feature: 'chat', facts } as const);
  if (error !== undefined)
    return { ...kind, status: failureOfRpc(number(error['code'])) ?? failureOf(error) };
  readAnswer(response, facts);
  if (isEmbedding) addUsage(facts, { promptTokens: count(number(response?.['tokenCount'])) });
  facts.serviceTier = 'batch';
  return { ...kind, status: facts.failure ?? 'success' };
}

/** Google's own codes, below those of HTTP. https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
function failureOfRpc(code: number): LlmStatus | undefined {
  if (!(code >= 1 && code <= 16)) return undefined;
  if (code === 1) return 'cancelled';
  if (code === 4) return 'timeout';
  if (code === 8) return 'rate_limited';
  return [3, 5, 6, 7, 9, 11, 16].includes(code) ? 'client_error' : 'server_error';
}

/** Answers of some models do not name the model; the batch does, before its results. */
export function readHead(head: string): { model?: string | undefined } {
  return { model: copied(/"model"\s*:\s*"models\/([^"\\]{1,128})"/.exec(head)?.[1]) };
}
