/** Koa with @koa/router under the common cases, and what only they do. For every pair of versions. */
import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import { UNMATCHED } from '../../src/http/route.js';
import { serve } from './http.js';
import { describeFramework, type Control } from './http-cases.js';

const ok = (ctx: any): void => void (ctx.body = 'ok');

function slowly(ctx: any, { held }: Control, type: string): void {
  const body = new PassThrough();
  body.write('first');
  void held().then(() => body.end('last'));
  ctx.type = type;
  ctx.body = body;
}

function routes(router: any, control: Control): any {
  return router
    .get('/', ok)
    .get('/users/:id', ok)
    .post('/upload', async (ctx: any) => {
      for await (const _chunk of ctx.req);
      ok(ctx);
    })
    .get('/throw/:id', () => {
      throw new Error('thrown');
    })
    .get('/reject/:id', async () => {
      await later(0);
      throw new Error('rejected');
    })
    .get('/teapot/:id', (ctx: any) => ctx.throw(418))
    .get('/cached/:id', (ctx: any) => void (ctx.status = 304))
    .get('/hang/:id', (ctx: any) => control.held().then(() => ok(ctx)))
    .get('/stream/:id', (ctx: any) => slowly(ctx, control, 'text/plain'))
    .get('/events/:id', (ctx: any) => slowly(ctx, control, 'text/event-stream'))
    .get('/admin/outside/:id', ok);
}

/** Nested routers with prefixes, their middleware, several routes for one path, regular expressions. */
function koasOwn(Router: any): any[] {
  const items = new Router().get('/items/:item', ok).get('/guarded/:id', ok);
  const v1 = new Router({ prefix: '/api/v1' });
  v1.use('/guarded', (ctx: any) => void (ctx.status = 401));
  v1.use(items.routes()).get('/', ok);
  const org = new Router().use('/org/:org', v1.routes());
  const several = new Router()
    .get('/both/:any', (_ctx: any, next: any) => next())
    .get('/both/:taken', ok)
    .get(/^\/re\/(\d+)$/, ok)
    .put('/put/:id', ok)
    .all('/all/:id', ok)
    .param('stop', (_stop: string, ctx: any) => void (ctx.status = 401))
    .get('/stop/:stop', ok)
    .get('/caught/:id', () => {
      throw new Error('thrown');
    })
    .get('/taken/:id', (ctx: any) => {
      ctx.respond = false;
      ctx.res.writeHead(202, { connection: 'close' }).end('mine');
    });
  several.use((ctx: any, next: any) => (ctx.get('host') === 'localhost' ? next() : undefined));
  return [v1, org, several];
}

const also = {
  'GET /api/v1': '/api/v1 200',
  'GET /api/v1/guarded/1': '/api/v1/guarded/:id 401',
  'GET /org/7/api/v1/items/1': '/org/:org/api/v1/items/:item 200',
  'GET /both/1': '/both/:taken 200',
  'GET /re/1': '/^\\/re\\/(\\d+)$/ 200',
  'PATCH /all/1': '/all/:id 200',
  'GET /stop/1': '/stop/:stop 401',
  'GET /caught/1': '/caught/:id 503',
  'GET /taken/1': '/taken/:id 202',
  // Both answered by allowedMethods.
  'OPTIONS /put/1': `${UNMATCHED} 200`,
  'GET /put/1': `${UNMATCHED} 405`,
  'GET /before/1': `${UNMATCHED} 403`,
};

type Requests = Readonly<Record<string, string>>;

/** `mounts` adds more to the application, and says what is to be counted of it. */
export function describeKoa(
  name: string,
  Koa: any,
  Router: any,
  mounts: (app: any) => Requests = () => ({}),
): void {
  describeFramework(name, {
    async start(control) {
      const app = new Koa();
      app.silent = true;
      app.use((ctx: any, next: any) => (ctx.path === '/before/1' ? void (ctx.status = 403) : next()));
      app.use((ctx: any, next: any) =>
        ctx.path === '/caught/1' ? next().catch(() => void (ctx.status = 503)) : next(),
      );
      mounts(app);
      for (const router of [routes(new Router(), control), ...koasOwn(Router)])
        app.use(router.routes()).use(router.allowedMethods());
      return serve(undefined, createServer(app.callback()));
    },
    differs: { 'OPTIONS /users/42': `${UNMATCHED} 200`, 'DELETE /users/42': `${UNMATCHED} 405` },
    also: { ...also, ...mounts(new Koa()) },
  });
}
