/** Next.js under the common cases on a server of the application's own, and under `next start` in its own process. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { UNMATCHED } from '../../src/http/route.js';
import { serve } from './http.js';
import { describeFramework } from './http-cases.js';
import { buildNextApp, nextEnv } from './next-app.js';
import { runProcess } from './run-process.js';

type Next = (options: object) => {
  prepare(): Promise<void>;
  close(): Promise<void>;
  getRequestHandler(): RequestListener;
};

const also = {
  'GET /about': '/about 200',
  'GET /cart/7': '/cart/[id] 200',
  'GET /docs/a/b': '/docs/[...path] 200',
  'GET /legacy/some': '/legacy/[slug] 200',
  'GET /legacy/static': '/legacy/static 200',
  'GET /api/old/7': '/api/old/[id] 200',
  'GET /missing/7': '/missing/[id] 404',
  'GET /broken/7': '/broken/[id] 500',
  // Next answers these itself.
  'GET /a.txt': `${UNMATCHED} 200`,
  'GET /_next/static/nope.js': `${UNMATCHED} 404`,
  'GET /about/': `${UNMATCHED} 308`,
};

/** `folder` is where that Next is installed. */
export function describeNext(version: string, folder: string, next: Next): void {
  // Read by Next when it is loaded and when its server starts.
  Object.assign(process.env, nextEnv(folder));

  describeFramework(`Next.js ${version}, custom server`, {
    template: (path) => path.replace(/:(\w+)/g, '[$1]'),
    async start(control) {
      Object.assign(globalThis, { control });
      const app = next({ dev: false, dir: await buildNextApp(folder), quiet: true });
      await app.prepare();
      const served = await serve(undefined, createServer(app.getRequestHandler()));
      return {
        ...served,
        close: async () => {
          await served.close();
          await app.close();
        },
      };
    },
    differs: {
      // Next answers for methods that a route has no function for.
      'OPTIONS /users/42': '/users/[id] 204',
      'DELETE /users/42': '/users/[id] 405',
    },
    also,
  });

  describe(`Next.js ${version}, next start`, () => {
    it('has the routes of pages, app routes and API routes, also of what fails, is cached or left', async () => {
      const app = await buildNextApp(folder);
      const { stdout, stderr, code } = await runProcess({
        nodeArgs: ['--require', 'tsx/cjs'],
        script: join(__dirname, '../fixtures/http/next-start.cts'),
        args: [folder, app],
        env: nextEnv(folder) as Record<string, string>,
        timeoutMs: 60_000,
      });
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)), {
        'method=GET,endpoint=/,status=200': 1,
        'method=GET,endpoint=/users/[id],status=200': 2,
        'method=GET,endpoint=/cart/[id],status=200': 1,
        'method=GET,endpoint=/about,status=200': 1,
        'method=GET,endpoint=/legacy/[slug],status=200': 1,
        'method=GET,endpoint=/api/old/[id],status=200': 1,
        'method=GET,endpoint=(unmatched),status=404': 1,
        'method=HEAD,endpoint=/users/[id],status=200': 1,
        'method=OPTIONS,endpoint=/users/[id],status=204': 1,
        'method=GET,endpoint=/throw/[id],status=500': 1,
        'method=GET,endpoint=/reject/[id],status=500': 1,
        'method=GET,endpoint=/broken/[id],status=500': 1,
        'method=GET,endpoint=/missing/[id],status=404': 1,
        'method=GET,endpoint=/cached/[id],status=304': 1,
        'method=GET,endpoint=/docs/[...path],status=200': 1,
        'method=GET,endpoint=(unmatched),status=200': 1,
        'method=GET,endpoint=(unmatched),status=308': 1,
        'method=GET,endpoint=/hang/[id],status=499': 1,
        'method=GET,endpoint=/stream/[id],status=499': 1,
        'method=GET,endpoint=/events/[id],status=499': 1,
      });
    });
  });
}
