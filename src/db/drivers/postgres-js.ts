/**
 * PostgreSQL by postgres.js: every query, however it is written, and every pool. A query is a promise that begins with
 * the first `then`; it is watched where the driver settles it, so that the promise stays the caller's own.
 */
import type { Hook } from '../../context.js';
import { onKnownFile, onKnownModule } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { createCalls, type Call } from '../calls.js';
import { postgresJsPools } from './postgres-js-pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

const RANGE = '3.4';

export const hookPostgresJs: Hook = (context) => {
  const { guard } = context;
  const calls = createCalls(context, 'postgres');
  const open = new WeakMap<object, Call>();
  /** What settles a query and was put there by us. */
  const settlers = new WeakSet<object>();

  const end = guard.wrap('postgres', (query: any, failed: boolean) => {
    const call = open.get(query);
    if (call === undefined) return;
    open.delete(query);
    // Only now it is known what the fragments and names in it are.
    calls.end({ ...call, text: query.string ?? textOf(query) }, failed);
  });
  const begin = guard.wrap('postgres', (query: any) => {
    // Queries of the driver itself, for the types of a database, cannot be cancelled.
    if (!query.canceller && !open.has(query)) return;
    if (!query.executed) open.set(query, calls.begin(undefined));
    // With a cursor, each batch of rows has its own.
    if (settlers.has(query.resolve)) return;
    const { resolve, reject } = query;
    query.resolve = (value: any): unknown => {
      // COPY gives its stream first, and ends later.
      if (!(query.streaming === true && typeof value?.pipe === 'function')) end(query, false);
      return resolve(value);
    };
    query.reject = (error: unknown): unknown => {
      end(query, true);
      return reject(error);
    };
    settlers.add(query.resolve);
  });

  const patch = ({ prototype }: any): void => {
    wrapMethod(prototype, 'handle', (original) => {
      return function handle(this: any, ...args: any[]): unknown {
        begin(this);
        return original.apply(this, args);
      };
    });
  };
  onKnownFile(context, 'postgres/cjs/src/query.js', RANGE, ({ Query }) => patch(Query));
  onKnownModule(context, RANGE, {
    package: 'postgres',
    file: 'src/query.js',
    binding: 'Query',
    replace: patch,
  });
  postgresJsPools(context, RANGE);
};

/** What is known of a query that was not sent: its texts, names, and fragments; values stay out. */
function textOf({ strings, args }: any): string {
  const parts = (strings as string[]).map((text, i) => (i === 0 ? text : insert(args[i - 1]) + text));
  return parts.join('');
}

function insert(value: any): string {
  if (value?.constructor?.name === 'Identifier') return String(value.value);
  return Array.isArray(value?.strings) ? textOf(value) : '$1';
}
