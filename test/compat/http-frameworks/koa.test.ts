/** Koa 3 with @koa/router 13, 14 and 15. */
import { join } from 'node:path';
import RouterNow from '@koa/router';
import Koa from 'koa';
import mount from 'koa-mount';
import serveStatic from 'koa-static';
import Router13 from 'router13';
import Router14 from 'router14';
import { describeKoa } from '../../support/koa-cases.js';

const files = serveStatic(join(__dirname, 'public'));

for (const [version, Router] of Object.entries({ 13: Router13, 14: Router14, 15: RouterNow })) {
  describeKoa(`Koa 3, @koa/router ${version}`, Koa, Router, (app) => {
    app.use(mount('/assets', files));
    const admin = new Koa();
    admin.use(new Router().get('/pages/:page', (ctx: Koa.Context) => void (ctx.body = 'ok')).routes());
    app.use(mount('/admin', admin));
    return {
      'GET /assets/a.txt': '/assets 200',
      'GET /assets/b.txt': '/assets 200',
      'GET /assets/nope.txt': '(unmatched) 404',
      'GET /admin/pages/7': '/admin/pages/:page 200',
      // Passed on by the mount, and taken by a router beside it.
      'GET /admin/outside/7': '/admin/outside/:id 200',
    };
  });
}
