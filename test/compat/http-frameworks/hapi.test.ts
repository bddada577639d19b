/** Hapi 21 under the common cases, and what only Hapi does. */
import { PassThrough } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import { teapot } from '@hapi/boom';
import Hapi, { type ResponseToolkit, type ResponseObject, type Server } from '@hapi/hapi';
import Inert from '@hapi/inert';
import { join } from 'node:path';
import { UNMATCHED } from '../../../src/http/route.js';
import { describeFramework, type Control } from '../../support/http-cases.js';

const handler = (): string => 'ok';

function slowly(h: ResponseToolkit, { held }: Control, type: string): ResponseObject {
  const body = new PassThrough();
  body.write('first');
  void held().then(() => body.end('last'));
  return h.response(body).type(type);
}

function routes(server: Server, control: Control): void {
  server.route([
    { method: 'GET', path: '/', handler },
    { method: 'GET', path: '/users/{id}', handler },
    { method: 'POST', path: '/upload', handler: () => 'ok' },
    {
      method: 'GET', path: '/throw/{id}', handler: () => {
        throw new Error('thrown');
      },
    },
    {
      method: 'GET', path: '/reject/{id}', handler: async () => {
        await later(0);
        throw new Error('rejected');
      },
    },
    {
      method: 'GET', path: '/teapot/{id}', handler: () => {
        throw teapot('tea');
      },
    },
    { method: 'GET', path: '/cached/{id}', handler: (_request, h) => h.response().code(304) },
    { method: 'GET', path: '/hang/{id}', handler: () => control.held().then(handler) },
    { method: 'GET', path: '/stream/{id}', handler: (_request, h) => slowly(h, control, 'text/plain') },
    // Hapi compresses text when it is asked to; nobody asks here.
    { method: 'GET', path: '/events/{id}', handler: (_request, h) => slowly(h, control, 'text/event-stream') },
  ]); // prettier-ignore
}

/** Plugins with prefixes, extension points and auth that answer first, catch-alls, files, abandoned answers. */
async function hapisOwn(server: Server): Promise<void> {
  const v1 = {
    name: 'v1',
    register: (scope: Server) => void scope.route({ method: 'GET', path: '/items/{item}', handler }),
  };
  await server.register(v1, { routes: { prefix: '/api/v1' } });
  await server.register(Inert);
  server.auth.scheme('refuse', () => ({
    authenticate: (_request, h) => h.response('no').code(401).takeover(),
  }));
  server.auth.strategy('refuse', 'refuse');
  server.ext('onRequest', (request, h) =>
    request.path === '/stopped/1' ? h.response('stopped').code(503).takeover() : h.continue,
  );
  server.ext('onPreHandler', (request, h) =>
    request.path === '/checked/1' ? h.response('no').code(403).takeover() : h.continue,
  );
  server.route([
    { method: 'GET', path: '/assets/{file*}', handler: { directory: { path: join(__dirname, 'public') } } },
    { method: 'GET', path: '/guarded/{id}', options: { auth: 'refuse', handler } },
    { method: 'GET', path: '/checked/{id}', handler },
    { method: 'GET', path: '/stopped/{id}', handler },
    { method: 'GET', path: '/optional/{id?}', handler },
    { method: 'GET', path: '/mixed/{name}.{kind}', handler },
    { method: '*', path: '/any/{rest*}', handler },
    { method: ['PUT', 'PATCH'], path: '/both/{id}', handler },
    { method: 'GET', path: '/cors/{id}', options: { cors: true, handler } },
    {
      method: 'GET',
      path: '/taken/{id}',
      handler: ({ raw }, h) => {
        raw.res.writeHead(202, { connection: 'close' }).end('mine');
        return h.abandon;
      },
    },
  ]);
}

describeFramework('Hapi 21', {
  template: (path) => path.replace(/:(\w+)/g, '{$1}'),
  async start(control) {
    const server = Hapi.server({ port: 0, address: '127.0.0.1', debug: false });
    routes(server, control);
    await hapisOwn(server);
    await server.start();
    return {
      port: server.info.port as number,
      server: server.listener as never,
      close: () => {
        server.listener.closeAllConnections();
        return server.stop();
      },
    };
  },
  also: {
    'GET /assets/a.txt': '/assets/{file*} 200',
    'GET /assets/b.txt': '/assets/{file*} 200',
    'GET /assets/nope.txt': '/assets/{file*} 404',
    'GET /guarded/1': '/guarded/{id} 401',
    'GET /checked/1': '/checked/{id} 403',
    'GET /stopped/1': `${UNMATCHED} 503`,
    'GET /optional': '/optional/{id?} 200',
    'GET /mixed/a.b': '/mixed/{name}.{kind} 200',
    'DELETE /any/a/b': '/any/{rest*} 200',
    'PATCH /both/1': '/both/{id} 200',
    'GET /taken/1': '/taken/{id} 202',
    'OPTIONS /cors/1': `${UNMATCHED} 404`,
    'GET /users/%zz': `${UNMATCHED} 400`,
  },
});
