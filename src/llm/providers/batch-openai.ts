/**
 * Batches of OpenAI, Azure, Groq, Mistral, Together and others with the same files: the lines of a file of results, and the batch
 * itself. Source: https://platform.openai.com/docs/api-reference/batch, https://docs.mistral.ai/capabilities/batch.
 */
import type { BatchResult, BatchSum, CallFacts, LlmStatus, Operation } from '../types.js';
import * as readers from './openai-readers.js';
import { readUsage } from './openai-usage.js';
import { copied, count, failureOf, object, text, type Json } from './read.js';

type Kind = readonly [operation: Operation, feature: string];

const CHAT: Kind = ['chat', 'chat'];
const RESPONSES: Kind = ['responses', 'chat'];
const EMBEDDINGS: Kind = ['embeddings', 'embeddings'];
const MODERATION: Kind = ['moderation', 'moderation'];
const IMAGE: Kind = ['image', 'image'];

/** What a request was is seen by its answer: a line of results does not name the endpoint. */
function kindOf(answer: Json): Kind {
  if (answer['object'] === 'response') return RESPONSES;
  if (answer['object'] === 'list') return EMBEDDINGS;
  if (Array.isArray(answer['results'])) return MODERATION;
  return Array.isArray(answer['data']) ? IMAGE : CHAT;
}

/** One line: `{ custom_id, response: { status_code, body }, error }`. */
export function readLine(value: unknown): BatchResult | undefined {
  const line = object(value);
  const response = object(line?.['response']);
  const error = line?.['error'];
  // The file of requests has a `custom_id` too, but neither of these.
  if (line === undefined || typeof line['custom_id'] !== 'string') return undefined;
  if (response === undefined && object(error) === undefined) return undefined;
  const body = object(response?.['body']) ?? {};
  const code = count(response?.['status_code']);
  const facts: CallFacts = {};
  const [operation, feature] = kindOf(body);
  if (response === undefined || object(error) !== undefined || (code !== undefined && code >= 400)) {
    const status = failureOfLine({ status: code, ...object(body['error']), ...object(error) });
    return { operation, feature, status, facts };
  }
  (operation === 'image' ? readers.readImage : readers.readTyped)(body, facts);
  facts.serviceTier = 'batch';
  return { operation, feature, status: facts.failure ?? 'success', facts };
}

/** A request that the batch had no time for, or that was given up with it. */
function failureOfLine(error: Json): LlmStatus {
  if (error['code'] === 'batch_expired') return 'timeout';
  if (error['code'] === 'batch_cancelled') return 'cancelled';
  return failureOf(error);
}

const FAILURES: Readonly<Record<string, LlmStatus>> = {
  completed: 'client_error',
  expired: 'timeout',
  cancelled: 'cancelled',
};

/** A batch that is over. It tells its usage where it was made after September 2025, at OpenAI and at Azure. */
export function readBatch(body: unknown): BatchSum | undefined {
  const batch = object(body);
  const failure = FAILURES[text(batch?.['status']) ?? ''];
  if (batch?.['object'] !== 'batch' || failure === undefined) return undefined;
  const facts: CallFacts = {};
  readUsage(batch['usage'], facts);
  const model = text(batch['model']);
  if (model !== undefined) facts.responseModel = model;
  facts.serviceTier = 'batch';
  const counts = object(batch['request_counts']);
  return {
    facts,
    feature: featureOf(text(batch['endpoint']) ?? ''),
    succeeded: count(counts?.['completed']) ?? 0,
    failed: count(counts?.['failed']) ?? 0,
    failure,
    outputFile: text(batch['output_file_id']),
    errorFile: text(batch['error_file_id']),
  };
}

function featureOf(endpoint: string): string {
  if (endpoint.endsWith('/embeddings')) return 'embeddings';
  if (endpoint.endsWith('/moderations')) return 'moderation';
  return endpoint.includes('/images/') ? 'image' : 'chat';
}

/** Mistral's job can bring its results itself. The file it also writes holds the same ones. */
export function readJobHead(head: string): { id?: string | undefined; model?: string | undefined } {
  return {
    id: copied(/"output_file"\s*:\s*"([\w-]{1,120})"/.exec(head)?.[1]),
    model: copied(/"model"\s*:\s*"([^"\\]{1,128})"/.exec(head)?.[1]),
  };
}
