/**
 * Routes of Koa 2 and 3. Koa itself has none: `@koa/router` and `koa-router` leave the path of the layer that ran last
 * on the context, which is read when the response has closed; `koa-mount` puts its prefix there as it is entered.
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

/** A prefix of `koa-mount`, and the path that it met: one inside another meets a shorter one. */
interface Mount {
  readonly prefix: string;
  readonly path: string;
}

const MOUNTS = Symbol('intelia.koa.mounts');

interface KoaContext {
  readonly req: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Of the layer whose handlers ran last. */
  readonly _matchedRoute?: Path;
  /** All layers whose path fits, in order. */
  readonly matched?: readonly Layer[];
  /** From the outermost to the one entered last. */
  [MOUNTS]?: readonly Mount[];
}

class KoaRoute implements RouteSource {
  constructor(private readonly ctx: KoaContext) {}

  endpoint(): string | undefined {
    const { ctx } = this;
    const path = ctx._matchedRoute;
    if (path === undefined) return answeredByMount(ctx);
    const layer = routeOf(ctx, path);
    return joinTemplates(prefixOf(mountsOver(ctx, layer)), routeTemplate(layer?.path ?? path));
  }
}

/** Only those that the route is in: a mounted application may have passed the request on to a router beside it. */
function mountsOver({ [MOUNTS]: mounts = [] }: KoaContext, layer: Layer | undefined): readonly Mount[] {
  // Not the path of the context: inside a mount, where a client may leave, that is another.
  const count = mounts.findIndex(({ path }) => layer?.match?.(path) === true);
  return count < 0 ? mounts : mounts.slice(0, count);
}

const prefixOf = (mounts: readonly Mount[]): string =>
  mounts.reduce((all, { prefix }) => joinTemplates(all, mountTemplate(prefix)), '');

/** The route behind the path that ran last; when that was a middleware which answered, the route that it guards. */
function routeOf({ matched = [], method }: KoaContext, path: Path): Layer | undefined {
  const routes = matched.filter((layer) => layer.methods.length > 0);
  return (
    routes.find((layer) => layer.path === path) ?? routes.find((layer) => layer.methods.includes(method))
  );
}

/** Static files and whole applications without a router, under their prefix. */
function answeredByMount({ [MOUNTS]: mounts = [], status }: KoaContext): string | undefined {
  return mounts.length === 0 || status === 404 ? undefined : routeTemplate(prefixOf(mounts));
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

  // The setter of all contexts: a request without mounts costs nothing.
  onKnownFile(context, 'koa/lib/context.js', '2 || 3', (prototype) => {
    if ('mountPath' in prototype) return;
    const enter = context.guard.wrap('koa mount', (ctx: KoaContext, prefix: string) => {
      const { path } = ctx;
      const around = (ctx[MOUNTS] ?? []).filter((mount) => mount.path.length > path.length);
      ctx[MOUNTS] = [...around, { prefix, path }];
    });
    Object.defineProperty(prototype, 'mountPath', {
      configurable: true,
      get: function (this: KoaContext) {
        return this[MOUNTS]?.at(-1)?.prefix;
      },
      set: function (this: KoaContext, prefix: string) {
        enter(this, prefix);
      },
    });
  });
};
