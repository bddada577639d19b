/** Koa 3 with @koa/router 13, 14 and 15. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import RouterNow from '@koa/router';
import Koa from 'koa';
import mount from 'koa-mount';
import serveStatic from 'koa-static';
import Router13 from 'router13';
import Router14 from 'router14';
import { counted, head, measured, rawClient, serve, until } from '../../support/http.js';
import { describeKoa } from '../../support/koa-cases.js';

const files = serveStatic(join(__dirname, 'public'));
const ok = (ctx: Koa.Context): void => void (ctx.body = `ok ${ctx['mountPath'] ?? ''}`);

for (const [version, Router] of Object.entries({ 13: Router13, 14: Router14, 15: RouterNow })) {
  describeKoa(`Koa 3, @koa/router ${version}`, Koa, Router, (app) => {
    app.use(mount('/assets', files));
    const admin = new Koa();
    admin.use(new Router().get('/pages/:page', ok).routes());
    app.use(mount('/admin', admin));
    const taken = new Koa().use((_ctx, next) => next());
    const deep = new Koa()
      .use(mount('/files', files))
      .use(mount('/taken', taken))
      .use(mount('/pages', new Koa().use(new Router({ prefix: '/v1' }).get('/:page', ok).routes())))
      .use(new Router().get('/taken/:id', ok).get('/own/:id', ok).routes());
    app.use(mount('/org', new Koa().use(mount('/deep', deep))));
    return {
      'GET /assets/a.txt': '/assets 200',
      'GET /assets/b.txt': '/assets 200',
      'GET /assets/nope.txt': '(unmatched) 404',
      'GET /admin/pages/7': '/admin/pages/:page 200',
      // Passed on by the mount, and taken by a router beside it.
      'GET /admin/outside/7': '/admin/outside/:id 200',
      // Mounts in mounts.
      'GET /org/deep/files/a.txt': '/org/deep/files 200',
      'GET /org/deep/pages/v1/7': '/org/deep/pages/v1/:page 200',
      'GET /org/deep/taken/7': '/org/deep/taken/:id 200',
      'GET /org/deep/own/7': '/org/deep/own/:id 200',
      'GET /org/deep/nope/7': '(unmatched) 404',
    };
  });
}

it('koa-mount keeps its prefix for a client that left in it', async () => {
  const test = measured();
  let entered = false;
  const routes = new RouterNow().get('/wait/:id', () => {
    entered = true;
    return new Promise(() => {});
  });
  const app = new Koa().use(mount('/admin', new Koa().use(routes.routes())));
  const { port, close } = await serve(undefined, createServer(app.callback()));
  const client = await rawClient(port);
  client.send(head('GET', '/admin/wait/1'));
  await until(() => entered);
  client.socket.destroy();
  await until(() => counted(test) === 1);
  await close();
  assert.deepEqual(test.series('intelia_http_requests_total'), {
    'method=GET,endpoint=/admin/wait/:id,status=499': 1,
  });
});
