/** One finished HTTP request → metrics. */
import type { Emit, Labels } from '../catalogue/catalogue.js';

export interface HttpEvent {
  /** As sent; a method the catalogue does not list is counted as `other`. */
  readonly method: string;
  /** A route template, or `(unmatched)`. */
  readonly endpoint: string;
  readonly status: number | string;
  /** Seconds. */
  readonly duration: number;
}

const SERVER_ERROR: Labels<'intelia_errors_total'> = { type: 'http_5xx', severity: 'error' };

export function measureRequest(event: HttpEvent, emit: Emit): void {
  // The event has all labels of both metrics, so it serves as their label object: nothing is allocated here. A status
  // that is a number finds the series of its text.
  const labels = event as Labels<'intelia_http_requests_total'>;
  emit('intelia_http_requests_total', 1, labels);
  emit('intelia_http_request_duration_seconds', event.duration, labels);
  if (Number(event.status) >= 500) emit('intelia_errors_total', 1, SERVER_ERROR);
}
