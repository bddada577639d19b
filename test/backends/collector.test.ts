/** otel-collector.yaml as it is, on a real Collector between real applications and a real Prometheus. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { needBackends, type Backends } from '../support/backends.js';
import { startCollector, type Collector } from '../support/collector.js';
import { readFile } from 'node:fs/promises';
import { opened, type Opened } from '../support/opened.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { decodeProtobuf } from '../support/otlp-decode.js';
import { startProgram, until, type Program } from '../support/program.js';
import { startPrometheus, type Prometheus } from '../support/prometheus.js';
import { startPushRelay, startScrapeRelay, type PushRelay } from '../support/relay.js';

const ROOT = join(__dirname, '../..');
const REVENUE = 'intelia_revenue_usd_total';

/** Earns a dollar every 10 ms, with a plan that is new every half second, until it is told to stop. */
const EARN = `
  const otel = require('${ROOT}/dist/index.cjs');
  let earned = 0;
  const earn = () => otel.trackRevenue({ plan: 'plan' + Math.floor(earned++ / 50), amountUsd: 1 });
  const timer = setInterval(earn, 10);
  process.on('SIGTERM', () => { clearInterval(timer); console.log('earned ' + earned); });`;

describe('otel-collector.yaml', function () {
  this.timeout(60_000);
  let backends: Backends;
  let prometheus: Prometheus;
  let collector: Collector;
  let relay: PushRelay;
  let servers: Opened;

  before(function () {
    backends = needBackends(this);
  });
  beforeEach(async () => {
    servers = opened();
    prometheus = await servers.add(startPrometheus({ program: backends.prometheus }), (one) => one.stop());
    const starting = startCollector({ program: backends.otelcol, backend: prometheus.otlpUrl });
    collector = await servers.add(starting, (one) => one.stop());
    relay = await servers.add(startPushRelay(collector.url), (one) => one.close());
  });
  afterEach(() => servers.close());

  const startApp = (env: Record<string, string> = {}): Program =>
    startProgram(process.execPath, ['--require', join(ROOT, 'dist/register.cjs'), '-e', EARN], {
      OTEL_SERVICE_NAME: 'earner', OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: relay.url,
      OTEL_METRIC_EXPORT_INTERVAL: '250', ...env,
    }); // prettier-ignore

  /** Tells how many dollars it has earned. */
  async function stopApp(app: Program): Promise<number> {
    await app.stop('SIGTERM');
    const [, earned] = /earned (\d+)/.exec(app.log()) ?? [];
    assert.ok(earned !== undefined, app.log());
    return Number(earned);
  }

  /** Every point of revenue that the Collector said it has: `plan@milliseconds` and value. */
  function accepted(): Map<string, number> {
    const points = relay.taken.flatMap(({ body }) => decodeProtobuf(body).points);
    const revenue = points.filter(({ name }) => name === REVENUE);
    return new Map(
      revenue.map((point) => [`${point.labels['plan']}@${point.timeNs / 1_000_000n}`, point.value]),
    );
  }

  async function stored(): Promise<Map<string, number>> {
    const series = await prometheus.stored(REVENUE);
    return new Map(
      series.flatMap(({ labels, points }) =>
        points.map(([at, value]) => [`${labels['plan']}@${Math.round(at * 1000)}`, value] as const),
      ),
    );
  }

  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const sum = async (): Promise<number | undefined> => prometheus.value(`sum(${REVENUE})`);

  it('passes everything on, is well, and says how it fares', async () => {
    const app = startApp();
    await until('revenue', sum);
    const earned = await stopApp(app);
    const all = accepted();
    await until('the last push', async () => ((await stored()).size === all.size ? true : undefined));
    assert.deepEqual(await stored(), all);
    assert.equal(await sum(), earned);
    assert.equal(await collector.health(), 200);
    const own = await collector.ownMetrics();
    assert.match(own, /^otelcol_exporter_queue_size\{.*\} 0$/m);
    assert.match(own, /^otelcol_exporter_sent_metric_points\{.*\} [1-9]/m);
    assert.doesNotMatch(collector.log(), /\t(warn|error)\t/);
  });

  it('killed during load, with the backend away: every push that it took arrives', async () => {
    const app = startApp();
    await until('revenue', sum);
    await prometheus.down();
    await pause(1_000); // Pushes that only the queue holds.
    const queued = relay.taken.length;
    await collector.kill();
    await pause(600); // The application meets nobody, and keeps its totals.
    await collector.up();
    await until('a push after the restart', () => (relay.taken.length > queued + 2 ? true : undefined));
    await prometheus.up();
    await until('delivery after the outage', sum);
    // Again, while it delivers.
    await collector.kill();
    await collector.up();
    await pause(500);
    const earned = await stopApp(app);
    const all = accepted();
    const missing = async (): Promise<string[]> => {
      const there = await stored();
      return [...all].filter(([key, value]) => there.get(key) !== value).map(([key]) => key);
    };
    await until('all', async () => ((await missing()).length === 0 ? true : undefined)).catch(async () =>
      assert.deepEqual(await missing(), []),
    );
    assert.equal(await sum(), earned);
    assert.ok(all.size > 30, String(all.size));
    assert.doesNotMatch(collector.log(), /[Dd]ropping data/);
    // Each plan is born in the load or in the outage; none of them misses its first dollar.
    const plans = await prometheus.stored(REVENUE);
    assert.equal(plans.length, Math.ceil(earned / 50));
    for (const { labels, points } of plans) assert.equal(points[0]?.[1], 0, labels['plan']);
  });

  it('with its queue full, leaves the totals with the services until it has room', async () => {
    const small = await startCollector({
      program: backends.otelcol,
      backend: prometheus.otlpUrl,
      more: ['exporters: {otlp_http: {sending_queue: {queue_size: 2}}}'],
    });
    try {
      await prometheus.down();
      const app = startApp({ OTEL_EXPORTER_OTLP_ENDPOINT: small.url });
      await app.said(/OTLP push to .*: 5\d\d/);
      await prometheus.up();
      await until('delivery', sum);
      const earned = await stopApp(app);
      await until('the last push', async () => ((await sum()) === earned ? true : undefined));
    } finally {
      await small.stop();
    }
  });

  it('sends to Grafana Cloud with the instance and the key, and nothing else of them', async () => {
    const cloud = await startOtlpReceiver();
    const gateway = await startCollector({
      program: backends.otelcol,
      backend: `${cloud.url}/otlp`,
      env: { GRAFANA_CLOUD_INSTANCE_ID: '123456', GRAFANA_CLOUD_API_KEY: 'glc_secret==' },
    });
    try {
      const app = startApp({ OTEL_EXPORTER_OTLP_ENDPOINT: gateway.url });
      await cloud.received(1);
      await stopApp(app);
      const [request] = cloud.requests;
      assert.equal(request?.path, '/otlp/v1/metrics');
      const basic = Buffer.from('123456:glc_secret==').toString('base64');
      assert.equal(request.headers.authorization, `Basic ${basic}`);
      assert.equal(request.headers['content-encoding'], 'gzip');
      assert.doesNotMatch(gateway.log(), /glc_secret/);
    } finally {
      await gateway.stop();
      await cloud.close();
    }
  });

  it('scrapes, with the second file of docs/collector.md, what Prometheus would have scraped', async () => {
    const docs = await readFile(join(ROOT, 'docs/collector.md'), 'utf8');
    const [, variant] = /```yaml\n(# scrape\.yaml[^]*?)```/.exec(docs) ?? [];
    assert.ok(variant !== undefined);
    const target = await startScrapeRelay();
    const scraping = await startCollector({
      program: backends.otelcol,
      backend: prometheus.otlpUrl,
      env: { SCRAPE_TARGET: target.host, INTELIA_METRICS_TOKEN: 'a-long-token' },
      more: [variant.replace('60s', '250ms')],
    });
    const app = startApp({
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      INTELIA_METRICS_TOKEN: 'a-long-token',
    });
    try {
      const [, url] = await app.said(/pull (http:\S+)\/metrics/);
      target.upstream = url;
      await until('revenue', async () => (((await sum()) ?? 0) > 60 ? true : undefined));
      const [first] = await prometheus.stored(`${REVENUE}{plan="plan0"}`);
      assert.equal(first?.points[0]?.[1], 0);
      assert.deepEqual([first.labels['job'], first.labels['instance']], ['intelia-expert', target.host]);
    } finally {
      await stopApp(app);
      await Promise.all([scraping.stop(), target.close()]);
    }
  });
});
