/** A real Redis (Debian's `redis-server`), empty, that keeps nothing. */
import { needs, startServer, type ChildServer } from './child-server.js';

export interface RedisOptions {
  /** One node that owns no slot yet: the test gives it all of them. */
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
        '--cluster-port', String(port === 65_535 ? 1_024 : port + 1)] : []),
    ], // prettier-ignore
  });
}
