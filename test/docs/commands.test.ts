/** What README and docs/ tell users to run and to write runs, and is typed, as it stands there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { readPage, userPages } from './markdown.js';

const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> };
const cli = resolve(bin['intelia-otel'] ?? '');
const pages = userPages();

/** As in a shell where `npx intelia-otel` is what was built. */
const shell = (command: string, cwd: string) =>
  promisify(execFile)(
    'bash',
    ['--norc', '-c', `npx() { shift; "${process.execPath}" "${cli}" "$@"; }; ${command}`],
    {
      cwd,
      env: { PATH: process.env['PATH'] },
      timeout: 20_000,
    },
  );

describe('commands in the docs', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'intelia-docs-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const lines = pages.flatMap(({ blocks, spans }) => [
    ...blocks.flatMap(({ lang, text }) => (lang === 'bash' || lang === '' ? text.split('\n') : [])),
    ...spans,
  ]);
  const all = [...new Set(lines.filter((line) => line.startsWith('npx intelia-otel')))];
  /** `MODEL`, `URL` and `…` stand for something; `--update` and `--check` ask the network. */
  const runnable = all.filter((line) => !/\b(MODEL|URL)\b|…|--update|--check/.test(line));

  it('there are some of each', () => {
    for (const name of ['dashboards', 'rules', 'prices']) assert.ok(runnable.some((line) => line.includes(` ${name}`)), name); // prettier-ignore
  });

  for (const line of runnable) {
    it(line, async () => {
      const { stdout, stderr } = await shell(line, folder);
      assert.notEqual(stdout, '');
      assert.equal(stderr, '');
    });
  }

  it('they write what the page says', () => {
    const french = readFileSync(join(folder, 'grafana-fr/llm-costs.json'), 'utf8');
    assert.match(french, /Coûts LLM/);
    const embedded = readFileSync(join(folder, 'embed/llm-costs.json'), 'utf8');
    assert.match(embedded, /"uid": "grafanacloud-prom"/);
    assert.equal(readdirSync(join(folder, 'grafana')).length, 6);
    assert.match(readFileSync(join(folder, 'alerts/intelia.alerts.grafana.yml'), 'utf8'), /> 250$/m);
  });

  it('the base64 of instance id and token is what Grafana Cloud takes, on one line', async () => {
    const { blocks } = readPage('docs/grafana-cloud.md');
    const command = blocks.find(({ text }) => text.includes('base64 |'))?.text ?? '';
    const token = `glc_${'x'.repeat(150)}`;
    const { stdout } = await shell(command.replace('<instance id>:<token>', `123456:${token}`), folder);
    assert.equal(stdout, Buffer.from(`123456:${token}`).toString('base64'));
  });
});

describe('TypeScript in the docs', () => {
  const samples = pages.flatMap(({ path, blocks }) =>
    blocks
      .filter(({ lang }) => lang === 'ts')
      .map(({ text }, i) => ({ name: resolve(`test/docs/${path.replace(/\W/g, '-')}-${i}.ts`), text })),
  );

  it('compiles against the package', function () {
    this.timeout(60_000);
    assert.equal(samples.length, 8);
    const sources = new Map(samples.map(({ name, text }) => [name, text.replace('@intelia/otel', '../../src/index.js')])); // prettier-ignore
    const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (name) => sources.has(name) || fileExists(name);
    host.readFile = (name) => sources.get(name) ?? readFile(name);
    host.getSourceFile = (name, target, ...rest) => {
      const text = sources.get(name);
      return text === undefined
        ? getSourceFile(name, target, ...rest)
        : ts.createSourceFile(name, text, target);
    };
    const program = ts.createProgram([...sources.keys()], options, host);
    const found = [...sources.keys()].flatMap((name) => {
      const source = program.getSourceFile(name);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });
    const said = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    assert.deepEqual(said, []);
  });
});
