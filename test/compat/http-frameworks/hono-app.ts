/** The common routes in Hono, and what only Hono does. */
import { setTimeout as later } from 'node:timers/promises';
import type { Context, Hono as HonoApp } from 'hono';
import { UNMATCHED } from '../../../src/http/route.js';
import type { Control } from '../../support/http-cases.js';

type HonoClass = new () => HonoApp;

const ok = (c: Context): Response => c.text('ok');

function slowly({ held }: Control, type: string): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('first'));
    },
    async pull(controller) {
      await held();
      controller.enqueue(Buffer.from('last'));
      controller.close();
    },
  }, { highWaterMark: 1 }); // prettier-ignore
  return new Response(body, { headers: { 'content-type': type } });
}

function routes(app: HonoApp, control: Control): void {
  app.get('/', ok);
  app.get('/users/:id', ok);
  app.post('/upload', async (c) => {
    await c.req.text();
    return c.text('ok');
  });
  app.get('/throw/:id', () => {
    throw new Error('thrown');
  });
  app.get('/reject/:id', async () => {
    await later(0);
    throw new Error('rejected');
  });
  app.get('/teapot/:id', (c) => c.text('tea', 418));
  app.get('/cached/:id', (c) => c.body(null, 304));
  app.get('/hang/:id', async (c) => {
    await control.held();
    return c.text('ok');
  });
  app.get('/stream/:id', () => slowly(control, 'text/plain'));
  app.get('/events/:id', () => slowly(control, 'text/event-stream'));
}

/** Middleware with and without a path, nested applications, base paths, mounts, error and 404 handlers. */
export function build(Hono: HonoClass, control: Control): HonoApp {
  const app = new Hono();
  app.onError((_error, c) => c.text('error', 500));
  app.use(async (c, next) => (c.req.path === '/stopped/1' ? c.text('no', 503) : next()));
  app.use('/guarded/*', async (c) => c.text('no', 401));
  app.use('/files/*', async (c, next) => (c.req.path.endsWith('.txt') ? c.text('file') : next()));
  routes(app, control);
  const deep = new Hono().get('/x/:x', ok);
  const v1 = new Hono().get('/items/:item', ok).get('/', ok).route('/deep/:deep', deep);
  app.route('/api/v1', v1);
  app.get('/guarded/:id', ok).get('/stopped/:id', ok);
  app.get('/several/:id', async (_c, next) => next(), ok);
  app.all('/all/:id', ok).on(['PUT', 'PATCH'], '/both/:id', ok);
  app.get('/optional/:id?', ok).get('/number/:id{[0-9]+}', ok).get('/wild/*', ok);
  app
    .get('/nothing/:id', (c) => c.notFound())
    .basePath('/based')
    .get('/on/:id', ok);
  app.mount('/mounted', () => new Response('ok'));
  return app;
}

export const also = {
  'GET /api/v1': '/api/v1 200',
  'GET /api/v1/deep/1/x/2': '/api/v1/deep/:deep/x/:x 200',
  'GET /stopped/1': '/stopped/:id 503',
  'GET /guarded/1': '/guarded/:id 401',
  'GET /guarded/1/2': '/guarded/* 401',
  'GET /files/a.txt': '/files/* 200',
  'GET /files/b/c.txt': '/files/* 200',
  'GET /files/none': `${UNMATCHED} 404`,
  'GET /several/1': '/several/:id 200',
  'DELETE /all/1': '/all/:id 200',
  'PATCH /both/1': '/both/:id 200',
  'GET /optional': '/optional/:id? 200',
  'GET /optional/1': '/optional/:id? 200',
  'GET /number/1': '/number/:id{[0-9]+} 200',
  'GET /wild/a/b': '/wild/* 200',
  'GET /nothing/1': '/nothing/:id 404',
  'GET /based/on/1': '/based/on/:id 200',
  'GET /mounted/a/b': '/mounted/* 200',
};
