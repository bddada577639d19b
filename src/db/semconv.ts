/**
 * OpenTelemetry's database metrics from the same events as ours, for tools that read those.
 * Names, attributes, buckets: https://github.com/open-telemetry/semantic-conventions, docs/db/database-metrics.md, 2026-11;
 * the duration is stable there, the connection count in development.
 */
import type { MeterProvider } from '@opentelemetry/api';
import { catalogue } from '../catalogue/catalogue.js';
import type { Context } from '../context.js';
import {
  createHistograms,
  observeCount,
  type CountSpec,
  type HistogramSpec,
  type Scope,
} from '../metrics/semconv.js';
import { databaseEvents, type DatabaseEvent } from './events.js';
import { readPools } from './pools.js';

export const DB_METRICS = {
  'db.client.operation.duration': {
    unit: 's',
    description: 'Duration of database client operations.',
    bounds: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
  },
} as const satisfies Record<string, HistogramSpec>;

const CONNECTIONS: CountSpec = {
  unit: '{connection}',
  description: 'The number of connections that are currently in state described by the `state` attribute.',
};

export type EmitDb = (
  name: keyof typeof DB_METRICS,
  value: number,
  attributes: Record<string, string>,
) => void;

/** Past as many of them as our own metrics have a further one is `_OTHER`. */
const { table: TABLES, operation: OPERATIONS } = catalogue.intelia_db_queries_total.labels;

/** Gives the function that measures one call. It remembers which tables and operations there were. */
export function createDbMeasure(emit: EmitDb): (event: DatabaseEvent) => void {
  const boundedTable = bounded(TABLES.bound);
  const boundedOperation = bounded(OPERATIONS.bound);
  return ({ system, operation, table, failed, duration }) => {
    const attributes: Record<string, string> = { 'db.system.name': system };
    // The convention has no attribute where there is nothing to say.
    if (operation !== 'OTHER') attributes['db.operation.name'] = boundedOperation(operation);
    if (table !== '') attributes['db.collection.name'] = boundedTable(table);
    // What kind of error it was no hook tells; this is the convention's word for that.
    if (failed) attributes['error.type'] = '_OTHER';
    emit('db.client.operation.duration', duration, attributes);
  };
}

function bounded(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (!known.has(value) && known.size >= limit) return '_OTHER';
    known.add(value);
    return value;
  };
}

/** Records with a meter of `provider`: each call that our hooks see, and the pools at each collection. */
export function hookDbSemconv(context: Context, provider: MeterProvider, scope: Scope): void {
  databaseEvents(context).listen(createDbMeasure(createHistograms(provider, scope, DB_METRICS)));
  observeCount(provider, scope, 'db.client.connection.count', CONNECTIONS, (set) => {
    context.guard.run('db semconv', () => {
      for (const { pool, active, idle } of readPools(context)) {
        const of = { 'db.client.connection.pool.name': pool };
        set(active, { ...of, 'db.client.connection.state': 'used' });
        if (idle !== undefined) set(idle, { ...of, 'db.client.connection.state': 'idle' });
      }
    });
  });
}
