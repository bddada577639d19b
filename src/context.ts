/** What every hook is given: where to record, what is configured, and the wall to stay behind. */
import type { Emit } from './catalogue/catalogue.js';
import type { Config } from './config.js';
import type { ResourceAttributes } from './export/resource.js';
import type { Guard } from './guard.js';
import type { Log } from './log.js';
import type { Registry } from './metrics/registry.js';

export interface Context {
  readonly config: Config;
  /** Who this process is: service name and version, instance. */
  readonly resource: ResourceAttributes;
  readonly emit: Emit;
  readonly bind: Registry['bind'];
  readonly observe: Registry['observe'];
  readonly guard: Guard;
  readonly log: Log;
  /** Monotonic seconds; only differences mean anything. Tests put their own clock here. */
  readonly now: () => number;
}

/** Gets into one library or one part of Node, and turns what happens there into events. Runs once, at start. */
export type Hook = (context: Context) => void;
