// A server under load, bare and measured: requests a second, and user CPU for each request. The load comes from this
// process, on another core: they are pinned where the system has `taskset`, or a server is slower for the moment that
// it takes to be moved away from the load. Every round starts new processes, since one and the same program is some
// percent faster or slower from one start to the next, and puts load on them by short turns, since a machine that is
// not ours alone is faster or slower from one second to the next. Bare is there twice: what the others are compared
// with is the mean of the two, and how they differ is the noise.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { OTEL, OURS, PROM } from './lib/peers.mjs';
import { isQuick, report } from './lib/rounds.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ROUNDS = isQuick ? 1 : 11;
const WARM_UP = isQuick ? 0.3 : 1.5;
const TURNS = isQuick ? 1 : 12;
const SECONDS = 0.25;
const BARE = ['bare, once', 'bare, again'];
/**
 * The young generation at its full size from the start. V8 lets it grow under load, from 1 to 16 MB in about half a
 * minute and at different moments for each program; in between, whoever grew first loses the processor's cache and some
 * percent with it. This is what all of them come to (watched with `--trace-gc`).
 */
const GROWN = '--min-semi-space-size=16';
const env = {
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_SERVICE_NAME: 'bench',
};
/** All that this peer would do without being told otherwise, but for cloud metadata addresses, traces and logs. */
const autoEnv = {
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  OTEL_METRIC_EXPORT_INTERVAL: '3600000',
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};
const PRELOAD = ['--require', here('../dist/register.cjs')];
const AUTO = ['--require', '@opentelemetry/auto-instrumentations-node/register'];
const contenders = (kind) => ({
  [BARE[0]]: [[], 'none'],
  [OURS]: [PRELOAD, 'none'],
  [`${OURS}, with OTel's HTTP metrics`]: [PRELOAD, 'none', { INTELIA_SEMCONV_METRICS: 'http' }],
  [kind === 'http' ? PROM : 'express-prom-bundle 8.0.0']: [[], 'prom-client'],
  [`${OTEL}, instrumentation-http`]: [['--require', here('apps/otel.cjs')], 'none'],
  'auto-instrumentations-node 0.81.2': [AUTO, 'none', autoEnv],
  [BARE[1]]: [[], 'none'],
});

/** Keeps this process to the first core, and gives what keeps a command to the second; nothing where that cannot be. */
function pinToCores() {
  const taskset = (...args) => spawnSync('taskset', args).status === 0;
  const canPin =
    taskset('--cpu-list', '1', 'true') &&
    taskset('--all-tasks', '--cpu-list', '--pid', '0', String(process.pid));
  return canPin ? ['taskset', '--cpu-list', '1'] : [];
}

const PINNED = pinToCores();

async function startServer(kind, [flags, measuring, more = {}]) {
  const node = [process.execPath, GROWN, ...flags, here('apps/server.cjs'), kind, measuring];
  const [command, ...args] = [...PINNED, ...node];
  const child = spawn(command, args, {
    env: { ...env, ...more },
    cwd: here('.'),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [{ port }] = await once(child, 'message');
  const cpu = async () => {
    child.send('cpu');
    const [message] = await once(child, 'message');
    return message.cpu;
  };
  const stop = async () => {
    child.disconnect();
    await once(child, 'exit');
  };
  return { port, cpu, stop, stderr: () => stderr };
}

/** Adds what this load comes to. */
async function load({ port, cpu }, duration, sums) {
  const before = await cpu();
  const url = `http://127.0.0.1:${port}/things/42`;
  const result = await autocannon({ url, connections: 20, pipelining: 1, duration, sampleInt: 50 });
  const after = await cpu();
  const requests = result.requests.total;
  if (result.non2xx > 0 || result.errors > 0 || requests === 0)
    throw new Error(`the load went wrong on ${url}`);
  sums.requests += requests;
  sums.seconds += result.duration;
  sums.cpu += after.user - before.user;
}

const nothing = () => ({ requests: 0, seconds: 0, cpu: 0 });

/** The figures of all contenders in one round, by name. */
async function round(kind, contenders) {
  const running = [];
  for (const [name, how] of contenders) {
    const server = await startServer(kind, how);
    await load(server, WARM_UP, nothing());
    running.push({ name, server, sums: nothing() });
  }
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { server, sums } of rotated(running, turn)) await load(server, SECONDS, sums);
  }
  for (const { name, server } of running) {
    await server.stop();
    if (name === OURS && !server.stderr().includes('[intelia-otel]'))
      throw new Error('the preload said nothing: was it inert?');
  }
  return Object.fromEntries(
    running.map(({ name, sums: { requests, seconds, cpu } }) => [
      name,
      { rate: requests / seconds, cpu: cpu / requests },
    ]),
  );
}

const rotated = (all, by) => all.map((_, i) => all[(i + by) % all.length]);

async function measure(kind, title, min) {
  const all = Object.entries(contenders(kind));
  const samples = Object.fromEntries(all.map(([name]) => [name, []]));
  for (let i = 0; i < ROUNDS; i++) {
    const figures = await round(kind, rotated(all, i));
    for (const [name] of all) samples[name].push(figures[name]);
  }

  const times = (key) => {
    const all = Object.fromEntries(
      Object.entries(samples).map(([name, of]) => [name, of.map((s) => s[key])]),
    );
    const [once, again] = BARE.map((name) => all[name]);
    return { bare: once.map((value, round) => (value + again[round]) / 2), ...all };
  };
  report({
    title: `${title}, requests`,
    unit: 'requests a second',
    times: times('rate'),
    over: 'bare',
    marks: [{ text: `≥ ${min} × bare`, of: OURS, over: 'bare', min }],
  });
  report({
    title: `${title}, CPU`,
    unit: 'µs of user CPU per request',
    times: times('cpu'),
    over: 'bare',
    marks: [{ text: '≤ 1.05 × bare', of: OURS, over: 'bare', max: 1.05 }],
  });
}

await measure('http', 'Server of node:http', 0.97);
await measure('express', 'Server of Express 5', 0.95);
