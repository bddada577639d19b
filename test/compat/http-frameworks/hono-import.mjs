// An ES module application on Hono; asks itself, and prints what measured.cts has counted.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const { test, setRoute } = globalThis;
const api = new Hono().get('/items/:item', (c) => c.text('ok'));
const app = new Hono()
  .use(async (_c, next) => next())
  .get('/users/:id', (c) => c.text('ok'))
  .get('/hand/:id', (c) => {
    setRoute(c.env.incoming, '/by/hand/:id');
    return c.text('ok');
  })
  .route('/api', api);

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, async ({ port }) => {
  for (const path of ['/users/1', '/users/2', '/api/items/3', '/nope', '/hand/1']) {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  }
  while ((test.value('intelia_http_requests_total') ?? 0) < 5) await new Promise(setImmediate);
  server.close();
  server.closeAllConnections();
  process.stdout.write(JSON.stringify(test.series('intelia_http_requests_total')));
  if (test.errors.length + test.warnings.length > 0)
    throw new Error([...test.errors, ...test.warnings].join());
});
