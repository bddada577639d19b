/** What of MongoDB's protocol is a query, how it is named, and when it has failed. */
import type { Statement } from '../sql/describe.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- commands, replies and operations of any version of the driver */

/** What the driver says for itself: who is there, who we are, that we are gone. */
const UPKEEP = new Set(
  (
    'hello isMaster ismaster ping endSessions buildInfo buildinfo connectionStatus logout authenticate getnonce ' +
    'saslStart saslContinue'
  ).split(' '),
);

/** A command's first key is its name, the value most often its collection; undefined when it is no query. */
export function mongoCommand(command: any, namespace: any): Statement | undefined {
  for (const name in command) {
    if (UPKEEP.has(name)) return undefined;
    const value: unknown = name === 'getMore' ? command.collection : command[name];
    return { operation: name, table: typeof value === 'string' ? value : collectionOf(namespace) };
  }
  return undefined;
}

/** `$cmd` stands for the database itself. */
function collectionOf(namespace: any): string {
  const name: unknown = namespace?.collection;
  return typeof name === 'string' && !name.startsWith('$') ? name : '';
}

/** The same for an operation of the driver that never became a command. */
export function mongoOperation(operation: any): Statement {
  const command: unknown = operation.command ?? operation.options?.command;
  const run = operation.commandName === 'runCommand' ? mongoCommand(command, operation.ns) : undefined;
  return (
    run ?? { operation: operation.commandName ?? nameOfClass(operation), table: collectionOf(operation.ns) }
  );
}

/** Of the oldest versions: `find` for a FindOperation. */
function nameOfClass(operation: any): string {
  const name = String(operation.constructor.name).replace(/Operation$/, '');
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const NEVER_SENT =
  /^(?:Mongo)?(?:ServerSelection|WaitQueueTimeout|PoolClosed|PoolCleared|PoolClearedOnNetwork|NotConnected|TopologyClosed|ServerClosed|ClientClosed)Error$/;

/** No server, no connection, or none that could be set up. */
export function isNeverSent(error: any): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (NEVER_SENT.test(String(error.name)) || error.beforeHandshake === true) return true;
  return typeof error.hasErrorLabel === 'function' && error.hasErrorLabel('HandshakeError') === true;
}

/** A write whose reply is `ok` may have failed all the same: each of its documents, or the write concern. */
export function saysWriteErrors(reply: any): boolean {
  if (reply === null || typeof reply !== 'object') return false;
  // Replies that the driver has not read yet.
  if (typeof reply.has === 'function') return reply.has('writeErrors') || reply.has('writeConcernError');
  return reply.writeErrors?.length > 0 || reply.writeConcernError !== undefined;
}
