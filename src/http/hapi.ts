/** Routes of Hapi 21, read from its request when the response has closed: they are known before any handler runs. */
/* eslint-disable @typescript-eslint/no-explicit-any -- Hapi's own Request class */
import type { IncomingMessage } from 'node:http';
import type { Hook } from '../context.js';
import { onKnownFile } from '../hook/version.js';
import { wrapMethod } from '../hook/wrap.js';
import { routeState, type RouteSource } from './route.js';
import { routeTemplate } from './template.js';

interface HapiRequest {
  readonly route: { readonly method: string; readonly path: string };
}

class HapiRoute implements RouteSource {
  constructor(private readonly request: HapiRequest) {}

  endpoint(): string | undefined {
    const { method, path } = this.request.route;
    // Hapi's own handlers of what matches nothing, of bad requests and of CORS preflights.
    return method === '_special' ? undefined : routeTemplate(path);
  }
}

export const hookHapi: Hook = (context) => {
  const mark = context.guard.wrap('hapi request', (req: IncomingMessage, request: HapiRequest) => {
    routeState(req).source = new HapiRoute(request);
  });

  onKnownFile(context, '@hapi/hapi/lib/request.js', '21', (Request) => {
    wrapMethod(Request, 'generate', (original) => {
      return function generate(
        this: any,
        server: unknown,
        req: IncomingMessage,
        ...rest: unknown[]
      ): unknown {
        const request = original.call(this, server, req, ...rest);
        mark(req, request);
        return request;
      };
    });
  });
};
