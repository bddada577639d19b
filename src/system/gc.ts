/** Garbage collection pauses by kind. */
import type * as PerfHooks from 'node:perf_hooks';
import type { Context } from '../context.js';
import { whenIdle } from './idle.js';

/**
 * V8's `GCType` bits as `entry.detail.kind` carries them. Node names 1, 4, 8 and 16
 * (`perf_hooks.constants.NODE_PERFORMANCE_GC_*`); 2 is V8's minor mark-sweep.
 */
const KINDS = { 1: 'minor', 2: 'minor', 4: 'major', 8: 'incremental', 16: 'weakcb' } as const;

/** The observer does not hold the process open. Node hands over entries in batches, and each entry counts. */
export function hookGc({ emit, guard }: Context): void {
  whenIdle(guard, 'garbage collection', () => {
    const { PerformanceObserver } = require('node:perf_hooks') as typeof PerfHooks;
    const read = guard.wrap('garbage collection', (entries: readonly GcEntry[]) => recordGc(emit, entries));
    new PerformanceObserver((list) => read(list.getEntries())).observe({ entryTypes: ['gc'] });
  });
}

/** What is read of a `gc` entry; the duration is in milliseconds. */
export interface GcEntry {
  readonly duration: number;
  readonly detail?: unknown;
}

/** Records every entry of a batch. */
export function recordGc(emit: Context['emit'], entries: readonly GcEntry[]): void {
  for (const { duration, detail } of entries) {
    const { kind } = detail as { kind: keyof typeof KINDS };
    emit('intelia_gc_duration_seconds', duration / 1e3, { kind: KINDS[kind] });
  }
}
