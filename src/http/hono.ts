/**
 * Routes of Hono 4 on Node: its context is where the request of `@hono/node-server` and the matched routes meet. With
 * `require` always; with `import`, where Hono is a real ES module, from Node 22.15 on.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Hook } from '../context.js';
import { watchConstruction } from '../hook/construct.js';
import { onKnownFile, onKnownModule } from '../hook/version.js';
import { routeState, type RouteSource } from './route.js';
import { mountTemplate, routeTemplate } from './template.js';

const VERSIONS = '4';

interface Route {
  /** `ALL` for `app.all`, and for middleware. */
  readonly method: string;
  readonly path: string;
}

interface HonoContext {
  readonly req: { readonly matchedRoutes: readonly Route[]; readonly routeIndex: number };
  /** What the server gave to `app.fetch`. */
  readonly env?: { readonly incoming?: IncomingMessage; readonly outgoing?: ServerResponse };
}

class HonoRoute implements RouteSource {
  constructor(private readonly context: HonoContext) {}

  endpoint(): string | undefined {
    const { req, env } = this.context;
    const { matchedRoutes, routeIndex } = req;
    // The last handler that was called, be it the one that answered or threw.
    const last = matchedRoutes[routeIndex];
    if (last === undefined) return undefined;
    const route = matchedRoutes.slice(routeIndex).find((each) => !isMiddleware(each));
    if (route !== undefined) return routeTemplate(route.path);
    // `app.use('/assets/*', serveStatic(…))` answers under its own path, unless it found nothing.
    const mount = mountTemplate(last.path.replace(/\/?\*$/, ''));
    return mount === '' || env?.outgoing?.statusCode === 404 ? undefined : routeTemplate(last.path);
  }
}

const isMiddleware = ({ method, path }: Route): boolean => method === 'ALL' && path.endsWith('*');

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a constructor's parameters
type ContextClass = abstract new (...args: any[]) => HonoContext;

export const hookHono: Hook = (context) => {
  const mark = context.guard.wrap('hono context', (made: HonoContext) => {
    const incoming = made.env?.incoming;
    if (incoming !== undefined) routeState(incoming).source = new HonoRoute(made);
  });
  const watched = (Context: ContextClass): ContextClass => watchConstruction(Context, mark);

  onKnownFile(context, 'hono/dist/cjs/context.js', VERSIONS, (exports) => {
    const Context = watched(exports.Context);
    // Older builds export getters. In place it is seen by those too who loaded Hono before.
    if (Object.getOwnPropertyDescriptor(exports, 'Context')?.writable !== true)
      return { ...exports, Context };
    exports.Context = Context;
    return undefined;
  });
  onKnownModule(context, VERSIONS, {
    package: 'hono',
    file: 'dist/context.js',
    binding: 'Context',
    replace: watched,
  });
};
