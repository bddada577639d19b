/** The backend as its users would start it: a process of its own, measured by nothing but the preload. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const HOME = new URL('..', import.meta.url);

/** A port of loopback that nobody listens on. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** This process's environment without what would send a demo's metrics or calls to a real backend. */
function cleanEnvironment() {
  const foreign = /^(OTEL|INTELIA|OPENAI|PG|DATABASE)_?/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

export async function startBackend({ databaseUrl, providerUrl }) {
  const metricsPort = await freePort();
  const child = spawn(process.execPath, ['--require', '@intelia/otel/register', 'server.js'], {
    cwd: HOME,
    // A group of its own: Ctrl-C reaches this process, which then stops the backend in its turn.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...cleanEnvironment(),
      PORT: '0',
      DATABASE_URL: databaseUrl('main'),
      ANALYTICS_URL: databaseUrl('analytics'),
      OPENAI_BASE_URL: providerUrl,
      OPENAI_API_KEY: 'sk-demo',
      OTEL_SERVICE_NAME: 'intelia-expert',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort),
      INTELIA_DB_POOL_NAMES: '127.0.0.1/main=main,127.0.0.1/analytics=analytics',
      // api.openai.com needs no such line: it is always asked for the usage of a streamed answer.
      INTELIA_LLM_STREAM_USAGE: '127.0.0.1',
    },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the backend ended with ${code}:\n${said.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /http:\S+/.exec(line)?.[0];
      if (found) resolve(found);
    });
  });
  return {
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    /** Its lines on stderr: the start-up line of the preload, and whatever went wrong. */
    said,
    stop: () => stop(child),
  };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(impatience);
}
