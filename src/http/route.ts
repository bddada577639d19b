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
  /** A request that we answer ourselves: it is not counted. */
  isOwn: boolean;
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

/** The endpoint that the request of this state is counted under. */
export const endpointOf = ({ given, source }: RouteState): string => given ?? source?.endpoint() ?? UNMATCHED;

/** For framework hooks: where to say who knows the route of this request. */
export function routeState(req: Marked): RouteState {
  if (req === begun) return begunState as RouteState;
  return (req[ROUTE] ??= stateOfStream(req) ?? newState());
}

/** Of a request that nobody has said anything about. */
export const newState = (): RouteState => ({ given: undefined, source: undefined, isOwn: false });

/** Of HTTP/2 a stream is all that is seen; a request of its compatibility API shares the state of its stream. */
function stateOfStream({ stream }: { readonly stream?: unknown }): RouteState | undefined {
  return typeof stream === 'object' && stream !== null ? routeState(stream) : undefined;
}

/**
 * The request that began last, while it is open. Once Express has replaced a request's prototype, V8 knows no other of
 * its shape: all that is read of it or put on it costs up to a microsecond, to compare it nothing.
 */
let begun: Marked | undefined;
let begunState: RouteState | undefined;

/**
 * To be called before the application sees the request. Gives its state from now on: `fresh`, unless another copy of
 * this package has put one there.
 */
export function beginRoute(req: Marked, fresh: RouteState): RouteState {
  begun = req;
  begunState = req[ROUTE] ??= fresh;
  return begunState;
}

/** To be called when the request has ended, or it would be kept alive until the next. */
export function endRoute(state: RouteState): void {
  if (state === begunState) begun = begunState = undefined;
}
