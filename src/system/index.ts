/** The process itself: one collector for each family of metrics. */
import type { Hook } from '../context.js';
import { hookCpu } from './cpu.js';
import { hookErrors } from './errors.js';
import { hookEventLoop } from './event-loop.js';
import { hookGc } from './gc.js';
import { hookMemory } from './memory.js';
import { hookSystemInfo, hookUptime } from './process.js';

export const hookSystem: Hook = (context) => {
  hookUptime(context);
  hookSystemInfo(context);
  hookCpu(context);
  hookMemory(context);
  hookEventLoop(context);
  hookGc(context);
  hookErrors(context);
};
