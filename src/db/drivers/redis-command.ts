/** What of Redis is a query, and how it is named. Pure. */

/** Not for their own sake: how a connection is set up and kept, and what is asked about the server itself. */
const UPKEEP = `AUTH HELLO SELECT CLIENT PING QUIT RESET READONLY READWRITE ASKING CLUSTER COMMAND INFO SENTINEL`;
/** They wait for somebody else: their time says nothing about the database. */
const WAITING =
  `SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE MONITOR ` +
  `BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF`;

const NO_QUERIES = new Set(`${UPKEEP} ${WAITING}`.split(' '));
const NAME = /^[A-Z][A-Z0-9._-]{0,39}$/;

/** The command in upper case, `OTHER` when it looks like none; undefined when it is no query. */
export function redisOperation(command: unknown, args: readonly unknown[]): string | undefined {
  const name = String(command).toUpperCase();
  if (NO_QUERIES.has(name)) return undefined;
  if ((name === 'XREAD' || name === 'XREADGROUP') && args.some(isBlock)) return undefined;
  return NAME.test(name) ? name : 'OTHER';
}

/** Also finds a stream called `block`, which nobody has. */
function isBlock(argument: unknown): boolean {
  return typeof argument === 'string' && argument.length === 5 && argument.toUpperCase() === 'BLOCK';
}

/**
 * Answers upon which a driver asks again, and that one is counted: with the whole script, and the client of a cluster
 * elsewhere. Any other client gives MOVED to the caller.
 */
export function asksAgain(error: unknown, isCluster: boolean): boolean {
  if (!(error instanceof Error)) return false;
  return (isCluster ? /^(?:NOSCRIPT|MOVED|ASK|TRYAGAIN) / : /^NOSCRIPT /).test(error.message);
}

/** EXEC succeeds with the errors of its commands among their replies. */
export function hasErrorReply(operation: string, reply: unknown): boolean {
  return operation === 'EXEC' && Array.isArray(reply) && reply.some((each) => each instanceof Error);
}
