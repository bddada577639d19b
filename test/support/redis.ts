/** A real Redis (Debian's `redis-server`), empty, that keeps nothing; alone, and two as a cluster. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { needs, startServer, type ChildServer } from './child-server.js';
import { until } from './program.js';

export interface RedisOptions {
  /** One node of a cluster, that owns no slot yet. */
  readonly cluster?: boolean;
}

/** @example before(async function () { redis = await startRedis(this); }) */
export function startRedis(
  suite: Mocha.Context,
  { cluster = false }: RedisOptions = {},
): Promise<ChildServer> {
  needs(suite, 'redis-server', 'redis-server');
  return startServer({
    program: 'redis-server',
    ready: 'Ready to accept connections',
    args: (directory, port) => [
      '--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no',
      ...(cluster ? ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1',
        '--cluster-port', String(busOf(port))] : []),
    ], // prettier-ignore
  });
}

/** Where a node talks to the others. */
const busOf = (port: number): number => (port === 65_535 ? 1_024 : port + 1);

const LAST_SLOT = 16_383;
const HALF = 8_192;
/** Of the key `a`, by CRC16: in the upper half. */
export const SLOT_OF_A = 15_495;

export interface RedisCluster {
  /** Of the node with the lower half of the slots, and of that with the upper half. */
  readonly ports: readonly [number, number];
  /** Gives an empty slot to the lower node, or to the upper. */
  give(slot: number, to: 0 | 1): Promise<void>;
  stop(): Promise<void>;
}

/** @example before(async function () { cluster = await startRedisCluster(this); }) */
export async function startRedisCluster(suite: Mocha.Context): Promise<RedisCluster> {
  const start = (): Promise<ChildServer> => startRedis(suite, { cluster: true });
  const nodes = [await start(), await start()] as const;
  const [lower, upper] = nodes;
  await ask(lower, 'MEET', '127.0.0.1', upper.port, busOf(upper.port));
  await ask(lower, 'ADDSLOTSRANGE', 0, HALF - 1);
  await ask(upper, 'ADDSLOTSRANGE', HALF, LAST_SLOT);
  for (const node of nodes) {
    await until('a cluster of two', async () => {
      const info = await ask(node, 'INFO');
      return /cluster_state:ok[^]*cluster_known_nodes:2/.test(info) ? true : undefined;
    });
  }
  return {
    ports: [lower.port, upper.port],
    async give(slot, to) {
      const [source, target] = [nodes[1 - to] as ChildServer, nodes[to]];
      const [from, id] = [await ask(source, 'MYID'), await ask(target, 'MYID')];
      // In the order that Redis asks for: the target's claim is a newer one then, which no gossip undoes.
      await ask(target, 'SETSLOT', slot, 'IMPORTING', from);
      await ask(source, 'SETSLOT', slot, 'MIGRATING', id);
      for (const node of [target, source]) await ask(node, 'SETSLOT', slot, 'NODE', id);
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function ask({ port }: ChildServer, ...words: readonly (string | number)[]): Promise<string> {
  const args = ['-p', String(port), 'CLUSTER', ...words.map(String)];
  const { stdout } = await promisify(execFile)('redis-cli', args);
  if (/^(ERR|\(error\))/.test(stdout)) throw new Error(`CLUSTER ${words.join(' ')}: ${stdout}`);
  return stdout.trim();
}
