/** Who this process is: the resource attributes that go with every push and into `target_info`. */
import type Cluster from 'node:cluster';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Config, Surroundings } from '../config.js';
import { nearestPackage, type Package } from '../package-json.js';
import { SDK_VERSION, VERSION } from '../version.js';

export type ResourceAttributes = Readonly<Record<string, string | number>>;

/** What is asked of the running process; tests put their own in. */
export interface Host {
  /** The script Node was started with; undefined under `node -e`. */
  readonly mainScript: string | undefined;
  readonly cwd: string;
  readonly hostName: string;
  readonly pid: number;
  readonly nodeVersion: string;
  /** Worker number in a Node cluster or under PM2. */
  readonly worker: string | undefined;
}

/**
 * Makes ids differ where neither host name nor pid does: two containers on the host's network are both pid 1.
 * Not a secret, and loading `crypto` for it would cost every start 3 ms.
 */
const suffix = Math.random().toString(16).slice(2, 8).padEnd(6, '0');

export function readHost(surroundings: Surroundings): Host {
  return {
    mainScript: surroundings.pm2Script ?? process.argv[1],
    cwd: process.cwd(),
    hostName: hostname(),
    pid: process.pid,
    nodeVersion: process.versions.node,
    worker: surroundings.pm2Worker ?? clusterWorker(),
  };
}

/**
 * Attributes given in OTEL_RESOURCE_ATTRIBUTES win over detected ones, OTEL_SERVICE_NAME over both.
 * Never `process.command_args` (it can carry secrets), never a cloud detector (they call metadata addresses).
 *
 * @example
 * describeResource(config, readHost(surroundings))['service.instance.id']; // 'web-7d4f:1:9c01ab'
 */
export function describeResource(config: Config, host: Host): ResourceAttributes {
  const app: Package = host.mainScript === undefined ? {} : nearestPackage(appFolder(host));
  const given = Object.fromEntries(
    Object.entries(config.resourceAttributes).filter(([, value]) => value !== ''),
  );
  return Object.freeze({
    'service.name': app.name ?? 'unknown_service:node',
    ...(app.version === undefined ? {} : { 'service.version': app.version }),
    'service.instance.id': instanceId(host),
    'host.name': host.hostName,
    'process.pid': host.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': host.nodeVersion,
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': SDK_VERSION,
    'telemetry.distro.name': '@intelia/otel',
    'telemetry.distro.version': VERSION,
    ...given,
    ...(config.serviceName === undefined ? {} : { 'service.name': config.serviceName }),
  });
}

/** Without it two replicas overwrite each other's series, and sums over them are nonsense. */
function instanceId({ hostName, worker, pid }: Host): string {
  return [hostName, ...(worker === undefined ? [] : [`w${worker}`]), pid, suffix].join(':');
}

/** Only a process with a parent to talk to can be a worker, and there Node has loaded `cluster` already. */
function clusterWorker(): string | undefined {
  if (process.send === undefined) return undefined;
  const { worker } = require('node:cluster') as typeof Cluster;
  return worker === undefined ? undefined : String(worker.id);
}

/** Where the application is, and resolves its packages from. */
export function appFolder({ mainScript, cwd }: Host): string {
  // A framework's own command (`next start`) lies in node_modules; the app is where it was called.
  const installed = mainScript !== undefined && /[\\/]node_modules[\\/]/.test(mainScript);
  return mainScript === undefined || installed ? cwd : dirname(mainScript);
}
