// Fastify, Koa, Hapi and Hono on servers of node:http2; asks each over HTTP/2, and prints what measured.cts has counted.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { createRequire } from 'node:module';
import Router from '@koa/router';
import Hapi from '@hapi/hapi';
import { fastify } from 'fastify';
import Koa from 'koa';

// By `require`, which every Node lets the hook into.
const require = createRequire(import.meta.url);
const { serve } = require('@hono/node-server');
const { Hono } = require('hono');

const { test } = globalThis;
const REQUESTS = 'intelia_http_requests_total';
const never = () => new Promise(() => {});
const fail = () => {
  throw new Error('thrown');
};

const app = fastify({ http2: true });
app.get('/fastify/:id', () => 'ok');
app.get('/fastify/throw/:id', fail);
app.get('/fastify/hang/:id', never);
await app.listen({ port: 0, host: '127.0.0.1' });

const koa = new Koa();
koa.silent = true;
const router = new Router({ prefix: '/koa' }).get('/:id', (ctx) => void (ctx.body = 'ok'));
koa.use(router.get('/throw/:id', fail).get('/hang/:id', never).routes());
const koaServer = createServer(koa.callback()).listen(0, '127.0.0.1');
await once(koaServer, 'listening');

const hapiServer = createServer();
const hapi = Hapi.server({ listener: hapiServer, port: 0, address: '127.0.0.1', debug: false });
hapi.route({ method: 'GET', path: '/hapi/{id}', handler: () => 'ok' });
hapi.route({ method: 'GET', path: '/hapi/throw/{id}', handler: fail });
hapi.route({ method: 'GET', path: '/hapi/hang/{id}', handler: never });
await hapi.start();

const hono = new Hono().get('/hono/:id', (c) => c.text('ok')).get('/hono/throw/:id', fail);
hono.get('/hono/hang/:id', never).onError((_error, c) => c.text('error', 500));
const honoServer = serve({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1', createServer });
if (!honoServer.listening) await once(honoServer, 'listening');

const counted = async (n) => {
  while ((test.value(REQUESTS) ?? 0) < n) await new Promise(setImmediate);
};
let n = 0;
for (const [name, server] of Object.entries({ fastify: app.server, koa: koaServer, hapi: hapiServer, hono: honoServer })) {
  const session = connect(`http://127.0.0.1:${server.address().port}`);
  const ask = (method, path) =>
    session.request({ ':method': method, ':path': `/${name}/${path}` }).on('error', () => {}).resume();
  for (const [method, path] of [['GET', '1'], ['HEAD', '2'], ['GET', 'throw/1'], ['GET', 'nope/1/2']])
    await once(ask(method, path), 'close');
  const left = ask('GET', 'hang/1');
  // The first requests have been counted once this one is all that is open.
  await counted((n += 4));
  left.close(8);
  await counted(++n);
  session.destroy();
} // prettier-ignore
process.stdout.write(JSON.stringify(test.series(REQUESTS)));
if (test.errors.length + test.warnings.length > 0) throw new Error([...test.errors, ...test.warnings].join());
process.exit();
