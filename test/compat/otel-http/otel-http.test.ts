/** INTELIA_SEMCONV_METRICS=http under applications that trace HTTP themselves: their spans are what they were, requests count once. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parsePromText, seriesOf } from '../../support/prom-text.js';
import { runProcess } from '../../support/run-process.js';

const root = resolve(__dirname, '../../..');

/** Two requests by way of a server that asks another; prints its spans, and what a second scrape shows. */
const APP = `
  const { trace, context, propagation } = require('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
  const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
  const { W3CTraceContextPropagator } = require('@opentelemetry/core');
  // As exporters do: loaded before the application's instrumentation is made.
  require('http');
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const { HttpInstrumentation } = require(process.env.INSTRUMENTATION);
  const instrumentation = new HttpInstrumentation();
  instrumentation.enable();

  const http = require('node:http');
  const tracer = trace.getTracer('app');
  const get = (url) => new Promise((done) => http.get(url, (answer) => answer.resume().on('end', done)));
  const inner = http.createServer((req, res) => {
    req.resume().on('end', () => tracer.startActiveSpan('inner', (span) => { span.end(); res.end(req.headers.traceparent ? 'traced' : ''); }));
  });
  const outer = http.createServer((req, res) => {
    tracer.startActiveSpan('outer', async (span) => {
      await get('http://127.0.0.1:' + inner.address().port + '/inner');
      span.end();
      res.end();
    });
  });
  const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', done));
  (async () => {
    await Promise.all([listen(inner), listen(outer)]);
    for (let i = 0; i < 2; i++)
      await tracer.startActiveSpan('root', async (span) => { await get('http://127.0.0.1:' + outer.address().port + '/outer'); span.end(); });
    await new Promise((done) => setImmediate(done));
    const spans = exporter.getFinishedSpans();
    const nameOf = (id) => spans.find((span) => span.spanContext().spanId === id)?.name;
    const told = spans.map((span) => [nameOf((span.parentSpanContext ?? {}).spanId ?? span.parentSpanId) ?? '-', span.name, span.kind].join(' > ')).sort();
    const traces = new Set(spans.map((span) => span.spanContext().traceId)).size;
    let text = '';
    if (process.env.PACKAGE) {
      const handler = require(process.env.PACKAGE).metricsHandler();
      const scraped = http.createServer(handler);
      await listen(scraped);
      const url = 'http://127.0.0.1:' + scraped.address().port;
      await (await fetch(url)).text();
      text = await (await fetch(url)).text();
      scraped.close();
    }
    console.log(JSON.stringify({ told, traces, text }));
    inner.close();
    outer.close();
    inner.closeAllConnections();
    outer.closeAllConnections();
  })();`;

interface Said {
  readonly told: readonly string[];
  readonly traces: number;
  readonly text: string;
}

const INSTRUMENTATIONS = {
  'the copy that this package has': resolve(root, 'node_modules/@opentelemetry/instrumentation-http'),
  'a copy of its own': '@opentelemetry/instrumentation-http',
  'a copy of 0.57, with the names of before': 'instrumentation-http-old',
};

async function run(instrumentation: string, preload: boolean): Promise<Said> {
  const { code, stdout, stderr } = await runProcess({
    nodeArgs: preload ? ['--require', resolve(root, 'dist/register.cjs')] : [],
    code: APP,
    cwd: __dirname,
    env: {
      INSTRUMENTATION: instrumentation,
      ...(preload && {
        PACKAGE: resolve(root, 'dist/index.cjs'),
        INTELIA_SEMCONV_METRICS: 'http',
        OTEL_METRICS_EXPORTER: 'none',
      }),
    },
  });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Said;
}

describe('an application with an instrumentation of its own', () => {
  for (const [name, instrumentation] of Object.entries(INSTRUMENTATIONS)) {
    it(`keeps its spans, and each request counts once: ${name}`, async () => {
      const bare = await run(instrumentation, false);
      const measured = await run(instrumentation, true);
      assert.equal(bare.traces, 2);
      assert.equal(bare.told.length, 14);
      assert.deepEqual(measured.told, bare.told);
      assert.equal(measured.traces, bare.traces);
      const counts = Object.entries(seriesOf(parsePromText(measured.text)))
        .filter(([key]) => /^http_.*request_duration_seconds_count/.test(key))
        .map(([key, count]) => `${/^http_(\w+?)_/.exec(key)?.[1]} ${count}`);
      // To the client two addresses, to the server one without a route.
      assert.deepEqual(counts.sort(), ['client 2', 'client 2', 'server 4']);
    });
  }
});
