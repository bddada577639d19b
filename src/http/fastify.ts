/**
 * Routes of Fastify 4 and 5. Each instance is announced on a channel of Fastify's own; an `onRequest` hook of ours is
 * the first of every route, so that replies of other hooks, validation errors and hijacked replies have their route too.
 */
import type { IncomingMessage } from 'node:http';
import type { Hook } from '../context.js';
import { onChannel } from '../hook/channel.js';
import { supported } from '../hook/version.js';
import { routeState, type RouteSource } from './route.js';
import { routeTemplate } from './template.js';

/** As much of Fastify as is used: neither major is named by its types. */
interface Instance {
  readonly version: string;
  addHook(name: 'onRequest', hook: (request: Request, reply: unknown, done: () => void) => void): unknown;
}

interface Request {
  readonly raw: IncomingMessage;
  /** From 4.10 on. Its `url` is undefined where nothing matched. */
  readonly routeOptions?: { readonly url?: string };
  /** Deprecated from 4.10 on, and then reading it prints a warning. */
  readonly routerPath?: string;
}

class FastifyRoute implements RouteSource {
  constructor(private readonly request: Request) {}

  endpoint(): string | undefined {
    const { request } = this;
    const url = 'routeOptions' in request ? request.routeOptions?.url : request.routerPath;
    return url === undefined ? undefined : routeTemplate(url);
  }
}

export const hookFastify: Hook = ({ guard, log }) => {
  const mark = guard.wrap('fastify request', (request: Request) => {
    routeState(request.raw).source = new FastifyRoute(request);
  });

  onChannel(guard, 'fastify.initialization', ({ fastify }: { fastify: Instance }) => {
    if (!supported(log, 'fastify', '4 || 5', fastify.version)) return;
    fastify.addHook('onRequest', (request, _reply, done) => {
      mark(request);
      done();
    });
  });
};
