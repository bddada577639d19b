/** What `npx intelia-otel` runs, as it was built. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runProcess } from '../support/run-process.js';

const { bin, version } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  bin: Record<string, string>;
  version: string;
};
const script = bin['intelia-otel'] ?? '';
const cli = (...args: string[]) => runProcess({ script, args });

describe('the intelia-otel command', () => {
  it('is a Node script', () => {
    assert.ok(readFileSync(script, 'utf8').startsWith('#!/usr/bin/env node\n'));
  });

  it('prints to stdout, complains to stderr, and ends by itself with the code', async () => {
    const told = await cli('--version');
    assert.deepEqual([told.code, told.stdout, told.stderr], [0, `${version}\n`, '']);
    const priced = await cli('prices', 'gpt-4o');
    assert.equal(priced.code, 0);
    assert.match(priced.stdout, /\nopenai:gpt-4o +input +2\.5 /);
    assert.equal((await cli('prices', 'nobody')).code, 1);
    const wrong = await cli('prices', '--nonsense');
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.equal(wrong.stderr, "intelia-otel: Unknown option '--nonsense' (--help)\n");
  });
});
