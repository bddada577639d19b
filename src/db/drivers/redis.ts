/**
 * Redis by node-redis (`redis`, `@redis/client`) 4 and later: every command where it is put into the queue of its
 * connection. Not by its own tracing channels: only the newest have them, and whoever listens has the arguments of
 * each command copied.
 */
import type { Hook } from '../../context.js';
import { onKnownFile } from '../../hook/version.js';
import { callBefore, wrapMethod } from '../../hook/wrap.js';
import { createCalls, type Calls } from '../calls.js';
import { asksAgain, hasErrorReply, redisOperation } from './redis-command.js';
import { redisPools } from './redis-pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- node-redis' insides have no types */

/** Of `@redis/client`: 1 is that of `redis` 4. */
const KNOWN = '1.6 || 5 || 6';
const FOLDER = '@redis/client/dist/lib/client/';

export const hookRedis: Hook = (context) => {
  const { guard } = context;
  const calls = createCalls(context, 'redis');
  /** How many commands were queued so far: a client that is closed queues none. */
  let queued = 0;
  /** A client does not know whether it is one of a cluster's. */
  let hasCluster = false;
  const isCluster = (): boolean => hasCluster;
  const operationOf = (args: any): string | undefined =>
    guard.run('redis', () => redisOperation(args[0], args));

  onKnownFile(context, `${FOLDER}commands-queue.js`, KNOWN, (exports) => {
    wrapMethod(exports.default.prototype, 'addCommand', (original) => {
      return function addCommand(this: any, ...given: any[]): unknown {
        queued++;
        const operation = operationOf(given[0]);
        const promise: unknown = original.apply(this, given);
        return operation === undefined ? promise : follow(promise, operation, calls, isCluster);
      };
    });
  });
  const patchSender = (owner: any, method: string, commandsOf: CommandsOf): void => {
    wrapMethod(owner, method, (original) => {
      return function (this: any, ...given: any[]): unknown {
        const before = queued;
        const promise: any = original.apply(this, given);
        if (queued !== before || typeof promise?.then !== 'function') return promise;
        return promise.then(undefined, (error: any) => {
          // Others are rejected before they are sent for what the caller did wrong.
          if (/^Client(Closed|Offline)Error$/.test(error?.constructor?.name)) {
            guard.run('redis', () => commandsOf(given).forEach((args) => fail(operationOf(args), calls)));
          }
          throw error;
        });
      };
    });
  };
  onKnownFile(context, `${FOLDER}index.js`, KNOWN, (exports) => {
    for (const [method, commandsOf] of SENDERS) patchSender(exports.default.prototype, method, commandsOf);
  });
  // 4 makes its commands from this, before anybody else has its client.
  onKnownFile(context, '@redis/client/dist/lib/commander.js', KNOWN, (exports) => {
    const patchExecutor = guard.wrap('redis', (_exports: unknown, config: any) => {
      if (config.BaseClass.name !== 'RedisClient') return;
      patchSender(config, 'executor', ([command, args]) => [command.transformArguments(...args)]);
    });
    callBefore(exports, 'attachCommands', patchExecutor);
  });
  onKnownFile(context, '@redis/client/dist/lib/cluster/index.js', KNOWN, (exports) => {
    callBefore(exports.default, 'create', () => void (hasCluster = true));
  });
  onKnownFile(context, `${FOLDER}pool.js`, KNOWN, (exports) => {
    redisPools(context, exports.RedisClientPool, () => fail('OTHER', calls));
  });
};

type CommandsOf = (given: readonly any[]) => readonly (readonly unknown[])[];

const queuedCommands: CommandsOf = ([commands]) => commands.map(({ args }: any) => args);

/** What sends commands, and which it is given; `multiExecutor` is 4's. */
const SENDERS: readonly (readonly [string, CommandsOf])[] = [
  ['sendCommand', ([args]) => [args]],
  ['multiExecutor', queuedCommands],
  ['_executeMulti', queuedCommands],
  ['_executePipeline', queuedCommands],
];

function fail(operation: string | undefined, calls: Calls): void {
  if (operation !== undefined) calls.end(calls.beginCommand(operation, ''), true);
}

/** A promise that ends as the given one does: were it only listened to, no rejection of it would be unhandled. */
function follow(promise: any, operation: string, calls: Calls, isCluster: () => boolean): unknown {
  const call = calls.beginCommand(operation, '');
  return promise.then(
    (reply: unknown) => {
      calls.end(call, hasErrorReply(operation, reply));
      return reply;
    },
    (error: unknown) => {
      if (!asksAgain(error, isCluster())) calls.end(call, true);
      throw error;
    },
  );
}
