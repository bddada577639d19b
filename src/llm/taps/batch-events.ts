/** What is counted of a batch: an event for each of its results, or two for all of them. */
import type { BatchResult, BatchSum, LlmEvent } from '../types.js';

/** @param named the feature, where the application names one; @param model where the result itself does not tell it */
export function eventOf(
  provider: string,
  { operation, feature, status, facts }: BatchResult,
  named: string | undefined,
  model: string | undefined,
): LlmEvent {
  return {
    ...{ provider, operation, model: facts.responseModel ?? model, feature: named ?? feature, status },
    ...(status === 'success' && facts.usage !== undefined && { usage: facts.usage }),
    ...(facts.costUsd !== undefined && { costUsd: facts.costUsd }),
    ...{ serviceTier: facts.serviceTier ?? 'batch', isRetry: false },
  };
}

/** Those that succeeded, with the usage of all, and those that failed. */
export function sumsOf(
  provider: string,
  batch: BatchSum,
  named: string | undefined,
): Record<'succeeded' | 'failed', LlmEvent> {
  const { facts, feature, succeeded, failed, failure } = batch;
  const all = { operation: 'batch', feature } as const;
  const sum = eventOf(provider, { ...all, status: 'success', facts }, named, undefined);
  const failures = eventOf(provider, { ...all, status: failure, facts }, named, undefined);
  // Without its usage a batch says nothing that its results will not say better.
  const isTold = facts.usage !== undefined;
  return {
    succeeded: { ...sum, requests: isTold ? succeeded : 0 },
    failed: { ...failures, requests: isTold ? failed : 0 },
  };
}
