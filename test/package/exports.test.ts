import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const NAMES = [
  'flush', 'metricsHandler', 'setActiveUsers', 'setRoute', 'shutdown', 'start', 'trackDbQuery', 'trackError',
  'trackFeedback', 'trackHttpRequest', 'trackLlmCall', 'trackQuestion', 'trackRevenue', 'withLlmFeature',
]; // prettier-ignore

/** An application of its own folder, with this package in its node_modules. */
describe('the package as an application sees it', () => {
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'intelia-app-')));
    mkdirSync(join(folder, 'node_modules/@intelia'), { recursive: true });
    symlinkSync(resolve('.'), join(folder, 'node_modules/@intelia/otel'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (file: string, text: string, ...flags: string[]): string => {
    writeFileSync(join(folder, file), text);
    const env = { PATH: process.env['PATH'], OTEL_METRICS_EXPORTER: 'none' };
    return execFileSync(process.execPath, [...flags, file], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  };

  it('gives the same names to require and import', () => {
    assert.deepEqual(Object.keys(createRequire(join(folder, 'x.js'))('@intelia/otel')).sort(), NAMES);
    const out = run(
      'names.mjs',
      `import * as otel from '@intelia/otel'; console.log(JSON.stringify(Object.keys(otel)));`,
    );
    assert.deepEqual((JSON.parse(out) as string[]).sort(), NAMES);
  });

  it('is one and the same for require and import', () => {
    const out = run(
      'same.mjs',
      `import { createRequire } from 'node:module';
       import { trackQuestion } from '@intelia/otel';
       console.log(createRequire(import.meta.url)('@intelia/otel').trackQuestion === trackQuestion);`,
    );
    assert.equal(out, 'true\n');
  });

  for (const flag of ['--require', '--import']) {
    for (const file of ['app.cjs', 'app.mjs']) {
      it(`starts by ${flag} in ${file}`, () => {
        const load = file.endsWith('mjs')
          ? `import http from 'node:http';`
          : `const http = require('node:http');`;
        const out = run(
          file,
          `${load}
           const { metricsHandler, setRoute } = ${file.endsWith('mjs') ? `await import('@intelia/otel')` : `require('@intelia/otel')`};
           const metrics = metricsHandler();
           const server = http.createServer((req, res) => {
             if (req.url === '/metrics') return metrics(req, res);
             setRoute(req, '/hello/:name');
             res.end('hello');
           }).listen(0, '127.0.0.1', async () => {
             const base = 'http://127.0.0.1:' + server.address().port;
             await (await fetch(base + '/hello/you')).text();
             await (await fetch(base + '/metrics')).text();
             const text = await (await fetch(base + '/metrics')).text();
             console.log(text.match(/^intelia_http_requests_total.*$/m)[0]);
             server.close();
           });`,
          flag,
          '@intelia/otel/register',
        );
        assert.equal(
          out,
          'intelia_http_requests_total{method="GET",endpoint="/hello/:name",status="200"} 1\n',
        );
      });
    }
  }

  it('answers 503 where nothing is measured', () => {
    const out = run(
      'off.cjs',
      `const { metricsHandler } = require('@intelia/otel');
       const server = require('node:http').createServer(metricsHandler()).listen(0, '127.0.0.1', async () => {
         console.log((await fetch('http://127.0.0.1:' + server.address().port)).status);
         server.close();
       });`,
    );
    assert.equal(out, '503\n');
  });
});
