/** The two files of alerts, as they are committed under alerts/ and as `intelia-otel rules` writes them. */
import { DEFAULT_THRESHOLDS, type Thresholds } from '../thresholds.js';
import { ruleGroups } from './rules.js';
import { plainGroups, toYaml, type PlainGroup, type RuleFormat } from './yaml.js';

export const RULE_FORMATS = ['prometheus', 'grafana'] as const satisfies readonly RuleFormat[];
export const RUNBOOK = 'docs/runbook.md';

export interface RulesFile {
  readonly format: RuleFormat;
  readonly name: string;
  readonly groups: readonly PlainGroup[];
  readonly text: string;
}

const NAMES: Readonly<Record<RuleFormat, string>> = {
  prometheus: 'intelia.rules.yml',
  grafana: 'intelia.alerts.grafana.yml',
};

const COMMENTS: Readonly<Record<RuleFormat, string>> = {
  prometheus: `Recording and alerting rules of @intelia/otel for Prometheus or Mimir: \`rule_files\`, or \`mimirtool rules load\`.
Written by \`npx intelia-otel rules\`, which takes your own thresholds. docs/runbook.md has a section for each alert.`,
  grafana: `The alerts of @intelia/otel for Grafana's own alerting, as in new Grafana Cloud stacks: Alerting > Alert rules > Import.
Each is complete in itself; use either this file or intelia.rules.yml, not both.
Written by \`npx intelia-otel rules\`, which takes your own thresholds. docs/runbook.md has a section for each alert.`,
};

/** @param runbook where your team reads docs/runbook.md; each alert links to its section. */
export function rulesFiles(
  thresholds: Thresholds = DEFAULT_THRESHOLDS,
  runbook: string = RUNBOOK,
): readonly RulesFile[] {
  const rules = ruleGroups(thresholds);
  return RULE_FORMATS.map((format) => {
    const groups = plainGroups(rules, format, runbook);
    return { format, name: NAMES[format], groups, text: toYaml(groups, COMMENTS[format]) };
  });
}
