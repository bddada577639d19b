/**
 * Counts the database calls that an application traces with OTel's SDK, for drivers that no hook of ours knows. Opt-in.
 * Not by a span processor: spans are seen where the SDK ends them, so that nothing is to be added to the application's
 * own set-up. Spans that a sampler left out are not there.
 *
 * No call counts twice:
 * - a span of a driver's instrumentation is left alone once our hook has seen a call by that driver;
 * - any other (an ORM's, say) is left alone once a hook of ours, or a driver's instrumentation, has told of a call to the
 *   same kind of database;
 * - of spans within each other the innermost counts.
 */
import type { Context, Hook } from '../context.js';
import { onKnownFile, onKnownModule } from '../hook/version.js';
import { wrapMethod } from '../hook/wrap.js';
import { databaseEvents } from './events.js';
import { readDatabaseSpan, type EndedSpan } from './span-event.js';
import { isDriver, systemOf } from './systems.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the SDK's insides have no types here */

/** Where the SDK has its spans: up to 2.11, 2.12, and 3; `SpanImpl` was called `Span` in 1. */
const FILES = {
  '@opentelemetry/sdk-trace-base/build/src/Span.js': '1 || 2',
  '@opentelemetry/sdk-trace/build/src/Span.js': '2',
  '@opentelemetry/sdk-trace/dist/Span.cjs': '3',
};
const MODULE = { package: '@opentelemetry/sdk-trace', file: 'dist/Span.mjs', binding: 'SpanImpl' };

export const hookDbSpans: Hook = (context) => {
  const { guard, config } = context;
  if (!config.dbSpans) return;
  const tap = guard.wrap('db spans', createSpanTap(context));
  const patch = (Span: any): void => {
    wrapMethod(Span?.prototype, 'end', (original) => {
      return function end(this: any, ...args: any[]): unknown {
        const isFirst = this.ended === false;
        const result: unknown = original.apply(this, args);
        if (isFirst) tap(this);
        return result;
      };
    });
  };
  for (const [file, range] of Object.entries(FILES))
    onKnownFile(context, file, range, (exports) => patch(exports.SpanImpl ?? exports.Span));
  onKnownModule(context, '3', { ...MODULE, replace: patch });
};

type SpanOfAnyLine = EndedSpan & {
  spanContext(): { readonly spanId: string };
  /** Of 2 and 3, and of 1. */
  readonly parentSpanContext?: { readonly spanId: string };
  readonly parentSpanId?: string;
  readonly instrumentationScope?: { readonly name: string };
  readonly instrumentationLibrary?: { readonly name: string };
};

/** Spans that are not over and have a counted one below them: more of them than that at a time are not remembered. */
const MAX_COVERED = 10_000;

/** To be called with each span as it ends. */
export function createSpanTap(context: Context): (span: SpanOfAnyLine) => void {
  const events = databaseEvents(context);
  const covered = new Set<string>();
  const cover = (parent: string | undefined): void => {
    if (parent === undefined) return;
    if (covered.size >= MAX_COVERED) {
      const [oldest] = covered;
      covered.delete(oldest as string);
    }
    covered.add(parent);
  };

  /** Drivers whose own instrumentation has told of a call. */
  const traced = new Set<string>();
  /** Whether the calls that this scope traces are told of by a hook of ours, or by a span further in. */
  const isSeen = (scope: string, system: string): boolean => {
    const driver = driverOf(scope);
    if (!isDriver(driver)) {
      return [...events.drivers, ...traced].some((each) => isSame(systemOf(each), system));
    }
    traced.add(driver);
    return events.drivers.has(driver);
  };

  return (span) => {
    const event = readDatabaseSpan(span);
    const isOuter = covered.delete(span.spanContext().spanId);
    if (event === undefined && !isOuter) return;
    cover(span.parentSpanContext?.spanId ?? span.parentSpanId);
    const scope = (span.instrumentationScope ?? span.instrumentationLibrary)?.name ?? '';
    if (event !== undefined && !isOuter && !isSeen(scope, event.system)) events.record(event);
  };
}

/** `@opentelemetry/instrumentation-pg` → `pg`; `…-redis-4` was that of `redis`. */
const driverOf = (scope: string): string =>
  scope.replace(/^@opentelemetry\/instrumentation-/, '').replace(/^redis-4$/, 'redis');

/** Drivers of MySQL are used for MariaDB, and the other way round. */
const isSame = (one: string, other: string): boolean =>
  one.replace('mariadb', 'mysql') === other.replace('mariadb', 'mysql');
