import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.js';

describe('intelia-otel rules', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'intelia-cli-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function rules(...args: string[]): Promise<{ code: number; out: string; err: readonly string[] }> {
    let out = '';
    const err: string[] = [];
    const code = await run(['rules', ...args], {
      out: (text) => void (out += text),
      err: (line) => void err.push(line),
    });
    return { code, out, err };
  }

  it('lists the alerts', async () => {
    const { code, out, err } = await rules('--daily-cost', '250');
    assert.deepEqual({ code, err }, { code: 0, err: [] });
    assert.match(out, /InteliaLlmDailyCost +critical +LLM calls cost more than \$250 in the last 24 hours\n/);
    const listed = JSON.parse((await rules('--json')).out) as { alert: string; for: string }[];
    assert.equal(listed.length, 11);
    assert.deepEqual([listed[0]?.alert, listed[0]?.for], ['InteliaLlmDailyCost', '5m']);
  });

  it('prints what is committed, for Prometheus and for Grafana', async () => {
    for (const [format, name] of [
      ['prometheus', 'intelia.rules.yml'],
      ['grafana', 'intelia.alerts.grafana.yml'],
    ] as const) {
      assert.equal((await rules(format)).out, readFileSync(join('alerts', name), 'utf8'));
    }
    const { groups } = JSON.parse((await rules('grafana', '--json')).out) as { groups: { name: string }[] };
    assert.deepEqual(groups.map(({ name }) => name), ['intelia-llm', 'intelia-api', 'intelia-telemetry']); // prettier-ignore
  });

  it('takes every threshold, as a share or in percent', async () => {
    const { out } = await rules(
      ...['prometheus', '--daily-cost', '$250.50', '--error-rate', '1%', '--llm-p95', '13'],
      ...['--availability', '99.9%', '--runbook', 'https://wiki.example/runbook'],
    );
    assert.match(out, /increase1d > 250\.5\n/);
    assert.match(out, /increase5m > 0\.01\)/);
    assert.match(out, /\[5m\]\)\)\) > 13\)/);
    assert.match(out, /increase1h > 0\.0144\)/);
    assert.match(out, /runbook_url: "https:\/\/wiki\.example\/runbook#inteliaapierrorrate"/);
  });

  it('writes both files, or the one that is named', async () => {
    const { code, out } = await rules('--write', join(folder, 'new'));
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(join(folder, 'new')), ['intelia.alerts.grafana.yml', 'intelia.rules.yml']);
    assert.equal(out.trim().split('\n').length, 2);
    await rules('grafana', '--write', folder);
    assert.deepEqual(readdirSync(folder), ['intelia.alerts.grafana.yml', 'new']);
  });

  const BAD: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['--daily-cost', 'much'], /--daily-cost takes dollars above 0, such as 250, not "much"/],
    [['--daily-cost', '0'], /--daily-cost takes dollars above 0/],
    [['--daily-cost', '1e3'], /--daily-cost takes dollars above 0/],
    [['--error-rate', '5'], /--error-rate takes a share between 0 and 1/],
    [['--error-rate', '100%'], /--error-rate takes a share between 0 and 1/],
    [['--llm-p95', '6'], /--llm-p95 takes one of 0\.1, .*, 120 seconds, not "6"/],
    [['--availability', '0.9'], /--availability takes a share from 0\.94 to below 1/],
    [['--availability', '100%'], /--availability takes a share/],
    [['nagios'], /"nagios" is no format: prometheus, grafana/],
    [['prometheus', 'grafana'], /one format can be printed/],
    [['--write', ''], /--write takes a folder/],
    [['--runbook', ' '], /--runbook takes an address/],
    [['--threshold', '3'], /Unknown option '--threshold'/],
  ];
  for (const [args, says] of BAD) {
    it(`says in one line that ${args.join(' ')} is wrong`, async () => {
      const { code, out, err } = await rules(...args);
      assert.deepEqual([code, out, err.length], [2, '', 1]);
      assert.match(err[0] ?? '', says);
    });
  }

  it('writes nothing where one of the files cannot be written', async () => {
    mkdirSync(join(folder, 'intelia.rules.yml'));
    writeFileSync(join(folder, 'intelia.alerts.grafana.yml'), 'kept');
    const { code, err } = await rules('--write', folder);
    assert.equal(code, 2);
    assert.match(err[0] ?? '', /cannot be written to \(EISDIR\); nothing was written/);
    assert.deepEqual(readdirSync(folder), ['intelia.alerts.grafana.yml', 'intelia.rules.yml']);
    assert.equal(readFileSync(join(folder, 'intelia.alerts.grafana.yml'), 'utf8'), 'kept');
    writeFileSync(join(folder, 'file'), '');
    assert.equal((await rules('--write', join(folder, 'file'))).code, 2);
  });
});
