/** Rules as YAML, for Prometheus and for Grafana. */
import { toPromql } from '../promql.js';
import type { Query } from '../query.js';
import type { RecordingRule, RuleGroup } from './rule.js';

/**
 * `prometheus` has recording rules too, for Prometheus, Mimir and a stack's own ruler; `grafana` has alerts alone, each
 * complete in itself, as new Grafana Cloud stacks evaluate them in Grafana.
 */
export type RuleFormat = 'prometheus' | 'grafana';

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface PlainGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

/** Groups as Prometheus' rule files have them. `runbook` is the address of docs/runbook.md. */
export function plainGroups(
  groups: readonly RuleGroup[],
  format: RuleFormat,
  runbook: string,
): readonly PlainGroup[] {
  const all = groups.flatMap(({ records }) => records);
  const read = (query: Query): string => toPromql(format === 'grafana' ? inlined(query, all) : query);
  return groups.map(({ name, interval, records, alerts }) => ({
    name,
    interval,
    rules: [
      ...(format === 'grafana' ? [] : records.map(({ record, query }) => ({ record, expr: read(query) }))),
      ...alerts.map(({ alert, query, for: held, severity, summary, description }) => ({
        alert,
        expr: read(query),
        for: held,
        labels: { severity },
        annotations: { summary, description, runbook_url: `${runbook}#${alert.toLowerCase()}` },
      })),
    ],
  }));
}

/** With each recorded series replaced by what it records. */
export function inlined(query: Query, records: readonly RecordingRule[]): Query {
  const walk = (each: Query): Query => inlined(each, records);
  switch (query.op) {
    case 'recorded': {
      const found = records.find(({ record }) => record === query.name);
      if (found === undefined) throw new TypeError(`nothing records ${query.name}`);
      return walk(found.query);
    }
    case 'compare':
    case 'times':
    case 'top':
    case 'highest':
      return { ...query, of: walk(query.of) };
    case 'and':
    case 'or':
      return { ...query, left: walk(query.left), right: walk(query.right) };
    case 'ratio':
      return { ...query, part: walk(query.part), whole: walk(query.whole) };
    case 'left':
      return { ...query, after: walk(query.after) };
    default:
      return query;
  }
}

/** Only what rules are made of: names, one-line texts, and expressions of one line. */
export function toYaml(groups: readonly PlainGroup[], comment: string): string {
  const lines = [...comment.split('\n').map((line) => `# ${line}`.trimEnd()), '', 'groups:'];
  for (const { name, interval, rules } of groups) {
    lines.push(`  - name: ${name}`, `    interval: ${interval}`, '    rules:');
    for (const rule of rules) lines.push(...ruleLines(rule));
  }
  return `${lines.join('\n')}\n`;
}

function ruleLines(rule: Rule): readonly string[] {
  const lines = Object.entries(rule).flatMap(([key, value]: [string, string | Record<string, string>]) => {
    if (key === 'expr') return ['expr: |-', `  ${value as string}`];
    if (typeof value === 'string') return [`${key}: ${value}`];
    // JSON's strings are YAML's.
    return [
      `${key}:`,
      ...Object.entries(value).map(([inner, text]) => `  ${inner}: ${JSON.stringify(text)}`),
    ];
  });
  return lines.map((line, i) => `${i === 0 ? '      - ' : '        '}${line}`);
}
