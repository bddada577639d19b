import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/log.js';
import { supported, supportedFile } from '../../src/hook/version.js';
import { hookHapi } from '../../src/http/hapi.js';
import { hookHono } from '../../src/http/hono.js';
import { hookKoa } from '../../src/http/koa.js';
import { hookNext } from '../../src/http/next.js';
import { testContext } from '../support/context.js';

describe('versions that a hook knows', () => {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line));
  beforeEach(() => void lines.splice(0));

  it('are majors, or a major from a minor on', () => {
    const known = ['4.10.0', '4.29.1', '5.0.0', '5.12.8-rc.1', '5'];
    const unknown = ['4.9.9', '3.99.0', '6.0.0', '10.0.0', 'next', ''];
    assert.deepEqual(
      [...known, ...unknown].filter((version) => supported(log, 'majors', '4.10 || 5', version)),
      known,
    );
  });

  it('are told of once when they are others', () => {
    for (let i = 0; i < 3; i++) supported(log, 'some', '1 || 2', '3.0.0');
    supported(log, 'some', '1', undefined);
    assert.deepEqual(lines, [
      '[intelia-otel] some 3.0.0 is left alone: known are 1 || 2\n',
      '[intelia-otel] some of unknown version is left alone: known are 1\n',
    ]);
  });

  it("are read from the package of a file, not from a folder's package.json without a name", () => {
    const folder = mkdtempSync(join(tmpdir(), 'versions-'));
    mkdirSync(join(folder, 'dist/cjs'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "name": "lib", "version": "4.2.0" }');
    writeFileSync(join(folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
    assert.equal(supportedFile(log, 'lib', '4', join(folder, 'dist/cjs/index.js')), true);
    assert.equal(supportedFile(log, 'lib', '3', join(folder, 'dist/cjs/index.js')), false);
    rmSync(folder, { recursive: true });
  });
});

/** Each with the file that its hook waits for, in a version that nobody knows yet. */
const future = {
  koa: { hook: hookKoa, file: 'koa/lib/application.js', known: '2 || 3' },
  '@hapi/hapi': { hook: hookHapi, file: '@hapi/hapi/lib/request.js', known: '21' },
  hono: { hook: hookHono, file: 'hono/dist/cjs/context.js', known: '4' },
  next: { hook: hookNext, file: 'next/dist/server/base-server.js', known: '15 || 16' },
};

describe('a library of an unknown version', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'future-'))));
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, { hook, file, known }] of Object.entries(future)) {
    it(`${name} is loaded as it is, and that is said once`, () => {
      const { context, warnings, errors } = testContext();
      hook(context);
      const path = join(folder, 'node_modules', file);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(
        join(folder, 'node_modules', name, 'package.json'),
        JSON.stringify({ name, version: '99.0.0' }),
      );
      writeFileSync(path, 'module.exports = Object.freeze({ untouched: true });');
      assert.deepEqual(require(path), { untouched: true });
      delete require.cache[path];
      assert.deepEqual(require(path), { untouched: true });
      assert.deepEqual(warnings, [`[intelia-otel] ${name} 99.0.0 is left alone: known are ${known}`]);
      assert.deepEqual(errors, []);
    });
  }

  it('is not thrown into when it looks like a known one but is not', () => {
    const { context, warnings, errors } = testContext();
    hookKoa(context);
    const path = join(folder, 'node_modules/broken/node_modules/koa/lib/application.js');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(join(path, '../../package.json'), '{ "name": "koa", "version": "3.0.0" }');
    writeFileSync(path, 'module.exports = null;');
    assert.equal(require(path), null);
    assert.deepEqual(errors, ['load koa/lib/application.js']);
    assert.match(warnings.join('\n'), /load koa\/lib\/application\.js failed and was skipped: TypeError/);
  });
});
