/**
 * Results of Anthropic's message batches: `{ custom_id, result: { type, message } }` a line. The batch itself does not
 * tell what it used. Source: https://platform.claude.com/docs/en/api/retrieving-message-batch-results.
 */
import type { BatchResult, CallFacts, LlmStatus } from '../types.js';
import { readAnswer } from './anthropic.js';
import { failureOf, object, text } from './read.js';

const FAILURES: Readonly<Record<string, LlmStatus>> = { canceled: 'cancelled', expired: 'timeout' };

export function readLine(value: unknown): BatchResult | undefined {
  const result = object(object(value)?.['result']);
  const type = text(result?.['type']);
  if (result === undefined || type === undefined) return undefined;
  const facts: CallFacts = {};
  const kind = { operation: 'chat', feature: 'chat', facts } as const;
  if (type !== 'succeeded') {
    const error = object(result['error']);
    return { ...kind, status: FAILURES[type] ?? failureOf(error?.['error'] ?? error) };
  }
  readAnswer(result['message'], facts);
  // Inference bound to the United States has its surcharge in a batch too.
  facts.serviceTier = facts.serviceTier?.endsWith(' us') === true ? 'batch us' : 'batch';
  return { ...kind, status: 'success' };
}
