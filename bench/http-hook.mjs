// What is done for one HTTP request: route, counter, histogram. Without a server: what Node calls and publishes, and the
// response's events, are played, so that nothing but the measuring is measured.
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { ServerResponse } from 'node:http';
import promClient from 'prom-client';
import { loadInternals } from './lib/bundle.mjs';
import { OTEL, otelMeter, OURS, PROM, promCounter, promHistogram } from './lib/peers.mjs';
import { interleave, report } from './lib/rounds.mjs';

// Node's own part in the end of an answer.
ServerResponse.prototype.detachSocket = () => {};

const { registry, guard, log, hookHttpServer, setRoute } = loadInternals();
const now = () => performance.now() / 1000;
hookHttpServer({
  emit: registry.emit,
  bind: registry.bind,
  observe: registry.observe,
  guard,
  log,
  now,
  config: { httpIgnore: [] },
  resource: {},
});

const routes = Array.from({ length: 20 }, (_, i) => `/api/v1/things/${i}/:id`);
const server = { listening: true };
const started = channel('http.server.request.start');
const buckets = [...registry.families.intelia_http_request_duration_seconds.buckets];

/** As much of a request and its response as a measurement looks at. */
class Response extends EventEmitter {
  statusCode = 200;
  writableEnded = true;
  writableFinished = true;
  headersSent = true;
}
const connection = () =>
  Object.assign(new EventEmitter(), { readableEnded: false, errored: null, destroyed: false });
const sockets = routes.map(connection);
const exchange = (i) => ({
  request: { method: 'GET', url: '/', route: routes[i % routes.length] },
  response: new Response(),
  socket: sockets[i % sockets.length],
  server,
});

const bare = (n) => {
  for (let i = 0; i < n; i++) exchange(i).response.emit('close');
};

const ours = (n) => {
  for (let i = 0; i < n; i++) {
    const message = exchange(i);
    started.publish(message);
    setRoute(message.request, message.request.route);
    ServerResponse.prototype.detachSocket.call(message.response, message.socket);
    message.response.emit('close');
  }
};

/** As prom-client's own documentation measures a request. */
function promContender() {
  const counter = promCounter(promClient, 'requests_total', ['method', 'endpoint', 'status']);
  const histogram = promHistogram(promClient, 'duration_seconds', ['method', 'endpoint'], buckets);
  const run = (n) => {
    for (let i = 0; i < n; i++) {
      const { request, response } = exchange(i);
      const end = histogram.startTimer();
      response.on('close', () => {
        const labels = { method: request.method, endpoint: request.route };
        end(labels);
        counter.inc({ ...labels, status: response.statusCode });
      });
      response.emit('close');
    }
  };
  return { name: PROM, run };
}

function otelContender() {
  const meter = otelMeter();
  const counter = meter.createCounter('requests');
  const histogram = meter.createHistogram('duration', { advice: { explicitBucketBoundaries: buckets } });
  const run = (n) => {
    for (let i = 0; i < n; i++) {
      const { request, response } = exchange(i);
      const start = now();
      response.on('close', () => {
        const labels = { method: request.method, endpoint: request.route };
        histogram.record(now() - start, labels);
        counter.add(1, { ...labels, status: response.statusCode });
      });
      response.emit('close');
    }
  };
  return { name: `${OTEL}, without its instrumentation`, run };
}

const contenders = [{ name: 'bare', run: bare }, { name: OURS, run: ours }, promContender(), otelContender()];
const { bare: idle, ...times } = await interleave(contenders, { iterations: 50_000 });
// A guarded hook that fails looks busy all the same, and one that sees nothing looks fast.
const { intelia_otel_errors_total: errors, intelia_http_requests_total: requests } = registry.families;
if (errors.cells.length > 0 || requests.cells.length === 0) throw new Error('the hook failed');
for (const values of Object.values(times))
  values.forEach((value, i) => (values[i] = Math.max(value - idle[i], 0.1)));

report({
  title: 'HTTP hook alone: route, counter, histogram',
  unit: 'ns per request, less a request that nobody measures',
  times,
  over: PROM,
  marks: [{ text: '≤ 0.25 × prom-client', of: OURS, over: PROM, max: 0.25 }],
});
