/**
 * Which route a request took, kept on the request itself. The keys are registered symbols, because an application may
 * load this package twice (once by `--require`, once by `import`) and both copies must mean the same request.
 */

/** What requests are counted under that took no known route: never their URL, which anybody can make up. */
export const UNMATCHED = '(unmatched)';

const GIVEN = Symbol.for('intelia.otel.http.route');
const SOURCE = Symbol.for('intelia.otel.http.route.source');

/** As much of `http.IncomingMessage` as tells that something is a request; Express' and Koa's `req` fit too. */
export interface RequestLike {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** What the hook of a framework knows of one request; asked once, when the response has closed. */
export interface RouteSource {
  endpoint(): string | undefined;
}

interface Marked extends RequestLike {
  [GIVEN]?: unknown;
  [SOURCE]?: RouteSource;
}

/**
 * Names the route of a request, for servers without a framework that this package knows. Wins over what a framework
 * says; the last call before the response closes counts.
 *
 * Give a template (`/users/:id`), never the URL: past 200 distinct values the metrics read `other`. A value that is
 * not a non-empty string, or a request that cannot be marked, is ignored; nothing is thrown.
 *
 * @example
 * http.createServer((req, res) => {
 *   setRoute(req, '/users/:id');
 *   res.end('ok');
 * });
 */
export function setRoute(req: RequestLike, route: string): void {
  if (typeof route !== 'string' || route === '' || typeof req !== 'object' || req === null) return;
  try {
    Reflect.set(req, GIVEN, route);
  } catch {
    // Only a proxy can refuse so loudly; its request is counted as unmatched.
  }
}

/** The endpoint a request is counted under. */
export function endpointOf(req: Marked): string {
  return (req[GIVEN] as string | undefined) ?? req[SOURCE]?.endpoint() ?? UNMATCHED;
}

/** For framework hooks: who knows the route of this request. */
export function routeSource(req: Marked): RouteSource | undefined {
  return req[SOURCE];
}

export function setRouteSource(req: Marked, source: RouteSource): void {
  req[SOURCE] = source;
}
