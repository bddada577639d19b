import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Each example runs as its first lines say, and prints what its last lines say. */
describe('examples', () => {
  for (const name of [
    'express-basic',
    'openai-features',
    'own-metrics',
    'realtime-voice',
    'chat-features',
    'streaming',
    'own-prices',
  ]) {
    it(name, async () => {
      const file = `examples/${name}.js`;
      const source = readFileSync(file, 'utf8');
      const [, settings = '', rest = ''] = /^ \* {3}((?:\w+=\S+ )*)node (.+)$/m.exec(source) ?? [];
      const command = rest.split(' ');
      assert.equal(command.at(-1), file);
      const env = {
        ...process.env,
        ...Object.fromEntries([...settings.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])),
        OPENAI_API_KEY: '',
        OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()),
      };
      const { stdout } = await run(process.execPath, command, { env });
      assert.equal(stdout, /\/\* Prints:\n([^]*)\*\/\n$/.exec(source)?.[1]);
    });
  }
});
