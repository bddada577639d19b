/** Every figure that the product's Grafana document and its plan name has a panel; every metric is shown somewhere. */
import assert from 'node:assert/strict';
import { catalogue, type MetricName } from '../../src/catalogue/catalogue.js';
import { allPanels } from '../../src/grafana/all-panels.js';
import { DASHBOARD_IDS } from '../../src/grafana/panel.js';
import { parsePromql } from '../support/promql.js';

/** The figure, and `dashboard/panel` for each place where it is. */
const FIGURES: Readonly<Record<string, readonly string[]>> = {
  // Étape 3, dashboard 1
  'Coût total par jour, par modèle': ['llm-costs/cost-per-day'],
  'Top 5 modèles les plus coûteux': ['llm-costs/top-models'],
  'Tokens consommés par heure, par modèle et type': ['llm-costs/tokens-per-hour'],
  'Coût moyen par requête': ['llm-costs/cost-per-request', 'llm-costs/cost-per-request-by-model'],
  // Dashboard 2
  'Latence p95 par endpoint': ['api-performance/p95-by-endpoint'],
  "Taux d'erreur": ['api-performance/error-rate', 'api-performance/error-rate-over-time'],
  'Requêtes par minute': ['api-performance/requests-per-minute', 'api-performance/requests-by-endpoint'],
  // Dashboard 3
  'Questions par jour, par source': ['business-kpis/questions-by-source'],
  'Questions par jour, par langue': ['business-kpis/questions-by-language'],
  'Revenus cumulés, par plan': ['business-kpis/revenue-by-plan'],
  'Utilisateurs actifs': ['business-kpis/active-users', 'business-kpis/users-over-time'],
  // Executive Summary
  'Coût total mensuel': ['executive-summary/spend-month', 'llm-costs/spend-month'],
  "Nombre d'utilisateurs actifs": ['executive-summary/active-users'],
  'Questions traitées': ['executive-summary/questions'],
  'Taux de satisfaction': ['executive-summary/satisfaction', 'business-kpis/satisfaction'],
  Uptime: ['executive-summary/uptime', 'technical-health/uptime'],
  // LLM Operations
  'Coût par modèle (graphique temps réel)': ['llm-operations/cost-rate-by-model'],
  'Distribution des tokens': ['llm-operations/token-distribution'],
  'Latence moyenne': ['llm-operations/mean-latency', 'llm-operations/latency-quantiles'],
  "Taux d'erreur LLM": ['llm-operations/llm-error-rate', 'llm-operations/error-rate-by-status'],
  'Alertes coûts': ['llm-operations/alerts', 'llm-operations/alert-distance', 'llm-operations/cost-left'],
  // Technical Health
  'CPU/RAM utilization': ['technical-health/cpu', 'technical-health/cpu-by-replica', 'technical-health/memory-by-replica'],
  'Database performance': ['technical-health/db-p95-by-table', 'technical-health/db-slowest'],
  'API response times': ['technical-health/latency-quantiles', 'technical-health/p95-by-endpoint'],
  'Error rates': ['technical-health/error-rate', 'technical-health/db-error-rate', 'technical-health/errors-by-type'],
  'Active connections': ['technical-health/db-connections'],
  // Étape 4: how far off each alert is
  'Coût LLM quotidien > $100, erreurs > 5%, p95 > 5 s': ['llm-operations/alert-distance'],
  // Beyond the document
  'Spend today': ['llm-costs/spend-today'],
  'At this pace per month': ['llm-costs/pace-month', 'executive-summary/pace-month'],
  'Cost against revenue': ['business-kpis/cost-against-revenue', 'business-kpis/cost-over-revenue'],
  'p50, p95, p99 of LLM calls': ['llm-operations/latency-quantiles', 'llm-operations/llm-p95'],
  'Time to first token': ['llm-operations/first-token', 'llm-operations/first-token-by-model'],
  'Event loop': ['technical-health/event-loop-delay'],
  GC: ['technical-health/gc-time', 'technical-health/gc-pauses'],
  'Own losses and failures': ['technical-health/losses', 'technical-health/dropped', 'technical-health/export-failures', 'technical-health/swallowed-errors', 'llm-costs/unpriced'],
}; // prettier-ignore

describe('figures', () => {
  const panels = allPanels();
  const places = new Set(panels.map(({ dashboard, id }) => `${dashboard}/${id}`));

  for (const [figure, where] of Object.entries(FIGURES)) {
    it(`has a panel: ${figure}`, () => {
      assert.deepEqual(where.filter((place) => !places.has(place)), []); // prettier-ignore
    });
  }

  it('are on six dashboards, no panel twice on one', () => {
    assert.deepEqual(
      [...new Set(panels.map(({ dashboard }) => dashboard))].sort(),
      [...DASHBOARD_IDS].sort(),
    );
    assert.equal(places.size, panels.length);
  });

  it('come from every metric of the catalogue, and from nothing else', () => {
    const used = new Set<string>();
    for (const { queries } of panels) {
      for (const { promql } of queries) {
        const { selectors, grouping } = parsePromql(promql);
        const known = new Set(['job', 'instance', 'le']);
        for (const { metric } of selectors) {
          const name = catalogueName(metric);
          used.add(name);
          for (const label of Object.keys(catalogue[name].labels)) known.add(label);
        }
        for (const label of [...grouping, ...selectors.flatMap(({ matchers }) => [...matchers.keys()])])
          assert.ok(known.has(label), `${label}: ${promql}`);
      }
    }
    assert.deepEqual([...used].sort(), Object.keys(catalogue).sort());
  });

  it('are counters only as they grow, and histograms only by their buckets, sums and counts', () => {
    for (const { promql } of panels.flatMap(({ queries }) => queries)) {
      for (const { metric, range, fn } of parsePromql(promql).selectors) {
        const { kind } = catalogue[catalogueName(metric)];
        const isCumulative = kind === 'counter' || kind === 'histogram';
        assert.equal(range !== undefined, isCumulative, promql);
        if (isCumulative) assert.match(fn ?? '', /^(rate|increase)$/, promql);
        if (fn === 'rate') assert.equal(range, '$__rate_interval', promql);
      }
    }
  });
});

function catalogueName(series: string): MetricName {
  const name = Object.hasOwn(catalogue, series) ? series : series.replace(/_(bucket|sum|count)$/, '');
  assert.ok(Object.hasOwn(catalogue, name), series);
  const isHistogram = catalogue[name as MetricName].kind === 'histogram';
  assert.equal(series !== name, isHistogram, series);
  return name as MetricName;
}
