/** An ESM application bundled by esbuild holds the SDK inside itself: no loader hook sees it, the tap on fetch does. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chatAnswer, json, startLlmServer } from '../support/llm-server.js';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');
const PRELOAD = `
  const { testTap } = require('./test/support/llm-tap.ts');
  const { tapGlobalFetch } = require('./src/llm/taps/fetch.ts');
  const tap = testTap();
  tapGlobalFetch(tap.options);
  process.on('exit', () => console.log(JSON.stringify(tap.events)));`;
const APP = `
  import OpenAI from 'openai';
  const openai = new OpenAI({ apiKey: 'sk-test', baseURL: process.argv[2] });
  await openai.chat.completions.create({ model: 'gpt-4o-mini', messages: [] });`;

describe('openai in an ESM bundle', () => {
  it('is measured', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'intelia-bundle-'));
    const server = await startLlmServer(json(chatAnswer()));
    const common = { bundle: true, platform: 'node', logLevel: 'error' } as const;
    const from = (contents: string): object => ({ stdin: { contents, resolveDir: root } });
    try {
      const [app, preload] = [join(folder, 'app.mjs'), join(folder, 'preload.cjs')];
      await build({ ...common, ...from(APP), format: 'esm', outfile: app });
      await build({ ...common, ...from(PRELOAD), format: 'cjs', outfile: preload, packages: 'external' });
      const { stdout, stderr } = await runProcess({
        nodeArgs: ['--require', preload],
        script: app,
        args: [server.url],
      });
      const [event, ...more] = JSON.parse(stdout) as { model: string; status: string }[];
      assert.deepEqual(
        [event?.model, event?.status, more, stderr],
        ['gpt-4o-mini-2024-07-18', 'success', [], ''],
      );
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  });
});
