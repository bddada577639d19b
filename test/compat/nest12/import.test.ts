/** NestJS 12 as it is used: ES modules, which import an Express and a Fastify that are CommonJS. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runProcess } from '../../support/run-process.js';

it('NestJS 12 by import, over Express and Fastify', async () => {
  const { stdout, stderr, code } = await runProcess({
    nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, '../http-frameworks/measured.cts')],
    script: join(__dirname, 'import.mjs'),
  });
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(JSON.parse(stdout), { 'method=GET,endpoint=/users/:id,status=200': 2 });
});
