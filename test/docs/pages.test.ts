/** What README and docs/ say is there: metrics, labels, variables, files and anchors; both languages say the same. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { catalogue } from '../../src/catalogue/catalogue.js';
import type { MetricSpec } from '../../src/catalogue/types.js';
import { SETTINGS } from '../../src/config.js';
import { ruleGroups } from '../../src/grafana/alerts/rules.js';
import { plainGroups } from '../../src/grafana/alerts/yaml.js';
import { allPanels } from '../../src/grafana/all-panels.js';
import { DEFAULT_THRESHOLDS } from '../../src/grafana/thresholds.js';
import { parsePromql } from '../support/promql.js';
import { parsePage, readPage, userPages } from './markdown.js';

const specs: Readonly<Record<string, MetricSpec>> = catalogue;
const pages = userPages();
const [en, fr] = [readPage('docs/grafana-cloud.md'), readPage('docs/grafana-cloud.fr.md')];

/** The metric of a series, or undefined when no metric has such. */
function metricOf(series: string): MetricSpec | undefined {
  const base = series.replace(/_(bucket|sum|count)$/, '');
  return specs[series] ?? (specs[base]?.kind === 'histogram' ? specs[base] : undefined);
}

describe('metrics that the docs name', () => {
  /** Our own prefix alone, as in a regular expression, is no name. */
  const names = /\bintelia_(?!otel\b)[a-z][a-z0-9_]*/g;

  for (const { path, text } of pages) {
    it(`${path}: are in the catalogue`, () => {
      for (const [name] of text.matchAll(names)) assert.ok(metricOf(name), name);
    });

    it(`${path}: have the labels that stand with them`, () => {
      for (const [, name = '', labels = ''] of text.matchAll(/`(intelia_\w+)\{([a-z_, ]+)\}`/g)) {
        const known = Object.keys(metricOf(name)?.labels ?? {});
        for (const label of labels.split(', ')) assert.ok(known.includes(label), `${name}{${label}}`);
      }
    });
  }

  it('are all in the page on Grafana Cloud, with all their labels, in both languages', () => {
    for (const { path, prose } of [en, fr])
      for (const [name, { labels }] of Object.entries(specs)) {
        const names = Object.keys(labels);
        const whole = `\`${name}${names.length === 0 ? '' : `{${names.join(', ')}}`}\``;
        assert.ok(prose.includes(whole), `${path} lacks ${whole}`);
      }
  });
});

describe('queries in the docs', () => {
  const alerts = plainGroups(ruleGroups(DEFAULT_THRESHOLDS), 'grafana', '').flatMap(({ rules }) => rules);
  const shipped = new Set([
    ...allPanels('en', { variables: false }).flatMap(({ queries }) => queries.map(({ promql }) => promql)),
    ...alerts.map(({ expr }) => expr),
  ]);
  const queries = pages.flatMap(({ path, blocks }) =>
    blocks.filter(({ lang }) => lang === 'promql').map(({ text }) => ({ path, promql: text.trim() })),
  );

  it('are those of the guide: 10 of dashboards and 3 of alerts, in each language', () => {
    assert.equal(queries.length, 26);
  });

  for (const { path, promql } of queries) {
    it(`${path}: ${promql.slice(0, 80)}`, () => {
      // Panels and alerts are held against known figures on a real Prometheus; whatever differs is not.
      assert.ok(shipped.has(promql), 'it is that of a panel or an alert');
      const { errors, selectors, grouping } = parsePromql(promql.replace(/\$__\w+/g, '5m'));
      assert.deepEqual(errors, []);
      for (const { metric, matchers } of selectors) {
        const labels = Object.keys(metricOf(metric)?.labels ?? assert.fail(metric));
        for (const label of matchers.keys()) assert.ok([...labels, 'le'].includes(label), label);
      }
      const labels = selectors.flatMap(({ metric }) => Object.keys(metricOf(metric)?.labels ?? {}));
      for (const label of grouping) assert.ok([...labels, 'le'].includes(label), label);
    });
  }
});

describe('variables that the docs name', () => {
  const example = 'examples/nextjs-metrics';
  const files = (readdirSync(example, { recursive: true }) as string[]).filter((name) => /\.tsx?$|\.example$/.test(name) && !/node_modules|\.next/.test(name)); // prettier-ignore
  const sources = [
    ...Object.values(SETTINGS).map(({ env }) => env),
    readFileSync('otel-collector.yaml', 'utf8'),
    ...files.map((name) => readFileSync(join(example, name), 'utf8')),
    // mimirtool's own, and that of the pipeline in docs/collector.md.
    'MIMIR_ADDRESS MIMIR_AUTH_TOKEN MIMIR_TENANT_ID SCRAPE_TARGET',
  ].join('\n');
  const known = new Set(sources.match(/[A-Z][A-Z0-9]*(_[A-Z0-9]+)+/g));
  const prefixes = /\b(?:OTEL|INTELIA|GRAFANA|NEXT_PUBLIC|OTELCOL|OTLP|MIMIR|SCRAPE)_[A-Z0-9_]*[A-Z0-9]\b/g;

  for (const { path, text } of pages) {
    it(path, () => {
      for (const [name] of text.matchAll(prefixes)) assert.ok(known.has(name), name);
    });
  }
});

describe('links in the docs', () => {
  const all = [
    ...pages,
    ...['CONTRIBUTING.md', 'CHANGELOG.md'].filter((path) => existsSync(path)).map(readPage),
  ];
  for (const { path, links } of all) {
    it(path, () => {
      for (const link of links.filter((each) => !/^https?:/.test(each))) {
        const [file = '', anchor] = decodeURIComponent(link).split('#');
        const target = file === '' ? path : join(dirname(path), file);
        assert.ok(existsSync(target), `${link}: no such file`);
        if (anchor === undefined) continue;
        const anchors = readPage(target).headings.map((heading) => heading.anchor);
        assert.ok(anchors.includes(anchor), `${link}: there are ${anchors.join(', ')}`);
      }
    });
  }

  it('GitHub’s anchors', () => {
    const page = parsePage('', '# `a_b`: c, d & **é**\n\n## Étape 5 : x\n\n## 401 or 403\n\n## 401 or 403\n');
    const anchors = page.headings.map(({ level, anchor }) => [level, anchor]);
    assert.deepEqual(anchors, [[1, 'a_b-c-d--é'], [2, 'étape-5--x'], [2, '401-or-403'], [2, '401-or-403-1']]); // prettier-ignore
  });
});

describe('the page on Grafana Cloud in two languages', () => {
  it('has the same code', () => {
    assert.deepEqual(fr.blocks, en.blocks);
  });

  it('has the same headings, lists and tables', () => {
    const shape = (prose: string): readonly string[] =>
      prose.split('\n').flatMap((line) => /^(#+|\s*-|\s*\d+\.|\|)(?=\s)/.exec(line)?.[1]?.trim() ?? []);
    assert.deepEqual(shape(fr.prose), shape(en.prose));
  });

  it('has the same links to elsewhere', () => {
    const elsewhere = (links: readonly string[]) =>
      links.filter((link) => !link.startsWith('#') && !link.startsWith('grafana-cloud'));
    assert.deepEqual(elsewhere(fr.links), elsewhere(en.links));
  });

  it('names the same things', () => {
    assert.deepEqual([...new Set(fr.spans)].sort(), [...new Set(en.spans)].sort());
  });
});
