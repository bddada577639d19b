/** Fastify 4 and 5 under the common cases, and what only Fastify does. */
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import fastifyStatic from '@fastify/static';
import fastify5, { type FastifyInstance, type FastifyReply } from 'fastify';
import fastify4 from 'fastify4';
import fastify40 from 'fastify4-oldest';
import { UNMATCHED } from '../../../src/http/route.js';
import { describeFramework, type Control, type Framework } from '../../support/http-cases.js';

const teapot = (): Error => Object.assign(new Error('tea'), { statusCode: 418 });

function slowly(reply: FastifyReply, { held }: Control, type: string): FastifyReply {
  const body = new PassThrough();
  body.write('first');
  void held().then(() => body.end('last'));
  return reply.type(type).send(body);
}

function routes(app: FastifyInstance, control: Control): void {
  app.get('/', async () => 'ok');
  app.get('/users/:id', async () => 'ok');
  app.post('/upload', async () => 'ok');
  app.get('/throw/:id', () => {
    throw new Error('thrown');
  });
  app.get('/reject/:id', async () => {
    await later(0);
    throw new Error('rejected');
  });
  app.get('/teapot/:id', async () => {
    throw teapot();
  });
  app.get('/cached/:id', (_request, reply) => reply.code(304).send());
  app.get('/hang/:id', async () => {
    await control.held();
    return 'ok';
  });
  app.get('/stream/:id', (_request, reply) => slowly(reply, control, 'text/plain'));
  app.get('/events/:id', (_request, reply) => slowly(reply, control, 'text/event-stream'));
  app.register(
    async (v1) => {
      v1.get('/', async () => 'ok');
      v1.get('/items/:item', async () => 'ok');
      v1.register(async (deep) => void deep.get('/x/:x', async () => 'ok'), { prefix: '/deep/:deep' });
    },
    { prefix: '/api/v1' },
  );
}

/** Hooks that reply, replies that Fastify lets go of, and the errors it makes itself. */
function fastifysOwn(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.host !== 'localhost') await reply.code(421).send();
  });
  app.register(async (guarded) => {
    guarded.addHook('onRequest', (_request, reply, _done) => void reply.code(401).send());
    guarded.get('/guarded/:id', async () => 'ok');
  });
  app.register(async (checked) => {
    checked.addHook('preHandler', async () => {
      throw Object.assign(new Error('no'), { statusCode: 403 });
    });
    checked.get('/checked/:id', async () => 'ok');
  });
  app.get(
    '/early/:id',
    { preValidation: (_request, reply, _done) => void reply.code(422).send() },
    async () => 'ok',
  );
  app.get('/late/:id', { onSend: async () => { throw new Error('onSend'); } }, async () => 'ok'); // prettier-ignore
  app.get('/hijacked/:id', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(202, { connection: 'close' }).end('mine');
  });
  app.get('/raw/:id', (_request, reply) => void reply.raw.writeHead(203, { connection: 'close' }).end());
  app.get(
    '/async-error/:id',
    { errorHandler: (_error, _request, reply) => void reply.code(503).send() },
    () => {
      throw new Error('handled');
    },
  );
  app.get(
    '/valid/:id',
    { schema: { params: { type: 'object', properties: { id: { type: 'integer' } } } } },
    async () => 'ok',
  );
  app.get('/number/:id(^\\d+)', async () => 'ok');
  app.get('/wild/*', async () => 'ok');
  app.all('/all/:id', async () => 'ok');
  app.route({ method: ['GET', 'PUT'], url: '/both/:id', handler: async () => 'ok' });
  app.register(
    async (scope) => void scope.setNotFoundHandler((_request, reply) => void reply.code(410).send()),
    { prefix: '/gone' },
  );
}

const also = {
  'GET /api/v1': '/api/v1 200',
  'GET /api/v1/': '/api/v1 200',
  'GET /api/v1/deep/1/x/2': '/api/v1/deep/:deep/x/:x 200',
  'GET /guarded/1': '/guarded/:id 401',
  'GET /checked/1': '/checked/:id 403',
  'GET /early/1': '/early/:id 422',
  'GET /late/1': '/late/:id 500',
  'GET /hijacked/1': '/hijacked/:id 202',
  'GET /raw/1': '/raw/:id 203',
  'GET /async-error/1': '/async-error/:id 503',
  'GET /valid/1': '/valid/:id 200',
  'GET /valid/x': '/valid/:id 400',
  'GET /number/1': '/number/:id(^\\d+) 200',
  'GET /number/x': `${UNMATCHED} 404`,
  'GET /wild/a/b': '/wild/* 200',
  'PATCH /all/1': '/all/:id 200',
  'PUT /both/1': '/both/:id 200',
  'GET /gone/1': `${UNMATCHED} 410`,
  'GET /users/%zz': `${UNMATCHED} 400`,
};

const framework = (create: () => FastifyInstance, withStatic: boolean): Framework => ({
  async start(control) {
    const app = create();
    fastifysOwn(app);
    routes(app, control);
    if (withStatic) app.register(fastifyStatic, { root: join(__dirname, 'public'), prefix: '/assets/' });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const address = app.server.address() as { port: number };
    return {
      port: address.port,
      server: app.server,
      close: () => {
        app.server.closeAllConnections();
        return app.close();
      },
    };
  },
  also: {
    ...also,
    ...(withStatic ? { 'GET /assets/a.txt': '/assets/* 200', 'GET /assets/b.txt': '/assets/* 200' } : {}),
  },
});

describeFramework(
  'Fastify 5',
  framework(() => fastify5(), true),
);
describeFramework(
  'Fastify 4',
  framework(() => fastify4() as unknown as FastifyInstance, false),
);
describeFramework(
  'Fastify 4.0',
  framework(() => fastify40() as unknown as FastifyInstance, false),
);
