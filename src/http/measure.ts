/** One finished HTTP request → metrics. */
import type { Emit, Labels } from '../catalogue/catalogue.js';
import type { Context } from '../context.js';
import type { Bound } from '../metrics/family.js';

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

/**
 * The event has all labels of both metrics, so it serves as their label object. A status that is a number finds the
 * series of its text.
 */
const labelsOf = (event: HttpEvent): Labels<'intelia_http_requests_total'> => event as never;

export function measureRequest(event: HttpEvent, emit: Emit): void {
  emit('intelia_http_requests_total', 1, labelsOf(event));
  emit('intelia_http_request_duration_seconds', event.duration, labelsOf(event));
  countFailure(event.status, emit);
}

function countFailure(status: HttpEvent['status'], emit: Emit): void {
  if (Number(status) >= 500) emit('intelia_errors_total', 1, SERVER_ERROR);
}

/** What the requests that are alike in all labels are recorded with. */
interface Series extends Omit<HttpEvent, 'duration'> {
  readonly count: Bound;
  readonly time: Bound;
}

const isOf = (series: Series, method: string, endpoint: string, status: HttpEvent['status']): boolean =>
  series.status === status && series.method === method && series.endpoint === endpoint;

type RequestMeasure = (
  method: string,
  endpoint: string,
  status: HttpEvent['status'],
  duration: number,
) => void;

/**
 * `measureRequest` with a memory of the series it has recorded into: to find them by their labels takes a quarter of
 * all that a request pays. Series that do not exist are not remembered, so their bound holds here too. Takes the fields
 * of an event, which is made for a new series only.
 */
export function createRequestMeasure({ emit, bind }: Pick<Context, 'emit' | 'bind'>): RequestMeasure {
  const known = new Map<string, Series[]>();
  let last: Series | undefined;

  function remember(event: HttpEvent): void {
    const count = bind('intelia_http_requests_total', labelsOf(event));
    const time = bind('intelia_http_request_duration_seconds', labelsOf(event));
    if (count === undefined || time === undefined) return;
    const { endpoint, method, status } = event;
    const all = known.get(endpoint);
    const series = { endpoint, method, status, count, time };
    if (all === undefined) known.set(endpoint, [series]);
    else all.push(series);
  }

  return (method, endpoint, status, duration) => {
    // Most requests are like the one before; for one endpoint there are a few kinds.
    if (last === undefined || !isOf(last, method, endpoint, status))
      last = known.get(endpoint)?.find((series) => isOf(series, method, endpoint, status));
    if (last === undefined) {
      const event = { method, endpoint, status, duration };
      measureRequest(event, emit);
      remember(event);
      return;
    }
    last.count(1);
    last.time(duration);
    countFailure(status, emit);
  };
}
