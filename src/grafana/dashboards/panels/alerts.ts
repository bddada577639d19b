/** The alerts, and how far off they are. */
import { limits, text, type PanelSpec } from '../../panel.js';
import { increase, left, quantile, times } from '../../query.js';
import { inFrench, percent, type Thresholds } from '../../thresholds.js';
import { httpErrorRatio } from './api.js';
import * as words from '../words.js';

const COST = 'intelia_llm_cost_usd_total';
const LLM_DURATION = 'intelia_llm_request_duration_seconds';

/** How much of each alert's threshold is used up: its state, and how far off it is. */
export const alertDistance = ({ dailyCostUsd, errorRatio, llmP95Seconds }: Thresholds): PanelSpec => ({
  id: 'alert-distance',
  kind: 'ranking',
  title: text('Distance to the alerts', "Distance aux seuils d'alerte"),
  description: text(
    `How much of each threshold is used up: $${dailyCostUsd} of LLM cost in 24 hours, ${percent(errorRatio)} of requests failing and ${llmP95Seconds} s of LLM p95 in the last 5 minutes. At 100 % an alert fires, once enough traffic shows it for long enough.`,
    `Part consommée de chaque seuil : ${dailyCostUsd} $ de coût LLM en 24 heures, ${inFrench(errorRatio)} de requêtes en erreur et ${llmP95Seconds} s de p95 LLM sur les 5 dernières minutes. À 100 % l'alerte se déclenche, si le trafic le confirme assez longtemps.`,
  ),
  unit: 'percentunit',
  decimals: 0,
  min: 0,
  max: 1,
  queries: [
    {
      query: times(increase(COST, { window: '1d' }), 1 / dailyCostUsd),
      legend: text('Daily cost', 'Coût quotidien'),
    },
    {
      query: times(httpErrorRatio('5m'), 1 / errorRatio),
      legend: text('Error rate', "Taux d'erreur"),
    },
    {
      query: times(quantile(0.95, LLM_DURATION, { window: '5m' }), 1 / llmP95Seconds),
      legend: text('LLM p95 latency', 'Latence p95 LLM'),
    },
  ],
  thresholds: limits(0.8, 1),
  noValue: words.NO_CALLS,
  size: [12, 7],
});

export const costLeft = ({ dailyCostUsd }: Thresholds): PanelSpec => ({
  id: 'cost-left',
  kind: 'stat',
  title: text('Left before the cost alert', "Reste avant l'alerte de coût"),
  description: text(
    `What may still be spent in 24 hours before the alert at $${dailyCostUsd}. Below 0 it is firing.`,
    `Ce qui peut encore être dépensé sur 24 heures avant l'alerte à ${dailyCostUsd} $. Sous 0, elle est déclenchée.`,
  ),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [{ query: left(dailyCostUsd, increase(COST, { window: '1d' })), legend: text('Left', 'Reste') }],
  thresholds: [
    { from: null, color: 'red' },
    { from: 0, color: 'yellow' },
    { from: dailyCostUsd * 0.2, color: 'green' },
  ],
  noValue: text('No call in 24 hours', 'Aucun appel en 24 heures'),
  size: [4, 4],
  more: 'llm-costs',
});

/** Grafana's own list: whether they come from Grafana or from a Prometheus. */
export const alertList: PanelSpec = {
  id: 'alerts',
  kind: 'alerts',
  title: text('Alerts', 'Alertes'),
  description: text(
    'State of the alerts of this package. Empty: they are not loaded yet, see docs/grafana-cloud.md.',
    'État des alertes de ce paquet. Vide : elles ne sont pas encore chargées, voir docs/grafana-cloud.fr.md.',
  ),
  unit: 'none',
  queries: [],
  noValue: words.NONE_F,
  size: [12, 7],
};
