/** What must be counted of an Express application: one table for every version that is tested. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Application, ErrorRequestHandler, RequestHandler, Router } from 'express';
import { setRoute, UNMATCHED } from '../../src/http/route.js';
import { counted, head, measured, rawClient, serve, until } from '../support/http.js';
import { describeFramework, type Control } from '../support/http-cases.js';
import type { TestContext } from '../support/context.js';

const run = promisify(execFile);

/** As much of the module as all versions have. */
export interface ExpressModule {
  (): Application;
  Router(options?: { mergeParams?: boolean; strict?: boolean }): Router;
  static(root: string): RequestHandler;
}

interface Case {
  readonly name: string;
  readonly build: (app: Application, express: ExpressModule) => void;
  /** Method and path to what is counted: endpoint and status. */
  readonly requests: Readonly<Record<string, string>>;
  /** Where only one generation can do it. */
  readonly only?: 4 | 5;
}

const ok: RequestHandler = (_req, res) => void res.end('ok');
const pass: RequestHandler = (_req, _res, next) => next();
const fail: RequestHandler = (_req, _res, next) => next(new Error('failed'));
const refuse: RequestHandler = (_req, res) => void res.status(403).end('no');
// Four parameters make it an error handler.
const onError: ErrorRequestHandler = (_error, _req, res, _next) => void res.status(503).end('error');

