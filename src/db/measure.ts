/** What one query adds to the metrics. Pure: an event in, emits out. */
import type { Emit } from '../catalogue/catalogue.js';

/** One query, finished. Every driver's hook makes these. */
export interface QueryEvent {
  /** In upper case for SQL; the command of other databases. */
  readonly operation: string;
  /** '' when the query names none. */
  readonly table: string;
  readonly failed: boolean;
  /** Seconds from the call to the last row. */
  readonly duration: number;
}

export function measureQuery(event: QueryEvent, emit: Emit): void {
  const { operation, table, failed, duration } = event;
  emit('intelia_db_queries_total', 1, { operation, table, status: failed ? 'error' : 'success' });
  emit('intelia_db_query_duration_seconds', duration, { operation, table });
  if (failed) emit('intelia_errors_total', 1, { type: 'db_error', severity: 'error' });
}
