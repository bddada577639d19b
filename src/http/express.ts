/**
 * Routes of Express 4 (from 4.10) and 5, seen where a layer of the router is entered. `express.router.request`, the
 * tracing channel of router 2.3, says less and costs more: it has no mount templates, and turns on a traced call with
 * async context for every middleware.
 *
 * `req.baseUrl` holds what the client sent (`/org/42`), so mount templates are tracked as routers are entered and left.
 * - A route that calls `next()` without an answer has not matched; one that fails has.
 * - A handler mounted with `use` answers under its mount path; one without a path has no route.
 */
/* eslint-disable @typescript-eslint/no-explicit-any -- the insides of two generations of Express' router */
import type { ServerResponse } from 'node:http';
import type { Hook } from '../context.js';
import { onKnownFile } from '../hook/version.js';
import { wrapMethod } from '../hook/wrap.js';
import { dispatchOf, type ExpressRequest as Request } from './express-dispatch.js';
import { below, pathOf, tagMounts } from './express-layer.js';

type Next = (error?: unknown) => void;

export const hookExpress: Hook = (context) => {
  const { guard } = context;
  const wrapLayer = (Layer: any): void => {
    for (const name of ['handle_request', 'handleRequest']) {
      wrapMethod(Layer.prototype, name, (original) => {
        return function handleRequest(this: any, req: Request, res: ServerResponse, next: Next): unknown {
          return original.call(this, req, res, enter(this, req, res, next));
        };
      });
    }
  };

  function enter(layer: any, req: Request, res: ServerResponse, next: Next): Next {
    try {
      if (layer.route !== undefined) return enterRoute(layer, req, res, next);
      return pathOf(layer) === '' ? next : enterMount(layer, req, res, next);
    } catch (error) {
      guard.report('express dispatch', error);
      return next;
    }
  }

  const begin = guard.wrap('express handle', (req: Request) => {
    dispatchOf(req).isInRoute = false;
  });

  const wrapRouter = (router: any): void => {
    wrapMethod(router, 'handle', (original) => {
      return function handle(this: any, req: Request, res: ServerResponse, done: Next): unknown {
        // Here already, because a `router.param` handler can end a request before any layer is entered.
        begin(req);
        return original.call(this, req, res, done);
      };
    });
    wrapMethod(router, 'use', (original) => {
      return function use(this: any, ...args: unknown[]): unknown {
        const before: number = this.stack?.length ?? 0;
        const result: unknown = original.apply(this, args);
        guard.run('express use', () => tagMounts(this.stack.slice(before), args[0]));
        return result;
      };
    });
  };

  onKnownFile(context, 'express/lib/router/layer.js', '4.10', wrapLayer);
  onKnownFile(context, 'express/lib/router/index.js', '4.10', wrapRouter);
  onKnownFile(context, 'router/lib/layer.js', '2', wrapLayer);
  onKnownFile(context, 'router/index.js', '2', (Router) => wrapRouter(Router.prototype));
};

function enterRoute(layer: any, req: Request, res: ServerResponse, next: Next): Next {
  const dispatch = dispatchOf(req);
  dispatch.dispatched = layer.route;
  dispatch.matched = below(dispatch.mount, layer);
  dispatch.isInRoute = true;
  return function leaveRoute(error) {
    dispatch.isInRoute = false;
    if (!isFailure(error) && !res.headersSent) dispatch.matched = undefined;
    next(error);
  };
}

function enterMount(layer: any, req: Request, res: ServerResponse, next: Next): Next {
  const dispatch = dispatchOf(req);
  const outer = dispatch.mount;
  dispatch.mount = below(outer, layer);
  return function leaveMount(error) {
    if (isFailure(error) || res.headersSent) dispatch.keep();
    dispatch.mount = outer;
    next(error);
  };
}

/** The router's own signals are not errors: they say "not me". */
const isFailure = (error: unknown): boolean => Boolean(error) && error !== 'route' && error !== 'router';
