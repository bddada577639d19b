// What a library adds to calls of the openai SDK: a whole answer, each chunk of a stream, the wait for its first chunk.
// Each library has a process of its own, since they patch the SDK; they take turns, round by round.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { OURS } from './lib/peers.mjs';
import { isQuick, report } from './lib/rounds.mjs';

const APP = fileURLToPath(new URL('./apps/llm.cjs', import.meta.url));
const CONTENDERS = {
  bare: 'bare',
  [OURS]: 'ours',
  '@opentelemetry/instrumentation-openai 0.22.0': 'otel',
  '@traceloop/instrumentation-openai 0.27.0': 'traceloop',
  'openlit 1.15.0': 'openlit',
};
/** What one operation is, and how many calls make up a round. */
const WORKS = {
  call: { title: 'LLM call', unit: 'µs added per call', n: 1000, mark: { text: '≤ 30 µs a call', max: 30 } },
  stream: {
    title: 'LLM stream through the SDK', unit: 'µs added per chunk', n: 2,
    mark: { text: '≤ 3 µs a chunk, stripping', max: 3 },
  },
  first: {
    title: 'First chunk of a stream', unit: 'µs later', n: 150,
    mark: { text: 'first token not delayed: ≤ 100 µs', max: 100 },
  },
}; // prettier-ignore

/** Nothing may look for a cloud around it, nor send anything. */
const env = {
  PATH: process.env.PATH,
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
};

async function start([name, library]) {
  const ownEnv = library === 'ours' ? { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: '' } : env;
  const child = fork(APP, [library], {
    env: ownEnv,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ask = async (message) => {
    child.send(message);
    return answerOf(child);
  };
  const first = await answerOf(child).catch((error) => ({ error: error.message }));
  const fault = first.error ?? (first.isIn ? undefined : 'does not measure openai 5.23.2 here');
  if (fault !== undefined) child.kill();
  return { name, child, ask, fault };
}

async function answerOf(child) {
  const gone = new AbortController();
  const ended = once(child, 'exit', gone).then(() => [{ error: 'its process ended' }]);
  ended.catch(() => {});
  const [answer] = await Promise.race([once(child, 'message', gone), ended]);
  gone.abort();
  return answer;
}

const started = await Promise.all(Object.entries(CONTENDERS).map(start));
const faults = started
  .filter(({ fault }) => fault !== undefined)
  .map(({ name, fault }) => `${name}: ${fault}.`);
let contenders = started.filter(({ fault }) => fault === undefined);

for (const [work, { title, unit, n, mark }] of Object.entries(WORKS)) {
  const times = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  const size = isQuick ? Math.ceil(n / 10) : n;
  for (let round = -3; round < (isQuick ? 3 : 15); round++) {
    const order = contenders.map((_, i) => contenders[(i + round + 3) % contenders.length]);
    for (const { name, ask } of order) {
      const { ns, error } = await ask({ work, n: round < 0 && work !== 'stream' ? 3 * size : size });
      if (error !== undefined) faults.push(`${name}, ${title}: ${error}.`);
      if (error !== undefined) contenders = contenders.filter((each) => each.name !== name);
      else if (round >= 0) times[name].push(ns / 1000);
    }
  }
  const bare = times.bare;
  const measured = Object.entries(times).filter(
    ([name, values]) => name !== 'bare' && values.length === bare.length,
  );
  report({
    title,
    unit,
    times: Object.fromEntries(
      measured.map(([name, values]) => [name, values.map((value, i) => Math.max(value - bare[i], 0))]),
    ),
    marks: [{ ...mark, of: OURS }],
    note: [
      'openai 5.23.2, which all of these can patch (openai 7 only ours and OpenLIT take). The others make spans and metrics',
      'by their defaults, thrown away instead of sent; where nobody asked for usage, only ours asks for it and strips it.',
      ...faults,
    ].join('\n'),
  });
}
for (const { child } of started) child.kill();
