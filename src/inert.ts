/** Where the package does nothing, and why. */
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { Config } from './config.js';

/** With NODE_OPTIONS the preload also runs in these, which are parents of the application and not it. */
const PACKAGE_MANAGER = /^(npm|npx|yarn|pnpm|pnpx|corepack)(-cli)?(\.c?js|\.mjs)?$/;
/** Our own command, by its link and by its file. */
const OWN_COMMAND = /(^|[\\/])(intelia-otel|@intelia[\\/]otel[\\/]dist[\\/]cli\.cjs)$/;

/** The reason to stay inert, or undefined when the process is to be measured. */
export function inertReason(config: Config, script: string = process.argv[1] ?? ''): string | undefined {
  if (config.disabled) return 'OTEL_SDK_DISABLED is true';
  if (!isMainThread) return 'not the main thread';
  if (PACKAGE_MANAGER.test(basename(script))) return 'a package manager';
  if (OWN_COMMAND.test(script)) return 'our own command';
  return undefined;
}
