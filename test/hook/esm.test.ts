/** Real ES modules of unknown versions, and known ones that are not as their hooks know them, under every hook. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../support/run-process.js';

/** Those that hooks wait for as ES modules. */
const LIBRARIES = [
  '@libsql/client',
  '@libsql/hrana-client',
  '@opentelemetry/sdk-trace',
  'hono',
  'mariadb',
  'postgres',
];

/** Imports every module that any hook waits for; prints what came of it. */
const CHILD = `
  const fs = require('node:fs');
  const { dirname, join } = require('node:path');
  const { pathToFileURL } = require('node:url');
  const { HTTP_HOOKS } = require('./src/http/index.ts');
  const { DATABASE_HOOKS } = require('./src/db/index.ts');
  const { watchedModules } = require('./src/hook/esm.ts');
  const { testContext } = require('./test/support/context.ts');
  const { readConfig } = require('./src/config.ts');
  const { context, warnings, errors } = testContext({ config: readConfig(() => {}, { INTELIA_DB_SPANS: 'true' }) });
  const root = process.cwd();
  process.chdir(process.env.FOLDER); // Where the libraries are looked for.
  for (const hook of [...HTTP_HOOKS, ...DATABASE_HOOKS]) hook(context);
  process.chdir(root);
  (async () => {
    const changed = [];
    for (const { package: library, file, binding } of watchedModules()) {
      const folder = join(process.env.FOLDER, 'node_modules', library);
      const path = join(folder, file);
      fs.mkdirSync(dirname(path), { recursive: true });
      const version = JSON.parse(process.env.VERSIONS)[library] ?? '99.0.0';
      fs.writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: library, version, type: 'module' }));
      fs.writeFileSync(path, 'export ' + process.env.DECLARED.replaceAll('NAME', binding) + ' export const before = ' + binding + ';');
      const exports = await import(pathToFileURL(path));
      if (exports[binding] !== exports.before || Object.keys(exports.before?.prototype ?? {}).length > 0) changed.push(binding);
    }
    console.log(JSON.stringify({ warnings: warnings.sort(), errors, changed }));
  })();`;

interface Outcome {
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly changed: readonly string[];
}

describe('real ES modules that are not as their hooks know them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'intelia-future-esm-'));
  /** What became of version 99.0.0. */
  let unknown: Outcome;
  before(async function () {
    // Node 20 has no hook that reaches them: nothing is done there.
    if (!('registerHooks' in Module)) return this.skip();
    for (const name of LIBRARIES) mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    unknown = await load('let NAME = class {};');
  });
  after(() => rmSync(folder, { recursive: true }));

  async function load(declared: string, versions = {}): Promise<Outcome> {
    const { code, stdout, stderr } = await runProcess({
      nodeArgs: ['--require', 'tsx/cjs'],
      code: CHILD,
      cwd: join(__dirname, '../..'),
      env: { FOLDER: folder, DECLARED: declared, VERSIONS: JSON.stringify(versions) },
    });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Outcome;
  }

  const told = /^\[intelia-otel\] (\S+) 99\.0\.0 is left alone: known are ([\d.| ]+)$/;

  it('of version 99.0.0 are loaded as they are, and each is told of once', () => {
    const { warnings, errors, changed } = unknown;
    assert.deepEqual({ errors, changed }, { errors: [], changed: [] });
    assert.deepEqual(warnings.map((line) => told.exec(line)?.[1] ?? line), LIBRARIES); // prettier-ignore
  });

  for (const declared of ['let NAME = null;', 'let NAME = {};', 'const NAME = Object.freeze(class {});']) {
    it(`of a known version are not thrown into: ${declared}`, async () => {
      const versions = unknown.warnings.map((line) => told.exec(line) ?? []).map(([, library, range]) => [library, `${parseFloat(String(range))}.0`]); // prettier-ignore
      const { errors } = await load(declared, Object.fromEntries(versions));
      // Counted, and kept from the application.
      assert.deepEqual(errors.filter((where) => !where.startsWith('load ')), []); // prettier-ignore
    });
  }
});
