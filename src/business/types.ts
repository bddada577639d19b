/** What applications hand to the manual API. JavaScript callers may hand over anything: see track.ts. */
import type { LlmStatus, Severity } from '../catalogue/catalogue.js';

/** One finished LLM call. */
export interface LlmCall {
  /** As asked for or answered, e.g. `gpt-4o-2024-08-06`; counted under its normalised name, `gpt-4o`. */
  readonly model: string;
  /** What the call was for, e.g. `chat`, `summary`. At most 50 distinct ones. */
  readonly feature: string;
  /** All prompt tokens, the cached ones among them. */
  readonly promptTokens: number;
  /** All completion tokens, the reasoning ones among them. */
  readonly completionTokens: number;
  /** US dollars. Computed from the price table when not given. */
  readonly costUsd?: number | undefined;
  /** Seconds. */
  readonly duration: number;
  /** `success` when not given. */
  readonly status?: LlmStatus | undefined;
}

/** One finished HTTP request. */
export interface HttpRequest {
  /** `GET`, `POST`, …, in any case. */
  readonly method: string;
  /** A route template such as `/users/:id`, never a URL: at most 200 distinct ones. */
  readonly endpoint: string;
  /** The status code. */
  readonly status: number | string;
  /** Seconds. */
  readonly duration: number;
}

/** One finished database query. */
export interface DbQuery {
  /** E.g. `SELECT`. At most 40 distinct ones. */
  readonly operation: string;
  /** At most 200 distinct ones. */
  readonly table: string;
  readonly status: 'success' | 'error';
  /** Seconds. */
  readonly duration: number;
}

/** One question asked by a user. */
export interface Question {
  /** Where it was asked, e.g. `web`, `voice`. At most 50 distinct ones. */
  readonly source: string;
  /** E.g. `fr`. At most 50 distinct ones. */
  readonly language: string;
}

/** One payment received. */
export interface Revenue {
  /** E.g. `pro`. At most 50 distinct ones. */
  readonly plan: string;
  /** US dollars, not cents; never negative. */
  readonly amountUsd: number;
}

/** One error that the application dealt with itself. */
export interface ErrorReport {
  /** A short name of its kind, e.g. `payment_declined`; never its message. At most 50 distinct ones. */
  readonly type: string;
  readonly severity: Severity;
}

/** One user's rating of an answer. */
export interface Feedback {
  readonly rating: 'positive' | 'negative';
}

/**
 * The manual API. No function throws, waits or returns anything, whatever it is given. What cannot be recorded (an
 * amount that is no finite number or negative, labels that cannot be read) is dropped, and counted in
 * `intelia_otel_dropped_measurements_total`; a label value that is not allowed, or one past its bound, is recorded as
 * `other` and counted there too.
 */
export interface Tracking {
  /**
   * Records one LLM call that is not measured by itself: calls through `fetch` or Node's HTTP client are, and would be
   * counted twice. Durations in seconds, cost in US dollars.
   *
   * A token count, cost or duration that is no number of 0 or more is dropped and the rest of the call recorded; a bad
   * `costUsd` is replaced by the computed one. Another `status` than those of `LlmStatus` is counted as `other`.
   *
   * @example
   * trackLlmCall({ model: 'gpt-4o', feature: 'summary', promptTokens: 1000, completionTokens: 500, duration: 2.5 });
   */
  trackLlmCall(call: LlmCall): void;
  /**
   * Records one HTTP request that is not served by Node's `http` or `http2`, as from a queue. Duration in seconds. A
   * status of 500 and above is counted in `intelia_errors_total` as well.
   *
   * A bad duration is dropped and the request still counted.
   *
   * @example
   * trackHttpRequest({ method: 'POST', endpoint: '/api/v1/questions/:id', status: 200, duration: 0.5 });
   */
  trackHttpRequest(request: HttpRequest): void;
  /**
   * Records one query of a database whose driver is not measured by itself. Duration in seconds. One with the status
   * `error` is counted in `intelia_errors_total` as well.
   *
   * A bad duration is dropped and the query still counted; another status is counted as `other`.
   *
   * @example
   * trackDbQuery({ operation: 'SELECT', table: 'farms', status: 'success', duration: 0.012 });
   */
  trackDbQuery(query: DbQuery): void;
  /**
   * Counts one question asked by a user.
   *
   * @example
   * trackQuestion({ source: 'web', language: 'fr' });
   */
  trackQuestion(question: Question): void;
  /**
   * Adds a payment to the revenue, in US dollars.
   *
   * Counters only grow: a negative amount (a refund) is dropped and counted as such. Subtract refunds where the books
   * are kept, or count them as a plan of their own, `{ plan: 'refund', amountUsd: 20 }`, for the dashboard to subtract.
   *
   * @example
   * trackRevenue({ plan: 'pro', amountUsd: 29.99 });
   */
  trackRevenue(revenue: Revenue): void;
  /**
   * Counts one error. Uncaught exceptions, unhandled rejections, HTTP 5xx and failed LLM calls and queries are counted
   * by themselves.
   *
   * Another severity than `warning`, `error` and `critical` is counted as `other`.
   *
   * @example
   * trackError({ type: 'payment_declined', severity: 'warning' });
   */
  trackError(error: ErrorReport): void;
  /**
   * Counts one rating of an answer.
   *
   * @example
   * trackFeedback({ rating: 'positive' });
   */
  trackFeedback(feedback: Feedback): void;
  /**
   * Sets the number of users active now: a number that holds until the next call, or a function that is asked at each
   * collection. The last call wins. In a number of processes each sets its own; dashboards show their maximum.
   *
   * A number that is not finite or negative is dropped, and what was set before holds. A function must answer at once:
   * while it throws, or gives a promise or no number of 0 or more, there is nothing to show, and each time is counted.
   *
   * @example
   * setActiveUsers(() => sessions.size);
   */
  setActiveUsers(users: number | (() => number)): void;
}