export const cases: readonly Case[] = [
  {
    name: 'a route, its parameters, and nothing',
    build: (app) => app.get('/', ok).get('/users/:id', ok).post('/users', ok),
    requests: {
      'GET /': '/ 200',
      'GET /users/42?a=1': '/users/:id 200',
      'GET /users/43/': '/users/:id 200',
      'POST /users': '/users 200',
      'GET /nope/42': `${UNMATCHED} 404`,
      'DELETE /users/42': `${UNMATCHED} 404`,
    },
  },
  {
    name: 'HEAD by way of GET, and the OPTIONS that Express answers itself',
    build: (app) => app.get('/users/:id', ok).post('/made', ok),
    requests: {
      'HEAD /users/42': '/users/:id 200',
      'HEAD /made': `${UNMATCHED} 404`,
      'OPTIONS /users/42': `${UNMATCHED} 200`,
    },
  },
  {
    name: 'nested routers, with templates and not values of their mounts',
    build: (app, express) => {
      const users = express.Router({ mergeParams: true });
      users.get('/', ok).get('/:user', ok).get('/fail/:user', fail);
      const org = express.Router();
      org.use('/users', users).get('/', ok);
      app.use('/org/:id', org);
      app.use(onError);
    },
    requests: {
      'GET /org/42': '/org/:id 200',
      'GET /org/42/users': '/org/:id/users 200',
      'GET /org/42/users/7': '/org/:id/users/:user 200',
      'GET /org/42/users/fail/7': '/org/:id/users/fail/:user 503',
      'GET /org/42/nope': `${UNMATCHED} 404`,
      'GET /org/42/users/7/nope': `${UNMATCHED} 404`,
    },
  },
  {
    name: 'a router mounted twice, and mounts that overlap',
    build: (app, express) => {
      const shared = express.Router();
      shared.get('/:id', ok);
      app.use('/a', pass).use('/a/b', pass).use('/:any', pass);
      app.use('/a', shared).use('/b/', shared).use('/a/:x/c', shared);
      app.get('/a/:y/:z', ok).get('/plain/:p', ok);
    },
    requests: {
      'GET /a/1': '/a/:id 200',
      'GET /b/1': '/b/:id 200',
      'GET /a/b/c/1': '/a/:x/c/:id 200',
      'GET /a/b/z': '/a/:y/:z 200',
      'GET /plain/1': '/plain/:p 200',
    },
  },
  {
    name: 'a mounted application, and one within it',
    build: (app, express) => {
      const admin = express();
      const deep = express();
      deep.get('/x/:x', ok);
      admin.use('/deep/:d', deep).get('/fail', fail).get('/:page', ok);
      app.use('/admin', admin).get('/admin/:rest/after', ok);
      app.use(onError);
    },
    requests: {
      'GET /admin/home': '/admin/:page 200',
      'GET /admin/deep/1/x/2': '/admin/deep/:d/x/:x 200',
      'GET /admin/fail': '/admin/fail 503',
      'GET /admin/home/after': '/admin/:rest/after 200',
      'GET /admin/home/nope': `${UNMATCHED} 404`,
    },
  },
  {
    name: 'app.route, app.all and several handlers',
    build: (app) => {
      app.route('/thing/:id').all(pass).get(pass, ok).put(fail);
      app.all('/all/:id', ok);
      app.use(onError);
    },
    requests: {
      'GET /thing/1': '/thing/:id 200',
      'PUT /thing/1': '/thing/:id 503',
      'POST /thing/1': `${UNMATCHED} 404`,
      'PATCH /all/1': '/all/:id 200',
    },
  },
  {
    name: 'routes that pass a request on',
    build: (app) => {
      app.get('/p/:first', pass).get('/p/:second', (_req, _res, next) => next('route'), fail);
      app.get('/p/taken', ok);
      app.get('/answered/:x', (_req, res, next) => {
        res.end('ok');
        next();
      });
    },
    requests: {
      'GET /p/taken': '/p/taken 200',
      'GET /p/other': `${UNMATCHED} 404`,
      'GET /answered/1': '/answered/:x 200',
    },
  },
  {
    name: 'regular expressions, arrays and their mounts',
    build: (app, express) => {
      const inner = express.Router();
      inner.get(/^\/deep\/(\d+)$/, ok);
      app.get(/^\/re\/(\d+)$/, ok);
      app.get(['/one/:a', '/two/:b'], ok);
      app.use(/^\/m\/\w+/, inner);
      app.use(['/x', '/y/:z'], inner);
    },
    requests: {
      'GET /re/1': '/^\\/re\\/(\\d+)$/ 200',
      'GET /one/1': '/one/:a,/two/:b 200',
      'GET /two/1': '/one/:a,/two/:b 200',
      'GET /m/abc/deep/1': '/^\\/m\\/\\w+//^\\/deep\\/(\\d+)$/ 200',
      'GET /x/deep/1': '/x,/y/:z/^\\/deep\\/(\\d+)$/ 200',
      'GET /y/9/deep/2': '/x,/y/:z/^\\/deep\\/(\\d+)$/ 200',
    },
  },
  {
    name: 'wildcards of Express 4',
    only: 4,
    build: (app) => app.get('/files/*', ok).get('/opt/:a?', ok).get('*', refuse),
    requests: { 'GET /files/a/b': '/files/* 200', 'GET /opt': '/opt/:a? 200', 'GET /else/1': '/* 403' },
  },
  {
    name: 'wildcards of Express 5',
    only: 5,
    build: (app) => app.get('/files/*path', ok).get('/opt{/:a}', ok).get('/{*rest}', refuse),
    requests: {
      'GET /files/a/b': '/files/*path 200',
      'GET /opt': '/opt{/:a} 200',
      'GET /else/1': '/{*rest} 403',
    },
  },
  {
    name: 'router.param that answers or fails, at the top and below a mount',
    build: (app, express) => {
      const below = express.Router();
      for (const router of [app, below]) {
        router.param('good', (_req, _res, next) => void setImmediate(next));
        router.param('bad', (_req, _res, next) => next(new Error('bad')));
        router.param('thrown', () => {
          throw new Error('thrown');
        });
        router.param('stop', (_req, res) => void res.status(401).end());
        router.get('/good/:good', ok).get('/bad/:bad', ok).get('/thrown/:thrown', ok).get('/stop/:stop', ok);
      }
      app.use('/below/:id', below);
      // A router may be the handler of a route.
      const inside = express.Router();
      inside.param('stop', (_req, res) => void res.status(401).end());
      inside.get('/inside/:stop', ok);
      app.all('/inside/:id', inside);
      app.use(onError);
    },
    requests: {
      'GET /inside/1': '/inside/:stop 401',
      'GET /good/1': '/good/:good 200',
      'GET /bad/1': '/bad/:bad 503',
      'GET /thrown/1': '/thrown/:thrown 503',
      'GET /stop/1': '/stop/:stop 401',
      'GET /below/9/good/1': '/below/:id/good/:good 200',
      'GET /below/9/bad/1': '/below/:id/bad/:bad 503',
      'GET /below/9/thrown/1': '/below/:id/thrown/:thrown 503',
      'GET /below/9/stop/1': '/below/:id/stop/:stop 401',
    },
  },
  {
    name: 'errors: thrown, passed on, without a handler, in the error handler, after the headers',
    build: (app, express) => {
      const api = express.Router();
      api.get('/throw/:id', () => {
        throw new Error('thrown');
      });
      api.get('/pass/:id', fail);
      api.get('/teapot/:id', (_req, _res, next) => next(Object.assign(new Error('tea'), { status: 418 })));
      api.get('/late/:id', (_req, res, next) => {
        res.write('half');
        next(new Error('late'));
      });
      app.use('/api', api);
      app.get('/handled/:id', fail);
      app.use('/handled', onError);
    },
    requests: {
      'GET /api/throw/1': '/api/throw/:id 500',
      'GET /api/pass/1': '/api/pass/:id 500',
      'GET /api/teapot/1': '/api/teapot/:id 418',
      'GET /api/late/1': '/api/late/:id 500',
      'GET /handled/1': '/handled/:id 503',
    },
  },
  {
    name: 'async handlers that reject',
    only: 5,
    build: (app, express) => {
      const api = express.Router();
      api.get('/reject/:id', async () => {
        await Promise.resolve();
        throw new Error('rejected');
      });
      app.use('/api/:v', api);
      app.use(onError);
    },
    requests: { 'GET /api/1/reject/1': '/api/:v/reject/:id 503' },
  },
  {
    name: 'handlers mounted with use: their mount path, if they have one',
    build: (app) => {
      app.use('/auth', refuse);
      app.use('/broken/:x', fail);
      app.use('/async', (_req, _res, next) => void setImmediate(next));
      app.get('/async/:id', ok);
      app.use((req, res, next) => (req.url === '/anything' ? void res.end('ok') : next()));
      app.use(onError);
    },
    requests: {
      'GET /auth/1/2/3': '/auth 403',
      'GET /broken/1': '/broken/:x 503',
      'GET /async/1': '/async/:id 200',
      'GET /anything': `${UNMATCHED} 200`,
      'GET /async/1/2': `${UNMATCHED} 404`,
    },
  },
  {
    name: 'static files under one name',
    build: (app, express) => {
      app.use('/assets', express.static(__dirname));
      app.get('/assets/missing/:id', ok);
    },
    requests: {
      'GET /assets/express-cases.ts': '/assets 200',
      'GET /assets/server.test.ts': '/assets 200',
      'GET /assets/nope.txt': `${UNMATCHED} 404`,
      'GET /assets/missing/1': '/assets/missing/:id 200',
    },
  },
  {
    name: 'malformed escapes, and setRoute over everything',
    build: (app) => {
      app.get('/named/:id', (req, res) => {
        setRoute(req, '/by-hand');
        res.end();
      });
      app.get('/users/:id', ok);
    },
    requests: { 'GET /users/%zz': `${UNMATCHED} 400`, 'GET /named/1': '/by-hand 200' },
  },
];

