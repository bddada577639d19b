/** How far one request has come in the tree of Express' routers, and what that makes of its endpoint. */
import type { IncomingMessage } from 'node:http';
import { routeState, type RouteSource } from './route.js';
import { joinTemplates, routeTemplate } from './template.js';

export type ExpressRequest = IncomingMessage & { route?: { readonly path: unknown } };

/** Where one request is in the tree of routers. */
class Dispatch implements RouteSource {
  mount = '';
  matched: string | undefined = undefined;
  /** The last route whose handlers were called. */
  dispatched: unknown = undefined;
  /** Whether that route is still at work. The router can have matched no other, and nothing is read of the request. */
  isInRoute = false;

  constructor(private readonly request: ExpressRequest) {}

  endpoint(): string | undefined {
    if (this.isInRoute) return this.matched;
    const { route } = this.request;
    // Matched but never called: a `router.param` handler answered or failed.
    if (route !== undefined && route !== this.dispatched)
      return joinTemplates(this.mount, routeTemplate(route.path));
    return this.matched ?? (this.mount === '' ? undefined : this.mount);
  }

  /** Holds on to the present endpoint when the dispatch moves on. */
  keep(): void {
    this.matched = this.endpoint();
    this.dispatched = this.request.route;
  }
}

export function dispatchOf(req: ExpressRequest): Dispatch {
  const state = routeState(req);
  if (state.source instanceof Dispatch) return state.source;
  const dispatch = new Dispatch(req);
  state.source = dispatch;
  return dispatch;
}
