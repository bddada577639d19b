// An ES module application on Hono; asks itself, and prints what measured.cts has counted. With the argument `by-hand` it
// names its routes itself, as docs/supported.md says for Node 20.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { routePath } from 'hono/route';

const { test, setRoute } = globalThis;
const api = new Hono().get('/items/:item', (c) => c.text('ok'));
const app = new Hono();
app.use(async (c, next) => {
  await next();
  if (process.argv[2] === 'by-hand') setRoute(c.env.incoming, routePath(c, -1));
});
app.get('/users/:id', (c) => c.text('ok')).route('/api', api);

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, async ({ port }) => {
  for (const path of ['/users/1', '/users/2', '/api/items/3', '/nope']) {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  }
  while ((test.value('intelia_http_requests_total') ?? 0) < 4) await new Promise(setImmediate);
  server.close();
  server.closeAllConnections();
  process.stdout.write(JSON.stringify(test.series('intelia_http_requests_total')));
  if (test.errors.length + test.warnings.length > 0)
    throw new Error([...test.errors, ...test.warnings].join());
});
