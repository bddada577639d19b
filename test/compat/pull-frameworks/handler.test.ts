/** One handler, whatever the framework: the same answers as on a server of its own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import Koa from 'koa';
import { createMetricsHandler, type MetricsHandler } from '../../../src/export/handler.js';
import { createScraper } from '../../../src/export/scrape.js';
import { testContext } from '../../support/context.js';
import { parsePromText } from '../../support/prom-text.js';

const PATH = '/api/metrics';

const mounts: Record<string, (handler: MetricsHandler) => Promise<Server>> = {
  'node:http': async (handler) => listening(createServer(handler as RequestListener)),
  'Express 4': async (handler) => listening(createServer(express().all(PATH, handler))),
  'Fastify 5': async (handler) => {
    const app = fastify();
    app.addHook('onSend', async () => assert.fail('Fastify must leave the reply alone'));
    app.all(PATH, handler);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server;
  },
  'Koa 3': async (handler) => {
    const app = new Koa();
    app.on('error', (error: unknown) => assert.fail(String(error)));
    app.use((ctx, next) => (ctx.path === PATH ? handler(ctx, next) : next()));
    return listening(createServer(app.callback()));
  },
};

async function listening(server: Server): Promise<Server> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

for (const [name, mount] of Object.entries(mounts)) {
  describe(`metrics handler in ${name}`, () => {
    const { registry, context, errors } = testContext();
    const { log, guard, emit } = context;
    let broken = false;
    const collectForeign = (): Promise<undefined> =>
      broken ? Promise.reject(new Error('broken')) : Promise.resolve(undefined);
    const scrape = createScraper({ registry, log, resource: {}, collectForeign });
    const auth = (given: string | undefined): boolean => given === 'Bearer good';
    let server: Server;
    const ask = (init: RequestInit = {}): Promise<Response> =>
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`, {
        headers: { authorization: 'Bearer good' },
        ...init,
      });

    before(async () => {
      server = await mount(createMetricsHandler({ scrape, auth, guard, emit }));
      registry.emit('intelia_active_users', 3, {});
    });
    after(() => {
      server.close();
      server.closeAllConnections();
      assert.deepEqual(errors, ['scrape']);
    });

    it('answers a scrape', async () => {
      const response = await ask();
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
      assert.equal(response.headers.get('content-encoding'), 'gzip');
      assert.ok(parsePromText(await response.text()).has('intelia_active_users'));
    });

    it('answers HEAD, refuses POST and strangers, and says when it fails', async () => {
      const head = await ask({ method: 'HEAD' });
      assert.deepEqual([head.status, await head.text()], [200, '']);
      const post = await ask({ method: 'POST' });
      assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
      const stranger = await ask({ headers: {} });
      assert.deepEqual([stranger.status, await stranger.text()], [401, 'Unauthorized\n']);
      broken = true;
      const failed = await ask();
      assert.deepEqual([failed.status, await failed.text()], [500, 'Internal Server Error\n']);
      broken = false;
    });
  });
}
