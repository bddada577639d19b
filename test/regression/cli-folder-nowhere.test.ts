/** `--write` into a place that the system does not let be made ran for ever: Node's `mkdir` does, when it is recursive. */
import assert from 'node:assert/strict';
import { mkdtempSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.js';

async function write(folder: string): Promise<{ code: number; err: readonly string[] }> {
  const err: string[] = [];
  const code = await run(['rules', '--write', folder], { out: () => {}, err: (line) => void err.push(line) });
  return { code, err };
}

describe('a folder that cannot be made', () => {
  it('ends with one line, wherever it is', async function () {
    if (!existsSync('/proc/self')) return this.skip();
    const { code, err } = await write('/proc/nowhere/deep');
    assert.equal(code, 2);
    assert.match(
      err.join('\n'),
      /^\/proc\/nowhere\/deep cannot be written to \(ENOENT\); nothing was written$/,
    );
  });

  it('leaves none of the folders above it behind', async () => {
    const base = mkdtempSync(join(tmpdir(), 'intelia-cli-'));
    try {
      writeFileSync(join(base, 'file'), '');
      assert.equal((await write(join(base, 'file', 'a', 'b'))).code, 2);
      assert.equal((await write(join(base, 'new', 'deep'))).code, 0);
      assert.ok(existsSync(join(base, 'new', 'deep', 'intelia.rules.yml')));
    } finally {
      rmSync(base, { recursive: true });
    }
  });
});
