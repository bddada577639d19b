/** What the LLM calls cost, on what it goes, and where it leads. */
import { asIs, limits, text, type DashboardSpec, type PanelSpec } from '../panel.js';
import { above, each, increase, ratio, top } from '../query.js';
import type { Thresholds } from '../thresholds.js';
import { budgetUsed, costPerDay, monthlyPace, spendThisMonth, unpriced } from './panels/cost.js';
import { AT_A_GLANCE, NO_CALLS, NONE } from './words.js';

const COST = 'intelia_llm_cost_usd_total';
const CALLS = 'intelia_llm_requests_total';
const TOKENS = 'intelia_llm_tokens_total';
const success = { status: 'success' } as const;

const spendToday = ({ dailyCostUsd }: Thresholds): PanelSpec => ({
  id: 'spend-today',
  kind: 'stat',
  title: text('Spend today', "Dépense d'aujourd'hui"),
  description: text(
    `LLM cost since midnight. Red from the daily alert's $${dailyCostUsd} on: look below which model and feature it goes to.`,
    `Coût LLM depuis minuit. Rouge à partir du seuil d'alerte de ${dailyCostUsd} $ par jour : voir plus bas quel modèle et quelle fonctionnalité le consomment.`,
  ),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [{ query: increase(COST, { window: '$__range' }), legend: text('Today', "Aujourd'hui") }],
  thresholds: limits(dailyCostUsd * 0.8, dailyCostUsd),
  noValue: text('No call today', "Aucun appel aujourd'hui"),
  size: [4, 4],
  range: 'now/d',
});

const averageCost: PanelSpec = {
  id: 'cost-per-request',
  kind: 'stat',
  title: text('Average cost a request', 'Coût moyen par requête'),
  description: text(
    'Cost over successful calls. Prompts that grow with the conversation, or a switch to a dearer model, raise it before the bill does.',
    "Coût rapporté aux appels réussis. Des prompts qui s'allongent ou un modèle plus cher le font monter avant la facture.",
  ),
  unit: 'currencyUSD',
  queries: [
    {
      query: ratio(
        increase(COST, { window: '$__range' }),
        increase(CALLS, { where: success, window: '$__range' }),
      ),
      legend: text('Per request', 'Par requête'),
    },
  ],
  noValue: NO_CALLS,
  size: [4, 4],
};

const topModels: PanelSpec = {
  id: 'top-models',
  kind: 'ranking',
  title: text('Top 5 most expensive models', 'Top 5 des modèles les plus coûteux'),
  description: text(
    'Cost over the period. The first one is where a cheaper model, a shorter prompt or a cache pays most.',
    "Coût sur la période. C'est sur le premier qu'un modèle moins cher, un prompt plus court ou un cache rapporte le plus.",
  ),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [
    { query: top(5, increase(COST, { by: ['model'], window: '$__range' })), legend: asIs('{{model}}') },
  ],
  noValue: NO_CALLS,
  size: [8, 9],
};

const costByFeature: PanelSpec = {
  id: 'cost-by-feature',
  kind: 'share',
  title: text('Cost by feature', 'Coût par fonctionnalité'),
  description: text(
    'What each feature of the product costs over the period. Name yours with withLlmFeature().',
    'Ce que coûte chaque fonctionnalité sur la période. Nommer les vôtres avec withLlmFeature().',
  ),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [{ query: increase(COST, { by: ['feature'], window: '$__range' }), legend: asIs('{{feature}}') }],
  noValue: NO_CALLS,
  size: [8, 9],
};

const costPerDayByFeature: PanelSpec = {
  id: 'cost-per-day-by-feature',
  kind: 'bars',
  title: text('Cost per day by feature', 'Coût par jour et par fonctionnalité'),
  description: text(
    'Each bar is a whole day; the last one is today so far.',
    "Chaque barre est un jour entier ; la dernière est aujourd'hui jusqu'à maintenant.",
  ),
  unit: 'currencyUSD',
  queries: [{ query: each(COST, { by: ['feature'], window: '1d' }), legend: asIs('{{feature}}') }],
  noValue: NO_CALLS,
  size: [16, 9],
  range: '30d',
  isStacked: true,
};

const tokensPerHour: PanelSpec = {
  id: 'tokens-per-hour',
  kind: 'timeseries',
  title: text('Tokens per hour by model and type', 'Tokens consommés par heure'),
  description: text(
    'Tokens of the hour before each point. Prompt tokens that outgrow completion tokens are context sent again and again: trim or cache it.',
    "Tokens de l'heure qui précède chaque point. Si les tokens de prompt s'envolent par rapport aux réponses, le même contexte est renvoyé sans cesse : le réduire ou le mettre en cache.",
  ),
  unit: 'short',
  queries: [
    { query: increase(TOKENS, { by: ['model', 'type'], window: '1h' }), legend: asIs('{{model}} {{type}}') },
  ],
  noValue: NO_CALLS,
  size: [16, 9],
};

