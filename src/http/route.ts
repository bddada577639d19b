/**
 * Which route a request took, kept on the request itself. The keys are registered symbols, because an application may
 * load this package twice (once by `--require`, once by `import`) and both copies must mean the same request.
 */

/** What requests are counted under that took no known route: never their URL, which anybody can make up. */
export const UNMATCHED = '(unmatched)';

const ROUTE = Symbol.for('intelia.otel.http.route');

/** As much of `http.IncomingMessage` as tells that something is a request; Express' and Koa's `req` fit too. */
export interface RequestLike {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** By this a stream of an HTTP/2 server is one too. */
  readonly sentHeaders?: object | undefined;
}

/** What the hook of a framework knows of one request; asked once, when the response has closed. */
export interface RouteSource {
  endpoint(): string | undefined;
}

/** All that is known of the route of one request. */
export interface RouteState {
  /** By the application, with `setRoute`. */
  given: string | undefined;
  /** By the hook of a framework. */
  source: RouteSource | undefined;
}

interface Marked extends RequestLike {
  [ROUTE]?: RouteState;
  readonly stream?: unknown;
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
    routeState(req).given = route;
  } catch {
    // Frozen, or a proxy that refuses: counted as unmatched.
  }
}

/** The endpoint a request is counted under. */
export function endpointOf(req: Marked): string {
  const state = req[ROUTE];
  return state?.given ?? state?.source?.endpoint() ?? UNMATCHED;
}

/** For framework hooks: where to say who knows the route of this request. */
export function routeState(req: Marked): RouteState {
  return (req[ROUTE] ??= stateOfStream(req) ?? { given: undefined, source: undefined });
}

/** Of HTTP/2 a stream is all that is seen; a request of its compatibility API shares the state of its stream. */
function stateOfStream({ stream }: { readonly stream?: unknown }): RouteState | undefined {
  return typeof stream === 'object' && stream !== null ? routeState(stream) : undefined;
}

/**
 * Puts `state` on a request that nobody else has seen yet. Once Express has replaced a request's prototype, V8 knows no
 * other of its shape, and a new property costs a microsecond; this one is there before.
 */
export function beginRoute(req: Marked, state: RouteState): void {
  req[ROUTE] ??= state;
}
