/** Our own traffic is not the application's: scrapes of the metrics endpoint are not counted as requests. */

/** Registered, so that every copy of this package in a process knows the marks of the others. */
const OWN = Symbol.for('intelia.otel.own');

/** Marks a server of ours: none of its requests is counted. To be called before it listens. */
export function markOwnServer(server: object): void {
  Reflect.set(server, OWN, true);
}

/** Marks a request that our handler answers on the application's server: it is not counted. */
export function markOwnRequest(req: object): void {
  Reflect.set(req, OWN, true);
}

export function isOwn(serverOrRequest: object): boolean {
  return (serverOrRequest as { [OWN]?: unknown })[OWN] === true;
}
