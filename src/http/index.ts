/** Node's own HTTP server, and the frameworks that know the route of a request. */
import type { Hook } from '../context.js';
import { hookExpress } from './express.js';
import { hookFastify } from './fastify.js';
import { hookHapi } from './hapi.js';
import { hookHono } from './hono.js';
import { hookHttp2 } from './http2.js';
import { hookKoa } from './koa.js';
import { hookNext } from './next.js';
import { hookHttpServer } from './server.js';

export const HTTP_HOOKS: readonly Hook[] = [
  hookHttpServer,
  hookHttp2,
  hookExpress,
  hookFastify,
  hookKoa,
  hookHapi,
  hookHono,
  hookNext,
];
