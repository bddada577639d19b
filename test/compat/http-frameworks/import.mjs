// An ES module application on Fastify, Koa and Hapi; asks each once, and prints what measured.cts has counted.
import { once } from 'node:events';
import { createServer } from 'node:http';
import Router from '@koa/router';
import Hapi from '@hapi/hapi';
import { fastify } from 'fastify';
import Koa from 'koa';

const { test } = globalThis;

const app = fastify();
app.get('/fastify/:id', async () => 'ok');
await app.listen({ port: 0, host: '127.0.0.1' });

const koa = new Koa().use(new Router().get('/koa/:id', (ctx) => void (ctx.body = 'ok')).routes());
const koaServer = createServer(koa.callback()).listen(0, '127.0.0.1');
await once(koaServer, 'listening');

const hapi = Hapi.server({ port: 0, address: '127.0.0.1' });
hapi.route({ method: 'GET', path: '/hapi/{id}', handler: () => 'ok' });
await hapi.start();

const servers = { fastify: app.server, koa: koaServer, hapi: hapi.listener };
for (const [name, server] of Object.entries(servers))
  await (await fetch(`http://127.0.0.1:${server.address().port}/${name}/1`)).text();
while ((test.value('intelia_http_requests_total') ?? 0) < 3) await new Promise(setImmediate);
for (const server of Object.values(servers)) {
  server.close();
  server.closeAllConnections();
}
process.stdout.write(JSON.stringify(test.series('intelia_http_requests_total')));
if (test.errors.length + test.warnings.length > 0) throw new Error([...test.errors, ...test.warnings].join());
