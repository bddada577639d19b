/**
 * The door: `node --require @intelia/otel/register server.js`, or `--import`. The only module whose import has an
 * effect. It never throws: a process whose telemetry cannot start runs as it would without it.
 */
import { start } from './index.js';

start();
