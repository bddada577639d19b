/** What a newborn series must look like for Prometheus' `increase()` to see all of it: "Zero first" in docs/design.md. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { needBackends } from '../support/backends.js';
import { startPrometheus, type Prometheus } from '../support/prometheus.js';
import { runProcess } from '../support/run-process.js';

const ROOT = join(__dirname, '../..');

/** One call ever, of $0.50; the process ends before any interval has passed. */
const ONE_CALL = `
  const otel = require('${ROOT}/dist/index.cjs');
  setTimeout(() => otel.trackLlmCall({ model: 'gpt-4o', feature: 'chat', duration: 2.5, costUsd: 0.5 }), 50);
  setTimeout(() => {}, Number(process.env.APP_LIFE));`;

/** Passes a push on; of the first `lost` ones the answer never arrives, though the backend has them. */
async function startLossy(upstream: string, lost: number): Promise<{ url: string; close(): void }> {
  let left = lost;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const options = { method: 'POST', headers, body: Buffer.concat(parts) };
      void fetch(`${upstream}${request.url ?? ''}`, options).then(async (answer) => {
        const body = await answer.text();
        if (left-- > 0) request.socket.destroy();
        else response.writeHead(answer.status).end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => (server.close(), server.closeAllConnections()) };
}

describe('a first-ever call of $0.50', function () {
  this.timeout(30_000);
  let program: string;
  let prometheus: Prometheus;

  before(async function () {
    program = needBackends(this).prometheus;
    prometheus = await startPrometheus({ program });
  });
  after(() => prometheus?.stop());

  async function runApp(job: string, endpoint: string, env: Record<string, string> = {}): Promise<string> {
    const { stderr, code } = await runProcess({
      nodeArgs: ['--require', join(ROOT, 'dist/register.cjs')],
      code: ONE_CALL,
      env: {
        OTEL_SERVICE_NAME: job, OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        APP_LIFE: '60', ...env,
      },
    }); // prettier-ignore
    assert.equal(code, 0, stderr);
    return stderr;
  }

  const cost = (job: string): string => `intelia_llm_cost_usd_total{job="${job}"}`;

  /** The values as stored, in order. */
  async function values(job: string, from = prometheus): Promise<number[]> {
    const [series, ...others] = await from.stored(cost(job));
    assert.ok(series !== undefined && others.length === 0, 'one series');
    return series.points.map(([, value]) => value);
  }

  for (const protocol of ['http/protobuf', 'http/json']) {
    for (const compression of ['none', 'gzip']) {
      it(`pushed once as ${protocol}, ${compression}: its zero and its value are both taken`, async () => {
        const job = `${protocol}-${compression}`;
        await runApp(job, prometheus.otlpUrl, {
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_COMPRESSION: compression,
        });
        assert.deepEqual(await values(job), [0, 0.5]);
        // Of two samples `increase` extrapolates by half of the time between them: at most half too much.
        const seen = await prometheus.value(`increase(${cost(job)}[1h])`);
        assert.ok(seen !== undefined && seen >= 0.5 && seen <= 0.7501, String(seen));
        const buckets = `intelia_llm_request_duration_seconds_bucket{job="${job}",le=~"5|5\\\\.0"}`;
        assert.deepEqual(
          (await prometheus.stored(buckets))[0]?.points.map(([, value]) => value),
          [0, 1],
        );
      });
    }
  }

  for (const protocol of ['http/protobuf', 'http/json']) {
    it(`leaves no gauge behind when its process has ended, by ${protocol}; its totals stay`, async () => {
      const job = `ended-${protocol}`;
      await runApp(job, prometheus.otlpUrl, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
      for (const gauge of ['intelia_uptime_seconds', 'intelia_memory_bytes', 'intelia_system_info']) {
        assert.equal(await prometheus.value(`count(${gauge}{job="${job}"})`), undefined, gauge);
        const had = await prometheus.value(`min(last_over_time(${gauge}{job="${job}"}[1h]))`);
        assert.ok(had !== undefined && had > 0, gauge);
      }
      assert.equal(await prometheus.value(cost(job)), 0.5);
    });
  }

  it('is seen ever more exactly as pushes go on: n samples read at most 1/(2(n-1)) too much', async () => {
    await runApp('lives', prometheus.otlpUrl, { APP_LIFE: '1300', OTEL_METRIC_EXPORT_INTERVAL: '100' });
    const stored = await values('lives');
    assert.deepEqual(stored.slice(0, 2), [0, 0.5]);
    assert.ok(stored.length > 8 && stored.slice(1).every((value) => value === 0.5), String(stored));
    const seen = await prometheus.value(`increase(${cost('lives')}[1h])`);
    assert.ok(seen !== undefined && seen >= 0.5, String(seen));
    assert.ok(
      seen <= 0.5 * (1 + 1 / (2 * (stored.length - 1))) + 1e-6,
      `${seen} of ${stored.length} samples`,
    );
  });

  it('is taken once when the answer is lost and the push sent again', async () => {
    const lossy = await startLossy(prometheus.otlpUrl, 1);
    const life = { APP_LIFE: '1000', OTEL_METRIC_EXPORT_INTERVAL: '300' };
    await runApp('lossy', lossy.url, life).finally(() => lossy.close());
    const stored = await values('lossy');
    assert.deepEqual([stored.indexOf(0), stored.lastIndexOf(0)], [0, 0]);
    assert.equal(stored.at(-1), 0.5);
  });

  it('makes a Prometheus without a window for late samples refuse the push that is sent again', async () => {
    const strict = await startPrometheus({ program, config: 'global: {}\n' });
    const lossy = await startLossy(strict.otlpUrl, 1);
    try {
      const life = { APP_LIFE: '2200', OTEL_METRIC_EXPORT_INTERVAL: '300' };
      const stderr = await runApp('strict', lossy.url, life);
      assert.match(stderr, /400, the request is refused: "out of order sample/);
      // The pushes after it are taken: nothing but a moment is lost.
      assert.deepEqual(await values('strict', strict).then((all) => [all[0], all.at(-1)]), [0, 0.5]);
    } finally {
      lossy.close();
      await strict.stop();
    }
  });
});
