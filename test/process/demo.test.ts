import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Ended {
  readonly code: number;
  readonly output: string;
  /** What the demo left behind in its temporary directory. */
  readonly left: readonly string[];
}

/** Runs the demo as `npm run demo | cat` would: no terminal. */
function runDemo(...args: string[]): Promise<Ended> {
  const temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
  // As root the demo's PostgreSQL runs as somebody else, who has to get through here.
  chmodSync(temporary, 0o755);
  const options = { env: { ...process.env, TMPDIR: temporary } };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['examples/intelia-expert/demo.mjs', ...args],
      options,
      (error, stdout, stderr) => {
        const left = readdirSync(temporary);
        rmSync(temporary, { recursive: true, force: true });
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr, left });
      },
    );
  });
}

describe('the demo without a terminal', function () {
  this.timeout(60_000);

  it('ends by itself with every figure equal, and leaves nothing behind', async () => {
    const { code, output, left } = await runDemo();
    assert.equal(code, 0, output);
    assert.match(output, /^measured = true$/m);
    assert.doesNotMatch(output, /DIFFERS/);
    assert.match(output, /http:\/\/127\.0\.0\.1:\d+\/metrics/);
    assert.deepEqual(left, []);
  });

  it('exits 1 and names what differs when the provider bills a token more than it tells', async () => {
    const { code, output, left } = await runDemo('--bill-extra', '--requests=40');
    assert.equal(code, 1, output);
    assert.match(output, /^measured = false$/m);
    const differing = output.match(/^.*(?=  DIFFERS)/gm)?.map((line) => line.split('  ')[0]);
    assert.deepEqual(
      differing?.map((what) => what?.trim()),
      ['prompt tokens, by model', 'dollars, by model and feature'],
    );
    assert.deepEqual(left, []);
  });

  it('keeps its lines within 100 columns and without colours', async () => {
    const { output } = await runDemo('--requests=30');
    assert.doesNotMatch(output, /\x1b/);
    const wide = output.split('\n').filter((line) => line.length > 100);
    assert.deepEqual(wide, []);
  });
});
