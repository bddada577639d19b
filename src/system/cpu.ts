/** CPU time of this process as a share of the cores it may use. */
import { availableParallelism } from 'node:os';
import type { Context } from '../context.js';
import { createWindow } from './window.js';

export interface CpuSource {
  /** CPU microseconds of the process so far, user and system: `process.cpuUsage`. */
  readonly usage: () => { readonly user: number; readonly system: number };
  /** Cores this process may use; affinity counts, unlike with `os.cpus()`. */
  readonly cores: number;
}

/**
 * One core kept busy out of four reads 0.25. The ratio is not cut at 1: a container's quota above the cores that
 * Node sees is worth showing.
 */
export function hookCpu({ observe, now }: Context, source?: CpuSource): void {
  const { usage, cores } = source ?? { usage: () => process.cpuUsage(), cores: availableParallelism() };
  const seconds = (): number => {
    const { user, system } = usage();
    return (user + system) / 1e6;
  };
  let before = seconds();
  const ratio = createWindow({
    now,
    read: (elapsed) => (elapsed > 0 ? (seconds() - before) / elapsed / cores : undefined),
    restart: () => (before = seconds()),
  });
  observe('intelia_cpu_utilization_ratio', (set) => {
    const value = ratio();
    if (value !== undefined) set(value, {});
  });
}
