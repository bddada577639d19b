import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parser } from '@prometheus-io/lezer-promql';
import { rulesFiles } from '../../src/grafana/alerts/files.js';
import { ruleGroups } from '../../src/grafana/alerts/rules.js';
import { DEFAULT_THRESHOLDS } from '../../src/grafana/thresholds.js';
import { needBackends } from '../support/backends.js';

const run = promisify(execFile);
const ALERTS = ruleGroups(DEFAULT_THRESHOLDS).flatMap(({ alerts }) => alerts);

/** Prometheus' notation of samples a minute apart: `0+10x30` is 0, 10, … 300. */
type Series = readonly [series: string, values: string];

interface Case {
  readonly alert: string;
  readonly name: string;
  readonly series: readonly Series[];
  /** Minutes at which it fires, for series with these labels; none is the alert's own alone. */
  readonly fires?: readonly number[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly silent?: readonly number[];
}

const COST = 'intelia_llm_cost_usd_total{model="gpt-4o",feature="chat"';
const cost = (values: string, instance = 'a'): Series => [`${COST},instance="${instance}"}`, values];
const calls = (status: string, values: string, instance = 'a'): Series => [
  `intelia_llm_requests_total{model="gpt-4o",status="${status}",instance="${instance}"}`,
  values,
];
const http = (status: string, values: string, instance = 'a'): Series => [
  `intelia_http_requests_total{method="GET",endpoint="/",status="${status}",instance="${instance}"}`,
  values,
];
/** Calls of 3 s and of 6 s. */
const durations = (within: string, all: string): readonly Series[] => [
  ['intelia_llm_request_duration_seconds_bucket{model="gpt-4o",feature="chat",le="3"}', within],
  ['intelia_llm_request_duration_seconds_bucket{model="gpt-4o",feature="chat",le="5"}', within],
  ['intelia_llm_request_duration_seconds_bucket{model="gpt-4o",feature="chat",le="8"}', all],
  ['intelia_llm_request_duration_seconds_bucket{model="gpt-4o",feature="chat",le="+Inf"}', all],
  ['intelia_llm_request_duration_seconds_count{model="gpt-4o",feature="chat"}', all],
];
const range = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

const CASES: readonly Case[] = [
  {
    alert: 'InteliaLlmDailyCost',
    name: 'two replicas whose first calls cost 60 each: counted from the zero at their birth',
    series: [cost('0x9 60x100'), cost('0x9 60x100', 'b')],
    silent: [9, 12],
    fires: [20, 60],
  },
  {
    alert: 'InteliaLlmDailyCost',
    name: '60 before a restart and 60 after',
    series: [cost('0+1x60 0+1x60')],
    silent: [90],
    fires: [130],
  },
  { alert: 'InteliaLlmDailyCost', name: '40 before a restart and 40 after', series: [cost('0+1x40 0+1x40')], silent: [90, 130] },
  { alert: 'InteliaLlmDailyCost', name: 'ends when the day is over', series: [cost('0+10x12 120x1600')], fires: [60, 1400], silent: [1500] },
  { alert: 'InteliaLlmDailyCost', name: 'no call', series: [], silent: [10, 60] },
  { alert: 'InteliaLlmSpendingPace', name: '$0.10 a minute', series: [cost('0+0.1x100 10x60')], silent: [10], fires: [80, 100] },
  { alert: 'InteliaLlmSpendingPace', name: 'ends with the spending', series: [cost('0+0.1x100 10x60')], silent: [112, 130] },
  { alert: 'InteliaLlmSpendingPace', name: '$0.05 a minute', series: [cost('0+0.05x200')], silent: range(10, 190, 20) },
  { alert: 'InteliaLlmSpendingPace', name: 'one call of $20', series: [cost('0x30 20x100')], silent: range(31, 100, 3) },
  { alert: 'InteliaLlmSpendingPace', name: 'a restart', series: [cost('0+0.02x60 0+0.02x60')], silent: range(10, 120, 5) },
  { alert: 'InteliaLlmLatencyP95', name: 'every tenth call slow', series: durations('0+9x30', '0+10x30'), silent: [3], fires: [12, 20] },
  { alert: 'InteliaLlmLatencyP95', name: 'one slow call among many', series: durations('0+10x30', '0+10x10 101+10x20'), silent: range(5, 30, 1) },
  { alert: 'InteliaLlmLatencyP95', name: 'one slow call among twenty', series: durations('0x4 19x30', '0x4 20x30'), silent: range(1, 30, 1) },
  { alert: 'InteliaLlmLatencyP95', name: 'few calls, all slow', series: durations('0x60', '0+1x60'), silent: range(5, 60, 5) },
  { alert: 'InteliaLlmLatencyP95', name: 'slow only before a restart', series: durations('0+10x30', '0+10x2 0+10x28'), silent: range(5, 30, 1) },
  { alert: 'InteliaLlmErrorRate', name: 'failures begin late, on one of two replicas', series: [calls('success', '0+10x90'), calls('success', '0+10x90', 'b'), calls('server_error', '_x30 0 4+4x60')], silent: [30, 34], fires: [60, 90] },
  { alert: 'InteliaLlmErrorRate', name: 'callers break off', series: [calls('success', '0+10x60'), calls('cancelled', '0+5x60')], silent: [20, 60] },
  { alert: 'InteliaLlmErrorRate', name: 'never a failure', series: [calls('success', '0+10x60')], silent: [20, 60] },
  { alert: 'InteliaLlmErrorRate', name: 'few calls', series: [calls('success', '0x60'), calls('timeout', '0+1x10 10x50')], silent: range(5, 60, 5) },
  { alert: 'InteliaApiErrorRate', name: '10 %, the first error late, over a restart', series: [http('200', '0+9x15 0+9x30'), http('500', '_x5 0+1x40')], silent: [5, 8], fires: [20, 40] },
  { alert: 'InteliaApiErrorRate', name: '10 % on one of two replicas is 5 % in all', series: [http('200', '0+90x30'), http('503', '0+10x30'), http('200', '0+100x30', 'b')], silent: range(5, 30, 5) },
  { alert: 'InteliaApiErrorRate', name: 'little traffic', series: [http('200', '0+1x30'), http('500', '0+1x30')], silent: range(5, 30, 5) },
  { alert: 'InteliaApiErrorRate', name: 'clients that are wrong or leave', series: [http('200', '0+9x30'), http('404', '0+9x30'), http('499', '0+9x30')], silent: range(5, 30, 5) },
  { alert: 'InteliaApiErrorRate', name: 'no traffic', series: [http('200', '100x30'), http('500', '50x30')], silent: range(5, 30, 5) },
  { alert: 'InteliaApiErrorBudgetFast', name: '10 % for an hour', series: [http('200', '0+90x90'), http('500', '0+10x90')], fires: [65, 80] },
  { alert: 'InteliaApiErrorBudgetFast', name: '10 % for three minutes', series: [http('200', '0+90x120'), http('500', '0x60 10 20 30 30x60')], silent: range(60, 120, 2) },
  { alert: 'InteliaApiErrorBudgetSlow', name: '4 % for six hours', series: [http('200', '0+96x400'), http('500', '0+4x400')], silent: [], fires: [380] },
  { alert: 'InteliaApiErrorBudgetSlow', name: '2 % for six hours', series: [http('200', '0+98x400'), http('500', '0+2x400')], silent: range(60, 400, 20) },
  { alert: 'InteliaMetricsAbsent', name: 'nothing ever', series: [], silent: [5], fires: [11] },
  { alert: 'InteliaMetricsAbsent', name: 'one of two replicas gone', series: [['intelia_uptime_seconds{instance="a"}', '0+60x20'], ['intelia_uptime_seconds{instance="b"}', '0+60x60']], silent: [30, 59] },
  { alert: 'InteliaMetricsAbsent', name: 'both gone, and one back', series: [['intelia_uptime_seconds{instance="a"}', '0+60x20'], ['intelia_uptime_seconds{instance="b"}', '0+60x20 _x40 0+60x10']], silent: [30, 62], fires: [36, 59] },
  { alert: 'InteliaSeriesDropped', name: 'a first one', series: [['intelia_otel_dropped_measurements_total{reason="label_limit"}', '_x10 0 1x60']], silent: [10, 30], fires: [13, 20], labels: { reason: 'label_limit' } },
  { alert: 'InteliaSeriesDropped', name: 'a restart', series: [['intelia_otel_dropped_measurements_total{reason="label_limit"}', '5x30 0x30']], silent: range(5, 60, 5) },
  { alert: 'InteliaCallsUnpriced', name: 'a first one', series: [['intelia_llm_unpriced_requests_total{model="own-7b",reason="unknown_model"}', '_x10 0 1x120']], silent: [10, 80], fires: [20, 60], labels: { model: 'own-7b', reason: 'unknown_model' } },
  { alert: 'InteliaCallsUnpriced', name: 'none any more', series: [['intelia_llm_unpriced_requests_total{model="own-7b",reason="unknown_model"}', '7x60']], silent: [10, 60] },
  { alert: 'InteliaExportFailing', name: 'one a minute', series: [['intelia_otel_export_failures_total{reason="unauthorized"}', '0+1x30']], fires: [10, 25], labels: { reason: 'unauthorized' } },
  { alert: 'InteliaExportFailing', name: 'two, then none', series: [['intelia_otel_export_failures_total{reason="timeout"}', '0x10 1 2x60']], silent: range(1, 60, 1) },
]; // prettier-ignore

describe('alerts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'intelia-rules-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { format, name, text, groups } of rulesFiles()) {
    describe(`for ${format}`, () => {
      it('are committed as they are generated', () => {
        assert.equal(readFileSync(join('alerts', name), 'utf8'), text);
      });

      it('are PromQL that parses', () => {
        for (const { expr } of groups.flatMap(({ rules }) => rules)) {
          parser.configure({ strict: true }).parse(expr);
        }
      });

      it('pass promtool check rules, every lint', async function () {
        const { promtool } = needBackends(this);
        const path = join(folder, name);
        writeFileSync(path, text);
        const { stdout } = await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', path]);
        assert.match(stdout, /SUCCESS/);
      });

      it('fire and stay silent as they should', async function () {
        this.timeout(60_000);
        const { promtool } = needBackends(this);
        writeFileSync(join(folder, name), text);
        const tests = join(folder, `${format}.test.yml`);
        writeFileSync(
          tests,
          JSON.stringify({ rule_files: [name], evaluation_interval: '1m', tests: CASES.map(toTest) }),
        );
        await run(promtool, ['test', 'rules', tests]).catch((error: { stdout: string; stderr: string }) => {
          assert.fail(error.stdout + error.stderr);
        });
      });
    });
  }

