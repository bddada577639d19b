/**
 * Redis by ioredis: every command, alone, in a pipeline, in MULTI, through a cluster. Not by ioredis' own tracing
 * channels: whoever listens to those makes it swallow rejections that nobody handles. The command itself is watched,
 * where ioredis settles it: the promise stays the caller's own.
 */
import type { Hook } from '../../context.js';
import { onKnownFile } from '../../hook/version.js';
import { callBefore } from '../../hook/wrap.js';
import { createCalls } from '../calls.js';
import { asksAgain, hasErrorReply, redisOperation } from './redis-command.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- ioredis' insides have no types */

const KNOWN = '4.31 || 5 || 6';
/** Where `sendCommand` is: of a connection since 5 and before, and of a cluster, which hands commands on to those. */
const CLUSTER = 'ioredis/built/cluster/index.js';
const FILES = ['ioredis/built/Redis.js', 'ioredis/built/redis/index.js', CLUSTER];

/**
 * On a command what settles it. A command comes here again when it is sent again; it may have a new promise then. Not a
 * WeakMap: one of as many objects that live as shortly costs more than all the rest.
 */
const SETTLES = Symbol('intelia.otel.settles');

export const hookIoredis: Hook = (context) => {
  const calls = createCalls(context, 'ioredis');
  const watch = context.guard.wrap('ioredis', (command: any, isCluster: boolean) => {
    if (command[SETTLES] === command.resolve) return;
    const operation = redisOperation(command.name, command.args);
    if (operation === undefined) return;
    const call = calls.beginCommand(operation, '');
    const { resolve, reject } = command;
    command.resolve = function (this: any, ...args: any[]): unknown {
      calls.end(call, hasErrorReply(operation, args[0]));
      return resolve.apply(this, args);
    };
    command.reject = function (this: any, ...args: any[]): unknown {
      if (!asksAgain(args[0], isCluster)) calls.end(call, true);
      return reject.apply(this, args);
    };
    command[SETTLES] = command.resolve;
  });

  for (const file of FILES) {
    onKnownFile(context, file, KNOWN, (exports) => {
      const isCluster = file === CLUSTER;
      callBefore(exports.default.prototype, 'sendCommand', (_redis, command) => watch(command, isCluster));
    });
  }
};
