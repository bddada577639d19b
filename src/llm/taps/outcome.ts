/** How a call ended: from a status code, or from whatever was thrown. */
import type { LlmStatus } from '../types.js';

export function statusOfCode(code: number): LlmStatus {
  if (code >= 200 && code < 300) return 'success';
  if (code === 429) return 'rate_limited';
  if (code === 408) return 'timeout';
  return code >= 500 ? 'server_error' : 'client_error';
}

/** Codes of undici, Node and node-fetch for a time that ran out. */
const TIMEOUT_CODES: ReadonlySet<unknown> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
]);

/**
 * @param signal the request's own; an abort may throw anything the caller chose.
 * @param isLate the time the SDK allows has run out: its timer aborts just as a caller does.
 */
export function statusOfError(error: unknown, signal: AbortSignal | undefined, isLate: boolean): LlmStatus {
  const isAborted = signal?.aborted === true || nameOf(error) === 'AbortError';
  if (nameOf(error) === 'TimeoutError' || nameOf(signal?.reason) === 'TimeoutError') return 'timeout';
  if (isAborted) return isLate ? 'timeout' : 'cancelled';
  const isTimeout = TIMEOUT_CODES.has(codeOf(error)) || TIMEOUT_CODES.has(codeOf(causeOf(error)));
  return isTimeout ? 'timeout' : 'network_error';
}

const nameOf = (error: unknown): unknown => (error as { name?: unknown } | null | undefined)?.name;
const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code;
const causeOf = (error: unknown): unknown => (error as { cause?: unknown } | null | undefined)?.cause;
