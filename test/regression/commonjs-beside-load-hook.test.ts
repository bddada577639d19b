import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../support/run-process.js';

/**
 * Beside a hook of `module.registerHooks`, Node 24 loads CommonJS files under `import` in another way, which does not
 * set `loaded` as it does else: pg was not seen in an ES module application with mariadb.
 */
describe('CommonJS under import, beside a load hook of our own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'intelia-hooks-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (path: string, text: string): string => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };

  it('is seen once', async function () {
    if (!('registerHooks' in Module)) return this.skip();
    file('node_modules/common/package.json', '{"name":"common","version":"1.0.0"}');
    file('node_modules/common/index.js', "exports.a = 1; exports.b = require('./other.js').b");
    file('node_modules/common/other.js', 'exports.b = 2');
    file(
      'node_modules/real/package.json',
      '{"name":"real","version":"1.0.0","type":"module","exports":"./index.js"}',
    );
    file('node_modules/real/index.js', 'export default real\nfunction real() { return 3 }');
    const src = join(__dirname, '../../src');
    const preload = file(
      'preload.cts',
      `const { onFileLoad } = require(${JSON.stringify(join(src, 'hook/load.ts'))});
       const { onModuleLoad } = require(${JSON.stringify(join(src, 'hook/esm.ts'))});
       const guard = { run: (_where: string, work: () => unknown) => work() };
       onModuleLoad({ guard, package: 'real', file: 'index.js', binding: 'real', replace: () => () => 30 });
       onFileLoad(guard, 'common/index.js', (exports: any) => ({ ...exports, a: exports.a * 10 }));
       onFileLoad(guard, 'common/other.js', (exports: any) => void (exports.b *= 10));`,
    );
    const script = file(
      'app.mjs',
      "import common from 'common'; import real from 'real'; console.log(common.a, common.b, real())",
    );
    const { stdout, stderr } = await runProcess({
      nodeArgs: ['--require', require.resolve('tsx/cjs'), '--require', preload],
      script,
      cwd: folder,
    });
    assert.deepEqual([stdout, stderr], ['10 20 30\n', '']);
  });
});
