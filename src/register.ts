/**
 * The door: `node --require @intelia/otel/register server.js`, or `--import`. The only module whose import has an
 * effect. A process whose telemetry cannot start runs as it would without it.
 */
import type * as Otel from './index.js';
import { createLog } from './log.js';

try {
  (require('./index.js') as typeof Otel).start();
} catch (error) {
  createLog().say(
    `cannot start, nothing is measured: ${error instanceof Error ? error.message : 'unknown error'}`,
  );
}
