/** Subscribes to a diagnostics channel behind the wall. A channel that nobody publishes to costs nothing. */
import { subscribe } from 'node:diagnostics_channel';
import type { Guard } from '../guard.js';

export function onChannel(guard: Guard, name: string, listener: (message: any) => void): void {
  subscribe(name, guard.wrap(`channel ${name}`, listener));
}
