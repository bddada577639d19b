import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const OLD = resolve(__dirname, 'node_modules/@opentelemetry/api');
const NEW = resolve('node_modules/@opentelemetry/api');

/** Runs `body` under the preload, then prints the scraped lines that match `wanted`. */
function run(wanted: RegExp, body: string): string[] {
  const script = `
    const OLD = ${JSON.stringify(OLD)}, NEW = ${JSON.stringify(NEW)};
    const { metricsHandler } = require(${JSON.stringify(resolve('dist/index.cjs'))});
    (async () => {
      ${body}
      const server = require('node:http').createServer(metricsHandler()).listen(0, '127.0.0.1', async () => {
        const url = 'http://127.0.0.1:' + server.address().port;
        await (await fetch(url)).text();
        console.log(await (await fetch(url)).text());
        server.close();
      });
    })();`;
  const child = spawnSync(process.execPath, ['--require', resolve('dist/register.cjs'), '-e', script], {
    cwd: __dirname,
    env: { PATH: process.env['PATH'], OTEL_METRICS_EXPORTER: 'none' },
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(child.status, 0, child.stderr);
  return child.stdout.split('\n').filter((line) => wanted.test(line));
}

describe('several copies of the OTel API', () => {
  for (const [name, order] of [
    ['the older first', ['OLD', 'NEW']],
    ['the newer first', ['NEW', 'OLD']],
  ] as const) {
    it(`all see the provider, ${name}`, () => {
      const body = order
        .map(
          (
            copy,
          ) => `require(${copy}).metrics.getMeter('intelia').createCounter('intelia_questions_total').add(1, { source: 'web', language: 'fr' });
                        require(${copy}).metrics.getMeter('jobs').createCounter('jobs_done').add(1, { copy: '${copy}' });`,
        )
        .join('\n');
      assert.deepEqual(run(/^(intelia_questions|jobs)/, body).sort(), [
        'intelia_questions_total{source="web",language="fr"} 2',
        'jobs_done_total{copy="NEW"} 1',
        'jobs_done_total{copy="OLD"} 1',
      ]);
    });
  }

  it('leave an application its own provider, whichever copy registers it', () => {
    const body = `
      const { MeterProvider } = require(${JSON.stringify(resolve(__dirname, 'node_modules/@opentelemetry/sdk-metrics'))});
      const own = new MeterProvider();
      const { metrics, trace } = require(OLD);
      if (metrics.setGlobalMeterProvider(own) !== true) throw new Error('refused');
      if (metrics.getMeterProvider() !== own) throw new Error('not its own');
      metrics.getMeter('jobs').createCounter('jobs_done').add(1);`;
    assert.deepEqual(run(/^jobs/, body), []);
  });

  it('do not hinder the application from registering tracing by its own copy', () => {
    const body = `
      require(NEW).metrics.getMeter('jobs').createCounter('jobs_done').add(1);
      const { trace, ProxyTracerProvider } = require(OLD);
      if (trace.setGlobalTracerProvider(new ProxyTracerProvider()) !== true) throw new Error('refused');`;
    assert.deepEqual(run(/^jobs/, body), ['jobs_done_total 1']);
  });
});
