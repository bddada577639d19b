/**
 * Writes what is derived from the tables: docs/metrics.md from the catalogue, docs/configuration.md from the
 * settings, dashboards/ and alerts/ from src/grafana, the table of series in docs/grafana-cloud*.md from the catalogue.
 * `npm run generate`; with `--check` it writes nothing and fails when a file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { catalogue } from '../src/catalogue/catalogue.js';
import type { LabelSpec, MetricSpec } from '../src/catalogue/types.js';
import { rulesFiles } from '../src/grafana/alerts/files.js';
import { SETTINGS } from '../src/config.js';
import { dashboardFiles, type JsonOptions } from '../src/grafana/json.js';
import { DEFAULT_SERIES_LIMIT } from '../src/metrics/family.js';
import { seriesTable } from './series.js';
import { supportedTable, TABLE_NAMES, untold } from './supported.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${text}\``;

function labelText(name: string, spec: LabelSpec): string {
  if ('bound' in spec) return `${code(name)} (at most ${spec.bound})`;
  return `${code(name)}: ${spec.join(', ')}`;
}

function metricRow([name, spec]: [string, MetricSpec]): string {
  const labels = Object.entries(spec.labels).map(([label, bound]) => labelText(label, bound));
  const kind = spec.kind === 'observed' ? 'gauge' : spec.kind;
  const columns = [code(name), kind, spec.unit === '' ? '' : code(spec.unit), labels.join('; ')];
  return `| ${[...columns, spec.description, spec.source].map(cell).join(' | ')} |`;
}

function bucketRow([name, { buckets }]: [string, MetricSpec]): string {
  return `| ${code(name)} | ${(buckets ?? []).join(' ')} | ${(buckets ?? []).length + 3} |`;
}

function metricsPage(): string {
  const all = Object.entries<MetricSpec>(catalogue);
  return `# Metrics

<!-- Made by \`npm run generate\` from src/catalogue/catalogue.ts. -->

The name of a metric is the name of its series in Prometheus and Grafana, on every way there: pull, OTLP, Collector.
A label that is given no value reads \`unknown\`; past its bound, or when a closed label is given another value, it
reads \`other\` and \`intelia_otel_dropped_measurements_total\` counts it. A label value has at most 128 characters, and a
metric at most ${DEFAULT_SERIES_LIMIT.toLocaleString('en')} label sets.

A series of a counter or histogram is exported once as 0 before its first value, so that \`increase()\` sees the first
increment: on pull the first scrape that shows it reads 0 and the next one its value; on push both come in one request.

| Metric | Kind | Unit | Labels | What it tells | Source |
|---|---|---|---|---|---|
${all.map(metricRow).join('\n')}

## Buckets

Upper bounds in seconds. A histogram costs its bounds and three series more for each label set.

| Histogram | Bounds | Series a label set |
|---|---|---|
${all
  .filter(([, spec]) => spec.kind === 'histogram')
  .map(bucketRow)
  .join('\n')}
`;
}

interface Row {
  readonly env: string;
  readonly type: string;
  readonly default: unknown;
  readonly doc: string;
  readonly secret?: true;
}

function settingRow(row: Row): string {
  const empty =
    row.default === undefined ||
    (typeof row.default === 'object' && Object.keys(row.default as object).length === 0);
  const columns = [
    code(row.env),
    row.type,
    empty ? '' : code(String(row.default)),
    row.doc + (row.secret ? ' Secret: never printed.' : ''),
  ];
  return `| ${columns.map(cell).join(' | ')} |`;
}

function configurationPage(): string {
  const rows = Object.values<Row>(SETTINGS);
  const table = (prefix: string): string => {
    const found = rows.filter((row) => row.env.startsWith(prefix)).map(settingRow);
    return ['| Variable | Value | Default | What it does |', '|---|---|---|---|', ...found].join('\n');
  };
  return `# Configuration

<!-- Made by \`npm run generate\` from src/config.ts. -->

All settings are environment variables, read once at start. An empty one is as if it were not set. A value that cannot
be read gives one line on stderr that names the variable, what was wrong and what is used instead.

## Standard OpenTelemetry variables

${table('OTEL_')}

## Variables of this package

${table('INTELIA_')}
`;
}

const dashboards = (folder: string, options: JsonOptions): Record<string, string> =>
  Object.fromEntries(dashboardFiles(options).map(({ name, text }) => [`${folder}/${name}`, text]));

/** A page that is written by hand but for what stands between pairs of marks. */
function withTables(path: string, tables: Readonly<Record<string, string>>): Record<string, string> {
  let page = readFileSync(path, 'utf8');
  for (const [mark, table] of Object.entries(tables)) {
    const marks = new RegExp(`^(.*<!-- ${mark}:start[^\\n]*\\n).*(<!-- ${mark}:end -->.*)$`, 's');
    const [, head, tail] = marks.exec(page) ?? [];
    if (head === undefined || tail === undefined) throw new Error(`${path} has no marks for ${mark}`);
    page = `${head}\n${table}\n\n${tail}`;
  }
  return { [path]: page };
}

const supportedTables = Object.fromEntries(
  TABLE_NAMES.map((name) => [`supported:${name}`, supportedTable(name)]),
);

const pages: Record<string, string> = {
  'docs/metrics.md': metricsPage(),
  'docs/configuration.md': configurationPage(),
  ...withTables('docs/grafana-cloud.md', { series: seriesTable('en') }),
  ...withTables('docs/grafana-cloud.fr.md', { series: seriesTable('fr') }),
  ...withTables('docs/supported.md', supportedTables),
  ...dashboards('dashboards', {}),
  ...dashboards('dashboards/fr', { lang: 'fr' }),
  ...dashboards('dashboards/embed', { embed: true }),
  ...Object.fromEntries(rulesFiles().map(({ name, text }) => [`alerts/${name}`, text])),
};
const check = process.argv.includes('--check');
let stale = 0;
for (const [path, text] of Object.entries(pages)) {
  let current = '';
  try {
    current = readFileSync(path, 'utf8');
  } catch {
    // Not written yet: stale.
  }
  if (current === text) continue;
  stale++;
  if (check) process.stderr.write(`${path} is stale: run npm run generate\n`);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
for (const library of untold()) {
  stale++;
  process.stderr.write(`${library} is in no table of scripts/supported-rows.ts\n`);
}
process.exitCode = check && stale > 0 ? 1 : 0;