/** The routes of the cases that all frameworks have in common. */
function commonRoutes(app: Application, express: ExpressModule, { held }: Control): void {
  const slowly = (type: string): RequestHandler => {
    return (_req, res) => {
      res.type(type).write('first');
      void held().then(() => res.end('last'));
    };
  };
  app.get('/', ok).get('/users/:id', ok);
  app.post('/upload', (req, res) => void req.resume().on('end', () => res.end('ok')));
  app.get('/throw/:id', () => {
    throw new Error('thrown');
  });
  app.get('/reject/:id', (_req, _res, next) => void setImmediate(() => next(new Error('rejected'))));
  app.get('/teapot/:id', (_req, _res, next) => next(Object.assign(new Error('tea'), { status: 418 })));
  app.get('/cached/:id', (_req, res) => void res.status(304).end());
  app.get('/hang/:id', (_req, res) => void held().then(() => res.end('ok')));
  app.get('/stream/:id', slowly('text/plain')).get('/events/:id', slowly('text/event-stream'));
  const v1 = express.Router();
  v1.get('/items/:item', ok);
  app.use('/api/v1', v1);
}

/** `directory` is where that Express is found from, for the case that needs a process of its own. */
export function describeExpress(version: string, express: ExpressModule, directory: string): void {
  const generation = Number(version.split('.')[0]);

  describeFramework(`Express ${version}, what all frameworks have in common`, {
    start(control) {
      const app = express();
      app.set('env', 'test');
      commonRoutes(app, express, control);
      return serve(app);
    },
    differs: { 'OPTIONS /users/42': `${UNMATCHED} 200` },
  });

  describe(`Express ${version}`, () => {
    let test: TestContext;
    beforeEach(() => (test = measured()));
    afterEach(() => assert.deepEqual(test.errors, []));

    for (const { name, build, requests, only } of cases) {
      if (only !== undefined && only !== generation) continue;
      it(`counts ${name}`, async () => {
        const app = express();
        app.set('env', 'test'); // Express prints errors otherwise.
        build(app, express);
        const served = await serve(app);
        const seen: Record<string, string> = {};
        for (const request of Object.keys(requests)) seen[request] = await countedAs(served.port, request);
        await served.close();
        assert.deepEqual(seen, requests);
      });
    }

    it('counts routers made before the hook under a template too', async () => {
      const fixture = join(__dirname, '../fixtures/http/late.cts');
      const { stdout } = await run(process.execPath, ['--require', 'tsx/cjs', fixture, directory]);
      // Only router 2.3 remembers what was mounted where.
      const mount = Number(version.slice(0, 3)) >= 5.3 ? '/org/:org' : '/*';
      assert.deepEqual(JSON.parse(stdout), {
        [`method=GET,endpoint=${mount}/users/:id,status=200`]: 1,
        'method=GET,endpoint=/plain/:id,status=200': 1,
      });
    });

    it('keeps requests apart that are under way at the same time', async () => {
      const app = express();
      const inner = express.Router();
      const later: RequestHandler = (_req, _res, next) => void setImmediate(next);
      inner.param('id', (_req, _res, next) => void setImmediate(next));
      inner.get('/:id', later, ok).get('/:id/fail', later, fail);
      for (const mount of ['/a/:x', '/b', '/c/:y/d']) app.use(mount, later, inner);
      app.use(onError);
      const served = await serve(app);
      const paths = ['/a/1/2', '/b/3', '/c/4/d/5/fail', '/b/6/fail', '/a/7/8/9'];
      const clients = await Promise.all(Array.from({ length: 50 }, () => rawClient(served.port)));
      for (const [i, client] of clients.entries()) client.send(head('GET', paths[i % 5] as string));
      await until(() => counted(test) === 50);
      for (const client of clients) client.socket.destroy();
      await served.close();
      assert.deepEqual(test.series('intelia_http_requests_total'), {
        'method=GET,endpoint=/a/:x/:id,status=200': 10,
        'method=GET,endpoint=/b/:id,status=200': 10,
        'method=GET,endpoint=/c/:y/d/:id/fail,status=503': 10,
        'method=GET,endpoint=/b/:id/fail,status=503': 10,
        'method=GET,endpoint=(unmatched),status=404': 10,
      });
    });

    /** Sends one request and gives the endpoint and status of the one series it made. */
    async function countedAs(port: number, request: string): Promise<string> {
      test = measured();
      const [method = '', path = ''] = request.split(' ');
      const client = await rawClient(port);
      client.send(head(method, path, 'Connection: close'));
      await client.closed();
      await until(() => counted(test) > 0);
      const series = test.series('intelia_http_requests_total');
      assert.deepEqual(Object.values(series), [1]);
      const [, endpoint, status] = /endpoint=(.*),status=(.*)$/.exec(Object.keys(series)[0] as string) ?? [];
      return `${endpoint} ${status}`;
    }
  });
}
