/** Finished calls to databases, from whichever hook, and whoever wants to know of them: one stream for each context. */
import type { Context } from '../context.js';
import { measureQuery, type QueryEvent } from './measure.js';

export interface DatabaseEvent extends QueryEvent {
  /** As in OTel's `db.system.name`: `postgresql`. */
  readonly system: string;
}

export type DatabaseListener = (event: DatabaseEvent) => void;

export interface DatabaseEvents {
  /** Drivers whose calls our own hooks have seen. */
  readonly drivers: Set<string>;
  /** Counts the call. */
  record(event: DatabaseEvent): void;
  listen(listener: DatabaseListener): void;
}

const streams = new WeakMap<Context, DatabaseEvents>();

export function databaseEvents(context: Context): DatabaseEvents {
  const known = streams.get(context);
  if (known !== undefined) return known;
  const { emit } = context;
  const listeners: DatabaseListener[] = [];
  const events: DatabaseEvents = {
    drivers: new Set(),
    record(event) {
      measureQuery(event, emit);
      for (const listener of listeners) listener(event);
    },
    listen: (listener) => void listeners.push(listener),
  };
  streams.set(context, events);
  return events;
}