const costPerRequestByModel: PanelSpec = {
  id: 'cost-per-request-by-model',
  kind: 'ranking',
  title: text('Average cost a request by model', 'Coût moyen par requête et par modèle'),
  description: text(
    'Cost over successful calls, for each model over the period.',
    'Coût rapporté aux appels réussis, pour chaque modèle sur la période.',
  ),
  unit: 'currencyUSD',
  queries: [
    {
      query: ratio(
        increase(COST, { by: ['model'], window: '$__range' }),
        increase(CALLS, { by: ['model'], where: success, window: '$__range' }),
      ),
      legend: asIs('{{model}}'),
    },
  ],
  noValue: NO_CALLS,
  size: [8, 9],
};

const cachedShare: PanelSpec = {
  id: 'cached-share',
  kind: 'ranking',
  title: text('Prompt tokens from a cache', 'Tokens de prompt lus en cache'),
  description: text(
    'Share of the prompt tokens that a provider read from its cache, at a fraction of the price. Low on long prompts: put what never changes first.',
    'Part des tokens de prompt que le fournisseur a lus dans son cache, à une fraction du prix. Si elle est faible sur de longs prompts : placer en tête ce qui ne change jamais.',
  ),
  unit: 'percentunit',
  decimals: 1,
  min: 0,
  max: 1,
  queries: [
    {
      query: ratio(
        increase('intelia_llm_cached_tokens_total', { by: ['model'], window: '$__range' }),
        increase(TOKENS, { by: ['model'], where: { type: 'prompt' }, window: '$__range' }),
      ),
      legend: asIs('{{model}}'),
    },
  ],
  noValue: NONE,
  size: [8, 7],
};

const reasoningShare: PanelSpec = {
  id: 'reasoning-share',
  kind: 'ranking',
  title: text('Completion tokens spent on reasoning', 'Tokens de réponse consacrés au raisonnement'),
  description: text(
    'Share of the completion tokens that nobody sees. High on simple questions: ask for less effort.',
    "Part des tokens de réponse que personne ne voit. Si elle est élevée sur des questions simples : demander moins d'effort de raisonnement.",
  ),
  unit: 'percentunit',
  decimals: 1,
  min: 0,
  max: 1,
  queries: [
    {
      query: ratio(
        increase('intelia_llm_reasoning_tokens_total', { by: ['model'], window: '$__range' }),
        increase(TOKENS, { by: ['model'], where: { type: 'completion' }, window: '$__range' }),
      ),
      legend: asIs('{{model}}'),
    },
  ],
  noValue: NONE,
  size: [8, 7],
};

const unpricedModels: PanelSpec = {
  id: 'unpriced-by-model',
  kind: 'table',
  title: text('Calls without a price, by model', 'Appels sans prix connu, par modèle'),
  description: text(
    'Their cost is missing from every figure here. unknown_model: add its price to the file of INTELIA_LLM_PRICES. no_usage: the answer did not say what it used.',
    "Leur coût manque dans tous les chiffres de ce tableau de bord. unknown_model : ajouter le prix au fichier INTELIA_LLM_PRICES. no_usage : la réponse n'indiquait pas sa consommation.",
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: above(
        increase('intelia_llm_unpriced_requests_total', { by: ['model', 'reason'], window: '$__range' }),
        0,
      ),
      legend: text('Calls', 'Appels'),
    },
  ],
  noValue: NONE,
  size: [8, 7],
};

export const llmCosts = (thresholds: Thresholds): DashboardSpec => ({
  id: 'llm-costs',
  title: text('LLM costs', 'Coûts LLM'),
  description: text(
    'What LLM calls cost, on what it goes, and where it leads.',
    "Ce que coûtent les appels LLM, où part l'argent, et à quel rythme.",
  ),
  rows: [
    {
      title: AT_A_GLANCE,
      panels: [
        spendToday(thresholds), spendThisMonth, monthlyPace(thresholds), averageCost, budgetUsed(thresholds),
        unpriced,
      ], // prettier-ignore
    },
    {
      title: text('Where the money goes', "Où part l'argent"),
      panels: [costPerDay, topModels, costPerDayByFeature, costByFeature],
    },
    {
      title: text('What it buys', 'Ce qui est consommé'),
      panels: [tokensPerHour, costPerRequestByModel, cachedShare, reasoningShare, unpricedModels],
    },
  ],
  from: 'now-7d',
  refresh: '5m',
});
