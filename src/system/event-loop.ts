/** How late the event loop is: what a request waits before its turn comes. */
import type * as PerfHooks from 'node:perf_hooks';
import type { Context } from '../context.js';
import { whenIdle } from './idle.js';
import { createWindow } from './window.js';

/**
 * Milliseconds between two samples; the figure of the example in Node's documentation. Its default of 10 wakes an idle
 * process twice as often and tells no more about delays that a user feels.
 */
export const RESOLUTION = 20;

const QUANTILES = ['0.5', '0.9', '0.99', '1'] as const;
type Quantile = (typeof QUANTILES)[number];

/** What is read of Node's histogram, in nanoseconds. */
export type DelayHistogram = Pick<PerfHooks.IntervalHistogram, 'count' | 'max' | 'percentile' | 'reset'>;

/** The sampling timer is unref'ed by Node: it never holds the process open. */
export function hookEventLoop(context: Context): void {
  whenIdle(context.guard, 'event loop delay', () => {
    const { monitorEventLoopDelay } = require('node:perf_hooks') as typeof PerfHooks;
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    histogram.enable();
    observeDelay(context, histogram);
  });
}

/**
 * A stall that begins in the one sample after a reset is not seen: Node's histogram takes that sample as its start. At
 * most one reset each 10 s makes that 0.2 % of the time.
 */
export function observeDelay(
  { observe, now }: Pick<Context, 'observe' | 'now'>,
  histogram: DelayHistogram,
): void {
  const delays = createWindow({
    now,
    // An empty histogram answers 511 ns or NaN, by Node's version: nothing is shown then.
    read: () =>
      histogram.count > 0 ? QUANTILES.map((quantile) => secondsLate(histogram, quantile)) : undefined,
    restart: () => histogram.reset(),
  });
  observe('intelia_event_loop_delay_seconds', (set) => {
    delays()?.forEach((value, i) => set(value, { quantile: QUANTILES[i] as Quantile }));
  });
}

/** Node records the time between two samples, of which the resolution itself is no delay. */
function secondsLate(histogram: DelayHistogram, quantile: Quantile): number {
  const between = quantile === '1' ? histogram.max : histogram.percentile(Number(quantile) * 100);
  return Math.max(0, between / 1e9 - RESOLUTION / 1e3);
}