  it('each have a case in which they fire and one in which they must not', () => {
    for (const { alert } of ALERTS) {
      const own = CASES.filter((each) => each.alert === alert);
      assert.ok(
        own.some(({ fires }) => fires !== undefined),
        `${alert} never fires`,
      );
      assert.ok(
        own.some(({ fires }) => fires === undefined),
        `${alert} has no silent case`,
      );
    }
  });

  it('each have their section in the runbook', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    for (const { alert } of ALERTS) assert.ok(runbook.includes(`\n## ${alert}\n`), alert);
    assert.equal(runbook.match(/^## Intelia/gm)?.length, ALERTS.length);
  });

  it('read well without a value', () => {
    for (const { summary, description } of ALERTS) {
      assert.doesNotMatch(summary, /\{\{/);
      assert.doesNotMatch(description, /\$value/);
    }
  });

  it('take a team’s own thresholds', () => {
    const own = { dailyCostUsd: 250, errorRatio: 0.01, llmP95Seconds: 8, availability: 0.999 };
    const [prometheus] = rulesFiles(own, 'https://wiki.example/runbook');
    const exprs = new Map(
      prometheus?.groups.flatMap(({ rules }) => rules.map((rule) => [rule.alert, rule.expr])),
    );
    assert.equal(exprs.get('InteliaLlmDailyCost'), 'intelia:llm_cost_usd:increase1d > 250');
    assert.equal(
      exprs.get('InteliaApiErrorRate'),
      '(intelia:http_error_ratio:increase5m > 0.01) and (sum(increase(intelia_http_requests_total[5m])) >= 100)',
    );
    assert.match(exprs.get('InteliaLlmLatencyP95') ?? '', / > 8\) and /);
    assert.match(exprs.get('InteliaApiErrorBudgetFast') ?? '', /increase1h > 0\.0144\)/);
    assert.match(
      prometheus?.text ?? '',
      /runbook_url: "https:\/\/wiki\.example\/runbook#inteliallmdailycost"/,
    );
  });
});

function toTest({ alert, name, series, fires = [], silent = [], labels = {} }: Case): object {
  const rule = ALERTS.find((each) => each.alert === alert);
  assert.ok(rule !== undefined, alert);
  const filled = (text: string): string =>
    text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '');
  const firing = {
    exp_labels: { severity: rule.severity, ...labels },
    exp_annotations: {
      summary: rule.summary,
      description: filled(rule.description),
      runbook_url: `docs/runbook.md#${alert.toLowerCase()}`,
    },
  };
  const at = (minute: number, alerts: readonly object[]): object => ({
    eval_time: `${minute}m`, alertname: alert, exp_alerts: alerts,
  }); // prettier-ignore
  return {
    name: `${alert}: ${name}`,
    interval: '1m',
    input_series: series.map(([each, values]) => ({ series: each, values })),
    alert_rule_test: [
      ...silent.map((minute) => at(minute, [])),
      ...fires.map((minute) => at(minute, [firing])),
    ],
  };
}
