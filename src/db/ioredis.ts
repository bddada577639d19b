/**
 * Redis by ioredis: every command, alone, in a pipeline, in MULTI, through a cluster. Not by ioredis' own tracing
 * channels: whoever listens to those makes it swallow rejections that nobody handles. The command itself is watched,
 * where ioredis settles it: the promise stays the caller's own.
 */
import type { Hook } from '../context.js';
import { onFileLoad } from '../hook/load.js';
import { callBefore } from '../hook/wrap.js';
import { createCalls } from './calls.js';
import { hasErrorReply, isRedirect, redisOperation } from './redis-command.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- ioredis' insides have no types */

/** Where `sendCommand` is: of a connection since 5 and before, and of a cluster, which hands commands on to those. */
const FILES = ['ioredis/built/Redis.js', 'ioredis/built/redis/index.js', 'ioredis/built/cluster/index.js'];

export const hookIoredis: Hook = (context) => {
  const calls = createCalls(context, 'ioredis');
  /** By command what settles it. A command comes here again when it is sent again; it may have a new promise then. */
  const watched = new WeakMap<object, unknown>();

  const watch = context.guard.wrap('ioredis', (command: any) => {
    if (watched.get(command) === command.resolve) return;
    const operation = redisOperation(command.name, command.args);
    if (operation === undefined) return;
    const call = calls.beginCommand(operation, '');
    const { resolve, reject } = command;
    command.resolve = function (this: any, ...args: any[]): unknown {
      calls.end(call, hasErrorReply(operation, args[0]));
      return resolve.apply(this, args);
    };
    command.reject = function (this: any, ...args: any[]): unknown {
      if (!isRedirect(args[0])) calls.end(call, true);
      return reject.apply(this, args);
    };
    watched.set(command, command.resolve);
  });

  for (const file of FILES) {
    onFileLoad(context.guard, file, (exports) => {
      callBefore(exports.default.prototype, 'sendCommand', (_redis, command) => watch(command));
    });
  }
};
