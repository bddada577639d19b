import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFileLoad } from '../../src/hook/load.js';
import { isWrapped, wrapMethod } from '../../src/hook/wrap.js';
import { testContext } from '../support/context.js';

describe('onFileLoad', () => {
  let folder: string;
  /** Another name each time: a watch is for good. */
  let lib: string;
  let count = 0;
  let load: NodeJS.Require;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'intelia-load-')));
    lib = `lib${count++}`;
    for (const owner of ['.', 'node_modules/host']) {
      const root = join(folder, owner, 'node_modules', lib);
      mkdirSync(join(root, 'inner'), { recursive: true });
      writeFileSync(join(root, 'package.json'), '{"main":"inner/main.js"}');
      writeFileSync(join(root, 'inner/main.js'), `exports.owner = ${JSON.stringify(owner)};`);
      writeFileSync(join(root, 'main.js'), 'exports.other = true;');
    }
    load = createRequire(join(folder, 'app.js'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('sees every copy of the file, once, and no other file of its name', () => {
    const { context } = testContext();
    const seen: string[] = [];
    onFileLoad(context.guard, `${lib}/inner/main.js`, (exports) => void seen.push(exports.owner));
    load(lib);
    load(lib);
    load(`${lib}/main.js`);
    createRequire(join(folder, 'node_modules/host/index.js'))(lib);
    assert.deepEqual(seen, ['.', 'node_modules/host']);
  });

  it('sees a package that is installed under another name, scoped or not', () => {
    const { context } = testContext();
    const seen: string[] = [];
    for (const [alias, name] of [
      [`${lib}-old`, lib],
      [`@old/${lib}`, `@new/${lib}`],
      [`${lib}-other`, 'other'],
    ]) {
      const root = join(folder, 'node_modules', alias as string);
      mkdirSync(join(root, 'inner'), { recursive: true });
      writeFileSync(join(root, 'package.json'), JSON.stringify({ name, main: 'inner/main.js' }));
      writeFileSync(join(root, 'inner/main.js'), `exports.owner = ${JSON.stringify(alias)};`);
    }
    onFileLoad(context.guard, `${lib}/inner/main.js`, (exports) => void seen.push(exports.owner));
    onFileLoad(context.guard, `@new/${lib}/inner/main.js`, (exports) => void seen.push(exports.owner));
    for (const alias of [`${lib}-old`, `@old/${lib}`, `${lib}-other`]) load(alias);
    assert.deepEqual(seen, [`${lib}-old`, `@old/${lib}`]);
  });

  it('sees a file that is loaded already', () => {
    const { context } = testContext();
    load(lib);
    const seen: string[] = [];
    onFileLoad(context.guard, `${lib}/inner/main.js`, (exports) => void seen.push(exports.owner));
    assert.deepEqual(seen, ['.']);
  });

  it('gives the application the exports that were put in place', () => {
    const { context } = testContext();
    onFileLoad(context.guard, `${lib}/inner/main.js`, () => ({ replaced: true }));
    assert.deepEqual(load(lib), { replaced: true });
  });

  it('never throws into require: a failing watcher is counted', () => {
    const { context, errors } = testContext();
    onFileLoad(context.guard, `${lib}/inner/main.js`, () => {
      throw new Error('wrong about this version');
    });
    assert.deepEqual(load(lib), { owner: '.' });
    assert.deepEqual(errors, [`load ${lib}/inner/main.js`]);
  });
});

describe('wrapMethod', () => {
  it('looks like the original: name, length, own properties', () => {
    class Client {
      query(_text: string, _values: unknown[]): string {
        return 'original';
      }
    }
    Object.assign(Client.prototype.query, { custom: 1 });
    assert.equal(
      wrapMethod(
        Client.prototype,
        'query',
        (original) =>
          (...args) =>
            `wrapped ${original(...args)}`,
      ),
      true,
    );
    const { query } = Client.prototype;
    assert.equal(query.name, 'query');
    assert.equal(query.length, 2);
    assert.equal((query as unknown as { custom: number }).custom, 1);
    assert.equal(new Client().query('', []), 'wrapped original');
    assert.deepEqual(Object.keys(Client.prototype), []);
  });

  it('wraps once, whoever asks', () => {
    const owner = { run: () => 1 };
    assert.equal(
      wrapMethod(owner, 'run', (original) => () => original() + 1),
      true,
    );
    assert.equal(
      wrapMethod(owner, 'run', (original) => () => original() + 1),
      false,
    );
    assert.equal(owner.run(), 2);
    assert.equal(isWrapped(owner.run), true);
  });

  it('leaves alone what is missing, no function or not to be replaced', () => {
    const frozen = Object.freeze({ run: () => 1 });
    for (const owner of [undefined, null, {}, { run: 5 }, frozen]) {
      assert.equal(
        wrapMethod(owner, 'run', () => () => 0),
        false,
      );
    }
    assert.equal(frozen.run(), 1);
  });
});
