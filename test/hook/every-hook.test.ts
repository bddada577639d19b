/** What holds for every hook: it is short, asks for versions, and leaves a library alone that it does not know. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');
const AREAS = ['http', 'db'];
const MAX_LINES = 120;

/** Node's own modules, which have no package. */
const NO_LIBRARY = [
  'http/server.ts',
  'http/http2.ts',
  'http/semconv-server.ts',
  'http/semconv-client.ts',
  'db/drivers/node-sqlite.ts',
];

/** Every file that gets into something, a hook's parts too: by the helpers for it, or by a channel itself. */
const files = [...AREAS, 'db/drivers'].flatMap((area) => readdirSync(join(root, 'src', area)).filter((name) => name.endsWith('.ts')).map((name) => `${area}/${name}`)).map((name) => ({
  name,
  source: readFileSync(join(root, 'src', name), 'utf8'),
})); // prettier-ignore
const hooks = files.filter(({ source }) => /from '((\.\.\/)+hook\/|node:diagnostics_channel')/.test(source));

/** What the lists in the indexes name. */
const listed = AREAS.flatMap((area) => {
  const index = readFileSync(join(root, 'src', area, 'index.ts'), 'utf8');
  return [...index.matchAll(/import \{ hook\w+ \} from '\.\/(.+)\.js'/g)].map(
    ([, name]) => `${area}/${name}.ts`,
  );
});

describe('every hook of a server or database', () => {
  it('is found here', () => {
    const names = hooks.map(({ name }) => name);
    assert.deepEqual(
      listed.filter((name) => !names.includes(name)),
      [],
    );
    assert.ok(listed.length >= 18, String(listed.length));
  });

  for (const { name, source } of hooks) {
    it(`${name} has at most ${MAX_LINES} lines`, () => {
      assert.ok(source.trimEnd().split('\n').length <= MAX_LINES);
    });

    it(`${name} asks for the version of its library`, () => {
      assert.doesNotMatch(source, /\/hook\/(load|esm)\.js'/, 'waits for a file whatever its version');
      const asks = /\bsupported(File)?\(/.test(source);
      if (source.includes('onChannel(') && !NO_LIBRARY.includes(name))
        assert.ok(asks, 'listens to a library whatever its version');
    });
  }
});

/** Loads every file that any hook waits for, twice, out of packages of version 99 or as told; prints what came of it. */
const CHILD = `
  const fs = require('node:fs');
  const { dirname, join } = require('node:path');
  const { HTTP_HOOKS } = require('./src/http/index.ts');
  const { DATABASE_HOOKS } = require('./src/db/index.ts');
  const { createLlm } = require('./src/llm/index.ts');
  const { watchedFiles } = require('./src/hook/load.ts');
  const { offerProvider } = require('./src/hook/otel-api.ts');
  const { testContext } = require('./test/support/context.ts');
  const { readConfig } = require('./src/config.ts');
  // All that are opt-in, too.
  const config = readConfig(() => {}, { INTELIA_DB_SPANS: 'true' });
  const { context, registry, warnings, errors } = testContext({ config });
  const versions = JSON.parse(process.env.VERSIONS);
  for (const hook of [...HTTP_HOOKS, ...DATABASE_HOOKS, createLlm({ ...context, registry }).hook]) hook(context);
  offerProvider(context, {}, process.env.FOLDER);
  const libraries = new Set();
  const changed = [];
  for (const file of watchedFiles()) {
    const [library] = /^(@[^/]+\\/)?[^/]+/.exec(file);
    libraries.add(library);
    const path = join(process.env.FOLDER, 'node_modules', file);
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(join(process.env.FOLDER, 'node_modules', library, 'package.json'), JSON.stringify({ name: library, version: versions[library] ?? '99.0.0' }));
    fs.writeFileSync(path, process.env.CONTENT);
    for (let i = 0; i < 2; i++) {
      delete require.cache[path];
      const exports = require(path);
      if (JSON.stringify(Reflect.ownKeys(exports ?? {}).map(String)) !== process.env.KEYS) changed.push(file);
    }
  }
  const { channel } = require('node:diagnostics_channel');
  for (let i = 0; i < 2; i++)
    channel('fastify.initialization').publish({ fastify: { version: '99.0.0', addHook() { changed.push('fastify') } } });
  libraries.add('fastify');
  console.log(JSON.stringify({ libraries: [...libraries].sort(), warnings: warnings.sort(), errors, changed }));`;

/** What a known version should not export. */
const ODD = [
  '',
  'module.exports = undefined;',
  'module.exports = null;',
  'module.exports = Object.freeze({});',
  "module.exports = Object.defineProperty({}, 'default', { enumerable: true, get() { throw new Error('read'); } });",
];

interface Outcome {
  readonly libraries: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly changed: readonly string[];
}

describe('libraries that are not as their hooks know them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'intelia-future-'));
  before(() => mkdirSync(join(folder, 'node_modules')));
  after(() => rmSync(folder, { recursive: true }));

  async function load(content: string, keys: readonly string[], versions = {}): Promise<Outcome> {
    const { code, stdout, stderr } = await runProcess({
      nodeArgs: ['--require', 'tsx/cjs'],
      code: CHILD,
      cwd: root,
      env: {
        FOLDER: folder,
        CONTENT: content,
        KEYS: JSON.stringify(keys),
        VERSIONS: JSON.stringify(versions),
      },
    });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Outcome;
  }

  for (const [what, content, keys] of [
    ['with nothing in them', '', []],
    ['that export nothing at all', 'module.exports = undefined;', []],
    ['that export null', 'module.exports = null;', []],
    [
      'that are a function',
      'module.exports = () => {}; delete module.exports.length; delete module.exports.name;',
      [],
    ],
    [
      'that are a class without a prototype to speak of',
      'module.exports = Object.setPrototypeOf(Object.create(null), null);',
      [],
    ],
    [
      'whose exports throw when they are read',
      "module.exports = Object.defineProperty({}, 'default', { enumerable: true, get() { throw new Error('read'); } });",
      ['default'],
    ],
    [
      'whose exports are a proxy that lets nobody in',
      "module.exports = new Proxy({}, { get(_, key) { if (key !== 'toJSON') throw new Error('read'); }, set() { throw new Error('set'); }, defineProperty() { throw new Error('defined'); } });",
      [],
    ],
    ['that nobody may change', 'module.exports = Object.freeze({ untouched: true });', ['untouched']],
  ] as const) {
    it(`of version 99.0.0, ${what}, are loaded as they are, and each is told of once`, async () => {
      const { libraries, warnings, errors, changed } = await load(content, keys);
      assert.deepEqual({ errors, changed }, { errors: [], changed: [] });
      // Each names its package; `known are` is followed by what its hook knows.
      const told = warnings.map((line) => /^\[intelia-otel\] (\S+) 99\.0\.0 is left alone: known are [\d.| ]+$/.exec(line)?.[1] ?? line);
      assert.deepEqual(told, libraries);
    }); // prettier-ignore
  }

  it('of a known version, with nothing in them, are not thrown into', async () => {
    const { warnings } = await load('', []);
    const first = warnings.map((line) => /(\S+) 99\.0\.0 is left alone: known are ([\d.]+)/.exec(line) ?? []);
    const versions = Object.fromEntries(first.map(([, library, version]) => [library, `${version}.0`]));
    for (const content of ODD) {
      const { errors } = await load(content, content.includes('default') ? ['default'] : [], versions);
      // Counted, and kept from the application.
      assert.ok(errors.length > 0);
      assert.deepEqual(
        errors.filter((where) => !where.startsWith('load ')),
        [],
      );
    }
  });
});
