/** The manual API: what callers give is read once, behind a wall, and goes to the same measures as what hooks see. */
import { LLM_STATUSES, type Emit, type LlmStatus } from '../catalogue/catalogue.js';
import { measureQuery } from '../db/measure.js';
import { measureRequest } from '../http/measure.js';
import type { RecordLlm } from '../llm/record.js';
import { OTHER } from '../metrics/labels.js';
import type { Registry } from '../metrics/registry.js';
import { createCallReader, type CallReader } from './read.js';
import type { DbQuery, HttpRequest, LlmCall, Tracking } from './types.js';

export type { Tracking };

export interface TrackingOptions {
  readonly emit: Emit;
  readonly observe: Registry['observe'];
  readonly drop: Registry['drop'];
  /** Names, prices and measures a finished call. */
  readonly recordLlm: RecordLlm;
}

export function createTracking({ emit, observe, drop, recordLlm }: TrackingOptions): Tracking {
  const reader = createCallReader(drop);
  return {
    trackLlmCall: reader.safely(LLM_REQUESTS, (call) => recordLlm(llmEvent(call, reader))),
    trackHttpRequest: reader.safely(HTTP_REQUESTS, (request) => httpRequest(request, reader, emit)),
    trackDbQuery: reader.safely(DB_QUERIES, (query) => dbQuery(query, reader, emit)),
    trackQuestion: (question) => emit('intelia_questions_total', 1, question),
    trackRevenue: reader.safely('intelia_revenue_usd_total', ({ plan, amountUsd }) => {
      emit('intelia_revenue_usd_total', amountUsd, { plan });
    }),
    trackError: (error) => emit('intelia_errors_total', 1, error),
    trackFeedback: (feedback) => emit('intelia_feedback_total', 1, feedback),
    setActiveUsers: activeUsers(observe, reader),
  };
}

const LLM_REQUESTS = 'intelia_llm_requests_total';
const HTTP_REQUESTS = 'intelia_http_requests_total';
const DB_QUERIES = 'intelia_db_queries_total';
const ACTIVE_USERS = 'intelia_active_users';

/** No provider's name: the price is found by the model's alone. */
const BY_HAND = 'manual';

function llmEvent(call: LlmCall, { label, optional }: CallReader): Parameters<RecordLlm>[0] {
  const { model, feature, duration, status = 'success' } = call;
  const promptTokens = optional('intelia_llm_tokens_total', call.promptTokens);
  const completionTokens = optional('intelia_llm_tokens_total', call.completionTokens);
  const costUsd = optional('intelia_llm_cost_usd_total', call.costUsd);
  return {
    provider: BY_HAND,
    operation: 'chat',
    model: label(LLM_REQUESTS, 'model', model),
    feature: label('intelia_llm_request_duration_seconds', 'feature', feature),
    // Not a type of error for each word that a caller makes up.
    status: LLM_STATUSES.includes(status) ? status : (OTHER as LlmStatus),
    duration,
    usage: {
      ...(promptTokens !== undefined && { promptTokens }),
      ...(completionTokens !== undefined && { completionTokens }),
    },
    ...(costUsd !== undefined && { costUsd }),
    isRetry: false,
  };
}

function httpRequest(
  { method, endpoint, status, duration }: HttpRequest,
  reader: CallReader,
  emit: Emit,
): void {
  const label = (name: string, given: unknown) => reader.label(HTTP_REQUESTS, name, given);
  const request = { endpoint: label('endpoint', endpoint), status: label('status', status), duration };
  measureRequest({ method: label('method', method).toUpperCase(), ...request }, emit);
}

function dbQuery({ operation, table, status, duration }: DbQuery, reader: CallReader, emit: Emit): void {
  const label = (name: string, given: unknown) => reader.label(DB_QUERIES, name, given);
  const query = { operation: label('operation', operation), table: label('table', table), duration };
  if (status === 'success' || status === 'error') {
    measureQuery({ ...query, failed: status === 'error' }, emit);
    return;
  }
  // Neither is true: the query is counted as `other`, and the caller's mistake with it.
  emit(DB_QUERIES, 1, { ...query, status });
  emit('intelia_db_query_duration_seconds', duration, query);
}

function activeUsers(
  observe: Registry['observe'],
  { safely, amount }: CallReader,
): Tracking['setActiveUsers'] {
  let stopAsking = (): void => undefined;
  return safely(ACTIVE_USERS, (users) => {
    const isFunction = typeof users === 'function';
    if (!isFunction && amount(ACTIVE_USERS, users) === undefined) return;
    stopAsking();
    // A number is observed too: a function that comes after it and fails must not leave it standing.
    stopAsking = observe(
      ACTIVE_USERS,
      safely(ACTIVE_USERS, (set) => {
        const value = amount(ACTIVE_USERS, isFunction ? settled(users()) : users);
        if (value !== undefined) set(value, {});
      }),
    );
  });
}

/** Refuses a promise, and takes care that its rejection, which nobody else could see, does not end the host. */
function settled(value: unknown): unknown {
  if (value instanceof Promise) {
    value.catch(() => undefined);
    throw new TypeError('the number is needed at once');
  }
  return value;
}
