/** What LLM calls cost. */
import { asIs, limits, text, type PanelSpec, type Threshold } from '../../panel.js';
import { each, increase, times } from '../../query.js';
import type { Thresholds } from '../../thresholds.js';
import * as words from '../words.js';

const COST = 'intelia_llm_cost_usd_total';

/** An increase is told from samples: of one event it may read a little less than 1. */
export const SOME: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 0.5, color: 'yellow' },
];

export const costPerDay: PanelSpec = {
  id: 'cost-per-day',
  kind: 'bars',
  title: text('Cost per day by model', 'Coût total par jour'),
  description: text(
    'Each bar is a whole day, split by model; the last one is today so far. A step up on one day is a release, a new model or a loop: see the features below.',
    "Chaque barre est un jour entier, réparti par modèle ; la dernière est aujourd'hui jusqu'à maintenant. Une marche soudaine vient d'une mise en production, d'un nouveau modèle ou d'une boucle : voir les fonctionnalités.",
  ),
  unit: 'currencyUSD',
  queries: [{ query: each(COST, { by: ['model'], window: '1d' }), legend: asIs('{{model}}') }],
  noValue: words.NO_CALLS,
  size: [16, 9],
  range: '30d',
  isStacked: true,
  more: 'llm-costs',
};

export const spendThisMonth: PanelSpec = {
  id: 'spend-month',
  kind: 'stat',
  title: text('Spend this month', 'Coût total mensuel'),
  description: text(
    'LLM cost since the first of the month. Compare it with the bills of your providers: calls without a price are missing from it.',
    'Coût LLM depuis le premier du mois. À comparer avec les factures des fournisseurs : il y manque les appels sans prix connu.',
  ),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [{ query: increase(COST, { window: '$__range' }), legend: text('This month', 'Ce mois-ci') }],
  noValue: text('No call this month', 'Aucun appel ce mois-ci'),
  size: [4, 4],
  range: 'now/M',
  more: 'llm-costs',
};

/** 30 times the last 24 hours: nights and peaks are in it, as they are not in the last hour. */
export const monthlyPace = ({ dailyCostUsd }: Thresholds): PanelSpec => ({
  id: 'pace-month',
  kind: 'stat',
  title: text('At this pace, per month', 'À ce rythme, par mois'),
  description: text(
    'The last 24 hours, times 30. On the first day it grows as hours come in.',
    'Les dernières 24 heures, multipliées par 30. Le premier jour, la valeur monte au fil des heures.',
  ),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [{ query: times(increase(COST, { window: '1d' }), 30), legend: text('Per month', 'Par mois') }],
  thresholds: limits(dailyCostUsd * 24, dailyCostUsd * 30),
  noValue: text('No call in 24 hours', 'Aucun appel en 24 heures'),
  size: [4, 4],
  more: 'llm-costs',
});

export const budgetUsed = ({ dailyCostUsd }: Thresholds): PanelSpec => ({
  id: 'daily-budget-used',
  kind: 'gauge',
  title: text('Daily cost threshold used', "Part du seuil d'alerte quotidien"),
  description: text(
    `The last 24 hours against the alert's $${dailyCostUsd}. At 100 % the alert fires.`,
    `Les dernières 24 heures rapportées au seuil d'alerte de ${dailyCostUsd} $. À 100 %, l'alerte se déclenche.`,
  ),
  unit: 'percentunit',
  decimals: 0,
  min: 0,
  max: 1,
  queries: [
    {
      query: times(increase(COST, { window: '1d' }), 1 / dailyCostUsd),
      legend: text('Used', 'Consommé'),
    },
  ],
  thresholds: limits(0.8, 1),
  noValue: text('No call in 24 hours', 'Aucun appel en 24 heures'),
  size: [4, 4],
});

export const unpriced: PanelSpec = {
  id: 'unpriced',
  kind: 'stat',
  title: text('Calls without a price', 'Appels sans prix connu'),
  description: text(
    'Their cost is missing from every figure. Add the price to the file of INTELIA_LLM_PRICES; intelia-otel prices --check names the models.',
    'Leur coût manque dans tous les chiffres. Ajouter le prix au fichier INTELIA_LLM_PRICES ; intelia-otel prices --check nomme les modèles.',
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: increase('intelia_llm_unpriced_requests_total', { window: '$__range' }),
      legend: text('Calls', 'Appels'),
    },
  ],
  thresholds: SOME,
  noValue: words.NONE,
  size: [4, 4],
};
