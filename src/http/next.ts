/**
 * Routes of Next.js 15 and 16, under `next start` or a server of the application's own. Pages and app routes are seen
 * where their module is run, API routes of `pages/` where they are called. What Next answers itself (its static files,
 * images, redirects, routes of the edge runtime) has no route.
 */
/* eslint-disable @typescript-eslint/no-explicit-any -- Next's own server classes */
import type { IncomingMessage } from 'node:http';
import type { Hook } from '../context.js';
import { onKnownFile } from '../hook/version.js';
import { wrapMethod } from '../hook/wrap.js';
import { routeState, type RouteSource } from './route.js';
import { joinTemplates, mountTemplate, routeTemplate } from './template.js';

/** Next's request; its `originalRequest` would change the one that it stands for. */
interface NextRequest {
  readonly _req?: IncomingMessage;
}

interface NextServer {
  readonly nextConfig?: { readonly basePath?: string };
}

class NextRoute implements RouteSource {
  constructor(private readonly template: string) {}

  endpoint(): string {
    return this.template;
  }
}

/** What is rendered when something else was not found or failed. */
const ERROR_PAGES: readonly unknown[] = ['/404', '/500', '/_error', '/_not-found', '/_global-error'];

export const hookNext: Hook = (context) => {
  /** One source for each page: pages are known when Next is built. */
  const sources = new Map<string, NextRoute>();

  const mark = context.guard.wrap('next route', (server: NextServer, req: NextRequest, page: unknown) => {
    if (req._req === undefined || typeof page !== 'string' || ERROR_PAGES.includes(page)) return;
    const state = routeState(req._req);
    // The first page is the one that was asked for; a custom server's own route says less.
    if (!(state.source instanceof NextRoute))
      state.source = sourceOf(server.nextConfig?.basePath ?? '', page);
  });

  function sourceOf(basePath: string, page: string): NextRoute {
    const template = joinTemplates(mountTemplate(basePath), routeTemplate(page));
    let source = sources.get(template);
    if (source === undefined) sources.set(template, (source = new NextRoute(template)));
    return source;
  }

  onKnownFile(context, 'next/dist/server/base-server.js', '15 || 16', (exports) => {
    wrapMethod(exports.default.prototype, 'renderToResponseWithComponents', (original) => {
      return function renderToResponseWithComponents(this: any, ctx: any, ...rest: unknown[]): unknown {
        mark(this, ctx?.req ?? {}, ctx?.pathname);
        return original.call(this, ctx, ...rest);
      };
    });
  });

  onKnownFile(context, 'next/dist/server/next-server.js', '15 || 16', (exports) => {
    wrapMethod(exports.default.prototype, 'handleApiRequest', (original) => {
      return function handleApiRequest(this: any, req: any, res: any, query: any, match: any): unknown {
        mark(this, req ?? {}, match?.definition?.pathname);
        return original.call(this, req, res, query, match);
      };
    });
  });
};
