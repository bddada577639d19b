import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, readSurroundings } from '../../src/config.js';
import { describeResource, readHost, type Host } from '../../src/export/resource.js';
import { SDK_VERSION } from '../../src/version.js';

describe('the resource', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'resource-'));
    mkdirSync(join(root, 'app/dist/server'), { recursive: true });
    mkdirSync(join(root, 'app/node_modules/next/dist'), { recursive: true });
    writeFileSync(join(root, 'app/package.json'), '{ "name": "@shop/api", "version": "2.3.4" }');
    writeFileSync(join(root, 'app/dist/package.json'), '{ "type": "module" }');
    writeFileSync(
      join(root, 'app/node_modules/next/package.json'),
      '{ "name": "next", "version": "16.0.0" }',
    );
  });
  after(() => rmSync(root, { recursive: true }));

  const host = (more: Partial<Host> = {}): Host => ({
    mainScript: join(root, 'app/dist/server/main.js'), cwd: '/', hostName: 'web-1', pid: 7, nodeVersion: '20.20.2',
    worker: undefined, ...more,
  }); // prettier-ignore
  const describeIt = (env: Record<string, string> = {}, more: Partial<Host> = {}) =>
    describeResource(
      readConfig(() => {}, env),
      host(more),
    );

  it('names the service after the nearest package.json with a name', () => {
    const found = describeIt();
    assert.deepEqual([found['service.name'], found['service.version']], ['@shop/api', '2.3.4']);
  });

  it("names it after the application when a framework's command runs", () => {
    const found = describeIt(
      {},
      { mainScript: join(root, 'app/node_modules/next/dist/next.js'), cwd: join(root, 'app') },
    );
    assert.deepEqual([found['service.name'], found['service.version']], ['@shop/api', '2.3.4']);
  });

  it('has a name even without a script', () => {
    const found = describeIt({}, { mainScript: undefined });
    assert.deepEqual([found['service.name'], found['service.version']], ['unknown_service:node', undefined]);
  });

  it('OTEL_SERVICE_NAME wins over OTEL_RESOURCE_ATTRIBUTES, and that over what is detected', () => {
    const attributes = 'service.name=b,service.version=9,deployment.environment.name=pr%20od,host.name=h';
    const found = describeIt({ OTEL_RESOURCE_ATTRIBUTES: attributes });
    assert.deepEqual(
      [
        found['service.name'],
        found['service.version'],
        found['deployment.environment.name'],
        found['host.name'],
      ],
      ['b', '9', 'pr od', 'h'],
    );
    assert.equal(
      describeIt({ OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'a' })['service.name'],
      'a',
    );
  });

  it('always has an instance id: stable, of host, worker and process, and kept when given', () => {
    const id = String(describeIt()['service.instance.id']);
    assert.match(id, /^web-1:7:[0-9a-f]{6}$/);
    assert.equal(describeIt()['service.instance.id'], id);
    assert.match(String(describeIt({}, { worker: '3' })['service.instance.id']), /^web-1:w3:7:[0-9a-f]{6}$/);
    assert.equal(
      describeIt({ OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=x' })['service.instance.id'],
      'x',
    );
  });

  it('differs between two containers that share host name and pid', () => {
    const code = `
      require('tsx/cjs');
      const { describeResource } = require('./src/export/resource.ts');
      const host = { hostName: 'h', pid: 1, nodeVersion: '20.0.0', cwd: '/' };
      process.stdout.write(describeResource({ resourceAttributes: {} }, host)['service.instance.id']);`;
    const run = (): string => execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    assert.notEqual(run(), run());
  });

  it('says what runs it, and never with which arguments', () => {
    const found = describeResource(
      readConfig(() => {}, {}),
      readHost(readSurroundings({})),
    );
    assert.equal(found['process.pid'], process.pid);
    assert.equal(found['process.runtime.name'], 'nodejs');
    assert.equal(found['process.runtime.version'], process.versions.node);
    assert.equal(found['telemetry.sdk.name'], 'opentelemetry');
    assert.equal(found['telemetry.sdk.language'], 'nodejs');
    assert.equal(found['telemetry.sdk.version'], SDK_VERSION);
    assert.deepEqual(
      Object.keys(found).filter((name) => /command|args|executable|owner/.test(name)),
      [],
    );
  });

  it('takes the number of a PM2 worker, and the script that PM2 will run', () => {
    const found = readHost(readSurroundings({ NODE_APP_INSTANCE: '2', pm_exec_path: '/srv/app/server.js' }));
    assert.deepEqual([found.worker, found.mainScript], ['2', '/srv/app/server.js']);
  });

  it('tells the workers of a cluster apart', () => {
    const code = `
      const cluster = require('node:cluster');
      if (cluster.isPrimary) {
        for (let i = 0; i < 2; i++) cluster.fork().on('message', (id) => process.stdout.write(id + '\\n'));
      } else {
        require('tsx/cjs');
        const { readHost } = require('./src/export/resource.ts');
        process.send(readHost({ tlsEnv: {} }).worker, () => process.disconnect());
      }`;
    const file = join(root, 'cluster.cjs');
    writeFileSync(file, code.replaceAll("require('tsx/cjs')", `require(${JSON.stringify(require.resolve('tsx/cjs'))})`)
      .replace("'./src/export/resource.ts'", JSON.stringify(join(__dirname, '../../src/export/resource.ts')))); // prettier-ignore
    const said = execFileSync(process.execPath, [file], { encoding: 'utf8' });
    assert.deepEqual(said.trim().split('\n').sort(), ['1', '2']);
  });
});
