/**
 * Responses made in the background: answered at once as `queued`, asked for until they are over.
 * Source: https://developers.openai.com/api/docs/guides/background.
 */
import type { CallFacts } from '../types.js';
import { amount, failureOf, number, text, type Json } from './read.js';

const UNDER_WAY: ReadonlySet<unknown> = new Set(['queued', 'in_progress']);

/** A response object that says of itself that it is one of these. */
export function readBackground(response: Json, facts: CallFacts): void {
  const id = text(response['id']);
  const status = text(response['status']);
  // An image has a `background` too, and no status.
  if (id === undefined || status === undefined) return;
  // Seconds since 1970; what is no number makes none.
  const seconds = amount(number(response['completed_at']) - number(response['created_at']));
  facts.background = { id, isOver: !UNDER_WAY.has(status), seconds };
  if (status === 'cancelled') facts.failure = 'cancelled';
  if (status === 'failed') facts.failure = failureOf(response['error']);
}
