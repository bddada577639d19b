// What loading a library adds until an HTTP server listens, and the memory it takes. New processes, taking turns.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OTEL, OURS, PROM } from './lib/peers.mjs';
import { isQuick, report } from './lib/rounds.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const contenders = {
  bare: [],
  [OURS]: ['--require', here('../dist/register.cjs')],
  [PROM]: ['--require', here('apps/prom-client.cjs')],
  [`${OTEL}, OTLP, instrumentation-http`]: ['--require', here('apps/otel.cjs')],
};
const env = {
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_SERVICE_NAME: 'bench',
};

function start(flags) {
  const child = spawnSync(process.execPath, [...flags, here('apps/listen.cjs')], { env, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return { ...JSON.parse(child.stdout), stderr: child.stderr };
}

const isOn = start(contenders[OURS]).stderr.includes('[intelia-otel]');
if (!isOn) throw new Error('the preload said nothing: was it inert?');

const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < (isQuick ? 3 : 25); round++) {
  for (const [name, flags] of Object.entries(contenders)) samples[name].push(start(flags));
}

const { bare, ...loaded } = samples;
const added = (of) =>
  Object.fromEntries(
    Object.entries(loaded).map(([name, values]) => [
      name,
      values.map((v, i) => Math.max(of(v) - of(bare[i]), 0)),
    ]),
  );
report({
  title: 'Start-up added, until a server listens',
  unit: 'ms',
  times: added(({ ms }) => ms),
  over: PROM,
  extra: { 'MB of memory': added(({ rss }) => rss / 1e6) },
  marks: [{ text: '≤ prom-client', of: OURS, over: PROM, max: 1 }],
});
