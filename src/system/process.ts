/** What runs and for how long: uptime and the info metric. */
import type { Context } from '../context.js';

export function hookUptime({ observe }: Context): void {
  observe('intelia_uptime_seconds', (set) => set(process.uptime(), {}));
}

/** `version` is the application's own. */
export function hookSystemInfo({ observe, resource }: Context): void {
  const labels = {
    version: String(resource['service.version'] ?? 'unknown'),
    node_version: process.versions.node,
    os: process.platform,
    arch: process.arch,
  };
  observe('intelia_system_info', (set) => set(1, labels));
}
