/** Requests that are not counted: scrapes of our own endpoint, and paths that the operator leaves out. */

/** Registered, so that every copy of this package in a process knows the marks of the others. */
const OWN = Symbol.for('intelia.otel.own');

/**
 * Marks a server of ours, none of whose requests is counted, before it listens; or a request that we send. Of one that
 * we answer on the application's server, the state of its route tells.
 */
export function markOwn(serverOrRequest: object): void {
  Reflect.set(serverOrRequest, OWN, true);
}

export function isOwn(serverOrRequest: object): boolean {
  return (serverOrRequest as { [OWN]?: unknown })[OWN] === true;
}

/** A proxy's request may name the server before the path: RFC 9112, 3.2.2. */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/**
 * Tells whether a request's URL is one to leave out: `/health` is that path, `/internal/*` all below it. Undefined when
 * nothing is left out, so that nobody asks.
 */
export function ignoredPaths(patterns: readonly string[]): ((url: string) => boolean) | undefined {
  if (patterns.length === 0) return undefined;
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('/*')));
  const below = patterns.filter((pattern) => pattern.endsWith('/*')).map((pattern) => pattern.slice(0, -1));
  return (target) => {
    const url = target.startsWith('/') ? target : target.replace(ORIGIN, '');
    const end = url.indexOf('?');
    const path = end < 0 ? url : url.slice(0, end);
    return exact.has(path) || below.some((start) => path.startsWith(start));
  };
}
