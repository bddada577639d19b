import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runProcess } from '../support/run-process.js';

describe("OTel's HTTP metrics", () => {
  it('are those of the instrumentation itself, with their attributes and counts', async () => {
    const { code, stdout, stderr } = await runProcess({
      nodeArgs: ['--require', 'tsx/cjs'],
      script: join(__dirname, '../fixtures/http/semconv-twin.cts'),
    });
    assert.equal(code, 0, stderr);
    const { theirs, ours } = JSON.parse(stdout) as Record<'theirs' | 'ours', string[]>;
    assert.ok(theirs.length > 50, String(theirs.length));
    assert.deepEqual(ours, theirs);
  });
});
