/** Safe reading of whatever JSON a server sent: a field of a wrong type or an absurd size is as if it were missing. */
import type { CallFacts, LlmStatus, Usage } from '../types.js';

export type Json = Readonly<Record<string, unknown>>;

/** No call bills more than this of anything; what is above is junk, and one such value would spoil a total for ever. */
const MAX_COUNT = 1e9;
const MAX_TEXT = 128;

export function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A short string: a model, a tier, a kind of event. Longer ones are content, which is never kept. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT ? value : undefined;
}

/** A part of a longer text, one character a byte, as a string of its own: a mere slice would keep all of that alive. */
export const copied = (part: string | undefined): string | undefined =>
  part === undefined ? undefined : Buffer.from(part, 'latin1').toString();

/** A whole number of tokens, images or characters. */
export function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
    ? (value as number)
    : undefined;
}

/** Seconds or dollars: not negative, not absurd, fractions allowed. */
export function amount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MAX_COUNT ? value : undefined;
}

/** A count that is part of another; more than the whole is junk. */
export function part(value: unknown, whole: number | undefined): number | undefined {
  const found = count(value);
  return found !== undefined && whole !== undefined && found <= whole ? found : undefined;
}

/** A number, or the text of one, as a multipart form tells it. */
export function number(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,12}(\.\d{1,9})?$/.test(value) ? Number(value) : NaN;
}

/** Adds what was found to the facts; the last statement of a stream wins, field by field. */
export function addUsage(
  facts: CallFacts,
  found: { readonly [K in keyof Usage]: Usage[K] | undefined },
): void {
  let usage = facts.usage as Record<string, unknown> | undefined;
  for (const key in found) {
    const value = found[key as keyof Usage];
    if (value !== undefined) (usage ??= {})[key] = value;
  }
  if (usage !== undefined) facts.usage = usage as Usage;
}

/** The model and whether to stream, which most requests say in the same two fields. */
export function readRequest(body: unknown, facts: CallFacts): void {
  const request = object(body);
  const model = text(request?.['model']);
  if (model !== undefined) facts.requestModel = model;
  if (request?.['stream'] === true) facts.stream = true;
}

/** The model and the service tier, which most answers and stream events carry in the same two fields. */
export function addIdentity(facts: CallFacts, body: Json): void {
  const model = text(body['model']);
  if (model !== undefined) facts.responseModel = model;
  const tier = text(body['service_tier']);
  if (tier !== undefined) facts.serviceTier = tier;
}

/** How a call failed whose failure came inside a 200: by the numeric status if one is told, else by the words. */
export function failureOf(error: unknown): LlmStatus {
  const told = object(error) ?? {};
  const status = [told['status'], told['code'], told['status_code']]
    .map(number)
    .find((n) => n >= 400 && n < 600);
  if (status !== undefined) return failureOfStatus(status);
  const words = `${text(told['code']) ?? ''} ${text(told['type']) ?? ''}`.toLowerCase();
  if (/rate_?limit|quota|too_many/.test(words)) return 'rate_limited';
  if (/time_?out|timed_out|deadline/.test(words)) return 'timeout';
  if (
    /invalid|context_length|content_?(filter|policy)|not_found|permission|authenti|unsupported|billing|too_large/.test(
      words,
    )
  ) {
    return 'client_error';
  }
  return 'server_error';
}

function failureOfStatus(status: number): LlmStatus {
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 504) return 'timeout';
  return status < 500 ? 'client_error' : 'server_error';
}
