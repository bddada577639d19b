import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.js';
import { dashboardFiles } from '../../src/grafana/json.js';

const NAMES = [
  'api-performance.json', 'business-kpis.json', 'executive-summary.json', 'llm-costs.json', 'llm-operations.json',
  'technical-health.json',
]; // prettier-ignore

describe('intelia-otel dashboards', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'intelia-dashboards-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function cli(...args: string[]): Promise<{ code: number; out: string; err: readonly string[] }> {
    let out = '';
    const err: string[] = [];
    const code = await run(['dashboards', ...args], {
      out: (text) => void (out += text),
      err: (line) => void err.push(line),
    });
    return { code, out, err };
  }

  it('lists the six, in both languages', async () => {
    const { code, out } = await cli();
    assert.equal(code, 0);
    assert.equal(out.trimEnd().split('\n').length, 7);
    assert.match(out, /^ID +TITLE +WHAT IT TELLS\nexecutive-summary +Executive summary +Money, users/);
    assert.match((await cli('--lang', 'fr')).out, /\nllm-costs +Coûts LLM +Ce que coûtent/);
    const listed = JSON.parse((await cli('--json', '--embed')).out) as { id: string; uid: string }[];
    assert.deepEqual(listed[1], {
      id: 'llm-costs',
      uid: 'intelia-llm-costs-embed',
      title: 'LLM costs',
      description: 'What LLM calls cost, on what it goes, and where it leads.',
    });
  });

  it('prints one, as it is committed', async () => {
    assert.equal((await cli('llm-costs')).out, readFileSync('dashboards/llm-costs.json', 'utf8'));
    assert.equal((await cli('llm-costs', '--lang=fr')).out, readFileSync('dashboards/fr/llm-costs.json', 'utf8'));
    const embedded = (await cli('llm-costs', '--embed', '--datasource', 'prom-1')).out;
    assert.ok(embedded.includes('"uid": "prom-1"') && !embedded.includes('DS_PROMETHEUS'));
  }); // prettier-ignore

  it('writes all, or those named, into a folder that it makes', async () => {
    const target = join(folder, 'a/b');
    const { code, out } = await cli('--write', target);
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(target).sort(), NAMES);
    assert.deepEqual(out.trimEnd().split('\n').sort(), NAMES.map((name) => join(target, name))); // prettier-ignore
    for (const { name, text } of dashboardFiles())
      assert.equal(readFileSync(join(target, name), 'utf8'), text);

    writeFileSync(join(target, 'llm-costs.json'), 'old');
    const told = await cli('llm-costs', 'api-performance', '--write', target, '--embed', '--json');
    assert.deepEqual(JSON.parse(told.out), {
      written: [join(target, 'llm-costs.json'), join(target, 'api-performance.json')],
    });
    assert.match(readFileSync(join(target, 'llm-costs.json'), 'utf8'), /"intelia-llm-costs-embed"/);
    assert.deepEqual(readdirSync(target).sort(), NAMES);
  });

  it("takes a team's own thresholds", async () => {
    const costs = (await cli('llm-costs', '--daily-cost', '250')).out;
    assert.ok(costs.includes("Red from the daily alert's $250 on"));
    assert.ok(costs.includes('* 0.004"'));
    const operations = (await cli('llm-operations', '--error-rate', '2%', '--llm-p95', '8')).out;
    assert.ok(operations.includes('2 % of requests failing and 8 s of LLM p95'));
    assert.ok(operations.includes('* 50"') && operations.includes('* 0.125"'));
  });

  it('says in one line what it cannot do, and writes nothing', async () => {
    const bad: [args: string[], line: string][] = [
      [['--lang', 'de'], '--lang takes en or fr, not "de"'],
      [['--lang', ''], '--lang takes en or fr, not ""'],
      [['costs'], `"costs" is no dashboard: ${ids()}`],
      [['llm-costs', 'api-performance'], 'one dashboard can be printed; --write FOLDER writes several'],
      [['--datasource', 'x'], '--datasource goes with --embed (--help)'],
      [['--embed', '--datasource', ' '], '--datasource takes the uid of a data source'],
      [['--write', ''], '--write takes a folder'],
      [['--write'], "Option '--write <value>' argument missing (--help)"],
      [['--embd'], "Unknown option '--embd' (--help)"],
      [['--daily-cost', 'abc'], '--daily-cost takes dollars above 0, such as 250, not "abc"'],
      [['--daily-cost', '0'], '--daily-cost takes dollars above 0, such as 250, not "0"'],
      [['--daily-cost=-5'], '--daily-cost takes dollars above 0, such as 250, not "-5"'],
      [['--daily-cost', '0x10'], '--daily-cost takes dollars above 0, such as 250, not "0x10"'],
      [['--daily-cost', 'Infinity'], '--daily-cost takes dollars above 0, such as 250, not "Infinity"'],
      [['--error-rate', '5'], '--error-rate takes a share between 0 and 1, such as 0.05 or 5%, not "5"'],
      [['--error-rate', '100%'], '--error-rate takes a share between 0 and 1, such as 0.05 or 5%, not "100%"'],
      [['--llm-p95', '4'], '--llm-p95 takes one of 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60, 120 seconds, not "4"'],
    ]; // prettier-ignore
    for (const [args, line] of bad) {
      const target = join(folder, 'never');
      const toWrite = args[0] === '--write' || args.length > 1 && args[1] === 'api-performance' ? [] : ['--write', target];
      const { code, out, err } = await cli(...args, ...toWrite);
      assert.deepEqual([code, out, err], [2, '', [line]]);
      assert.ok(!existsSync(target), args.join(' '));
    } // prettier-ignore
  });

  it('leaves a folder as it was when it cannot write all', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const inside = join(file, 'below');
    assert.deepEqual(await cli('--write', inside), failed(inside, 'ENOTDIR'));
    assert.deepEqual(await cli('--write', file), failed(file, 'ENOTDIR'));

    const taken = join(folder, 'taken');
    mkdirSync(join(taken, 'technical-health.json'), { recursive: true });
    writeFileSync(join(taken, 'llm-costs.json'), 'old');
    assert.deepEqual(await cli('--write', taken), failed(taken, 'EISDIR'));
    assert.deepEqual(readdirSync(taken).sort(), ['llm-costs.json', 'technical-health.json']);
    assert.equal(readFileSync(join(taken, 'llm-costs.json'), 'utf8'), 'old');
  });

  it('says that a folder takes no files', async function () {
    // Root may write where permissions forbid it, but not here.
    if (process.platform !== 'linux') return this.skip();
    assert.deepEqual(await cli('--write', '/proc/self'), failed('/proc/self', 'ENOENT'));
  });
});

const ids = (): string =>
  'llm-costs, api-performance, business-kpis, executive-summary, llm-operations, technical-health';
const failed = (folder: string, code: string) => ({
  code: 2,
  out: '',
  err: [`${folder} cannot be written to (${code}); nothing was written`],
});
