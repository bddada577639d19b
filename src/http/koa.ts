/**
 * Routes of Koa 2 and 3. Koa itself has none: `@koa/router` and `koa-router` leave the path of the layer that ran last
 * on the context, and `koa-mount` its prefix. They are read when the response has closed.
 */
/* eslint-disable @typescript-eslint/no-explicit-any -- Koa's prototypes, and what routers leave on its context */
import type { IncomingMessage } from 'node:http';
import type { Hook } from '../context.js';
import { onKnownFile } from '../hook/version.js';
import { wrapMethod } from '../hook/wrap.js';
import { routeState, type RouteSource } from './route.js';
import { joinTemplates, mountTemplate, routeTemplate } from './template.js';

type Path = string | RegExp | readonly (string | RegExp)[];

/** A route, or a middleware of a router: that has no methods. */
interface Layer {
  readonly path: Path;
  readonly methods: readonly string[];
  match?(path: string): boolean;
}

interface KoaContext {
  readonly req: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Of the layer whose handlers ran last. */
  readonly _matchedRoute?: Path;
  /** All layers whose path fits, in order. */
  readonly matched?: readonly Layer[];
  /** As given to `koa-mount`. */
  readonly mountPath?: string;
}

class KoaRoute implements RouteSource {
  constructor(private readonly ctx: KoaContext) {}

  endpoint(): string | undefined {
    const { ctx } = this;
    const path = ctx._matchedRoute;
    if (path === undefined) return answeredByMount(ctx);
    const layer = routeOf(ctx, path);
    const template = routeTemplate(layer?.path ?? path);
    if (ctx.mountPath === undefined || layer?.match?.(ctx.path) === true) return template;
    return joinTemplates(mountTemplate(ctx.mountPath), template);
  }
}

/** The route behind the path that ran last; when that was a middleware which answered, the route that it guards. */
function routeOf({ matched = [], method }: KoaContext, path: Path): Layer | undefined {
  const routes = matched.filter((layer) => layer.methods.length > 0);
  return (
    routes.find((layer) => layer.path === path) ?? routes.find((layer) => layer.methods.includes(method))
  );
}

/** Static files and whole applications without a router, under their prefix. */
function answeredByMount({ mountPath, status }: KoaContext): string | undefined {
  return mountPath === undefined || status === 404 ? undefined : routeTemplate(mountPath);
}

export const hookKoa: Hook = (context) => {
  const mark = context.guard.wrap('koa context', (req: IncomingMessage, ctx: KoaContext) => {
    routeState(req).source = new KoaRoute(ctx);
  });

  onKnownFile(context, 'koa/lib/application.js', '2 || 3', (Application) => {
    wrapMethod(Application.prototype, 'createContext', (original) => {
      return function createContext(this: any, req: IncomingMessage, ...rest: unknown[]): unknown {
        const ctx = original.call(this, req, ...rest);
        mark(req, ctx);
        return ctx;
      };
    });
  });
};
