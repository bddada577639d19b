/** The process itself: one collector for each family of metrics. */
import type { Context } from '../context.js';
import { hookCpu } from './cpu.js';
import { hookErrors } from './errors.js';
import { hookEventLoop } from './event-loop.js';
import { hookGc } from './gc.js';
import { hookMemory } from './memory.js';
import { hookSystemInfo, hookUptime } from './process.js';

/** `version` is the application's own, `service.version` of its resource. Every other figure is read of Node itself. */
export function hookSystem(context: Context, version?: string): void {
  hookUptime(context);
  hookSystemInfo(context, version);
  hookCpu(context);
  hookMemory(context);
  hookEventLoop(context);
  hookGc(context);
  hookErrors(context);
}
