/** Memory of this process, and the limit at which V8 gives up. */
import type * as V8 from 'node:v8';
import type { Context } from '../context.js';

/** Both calls together take about 30 µs, at collection only. */
export function hookMemory({ observe }: Context): void {
  observe('intelia_memory_bytes', (set) => {
    const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    const v8 = require('node:v8') as typeof V8;
    set(rss, { type: 'rss' });
    set(heapUsed, { type: 'heap_used' });
    set(heapTotal, { type: 'heap_total' });
    set(v8.getHeapStatistics().heap_size_limit, { type: 'heap_limit' });
    set(external, { type: 'external' });
    set(arrayBuffers, { type: 'array_buffers' });
  });
}
