/** What users do with the product, what they think of it, what it brings in and what that costs. */
import { asIs, limits, text, type DashboardSpec, type PanelSpec } from '../panel.js';
import { each, increase, latest, ratio } from '../query.js';
import { activeUsers, costAgainstRevenue, questions, satisfaction } from './panels/business.js';
import * as words from './words.js';

const COST = 'intelia_llm_cost_usd_total';
const QUESTIONS = 'intelia_questions_total';
const REVENUE = 'intelia_revenue_usd_total';

export const revenue: PanelSpec = {
  id: 'revenue',
  kind: 'stat',
  title: text('Revenue', 'Revenus'),
  description: text('Revenue of the period, all plans.', 'Revenus de la période, tous plans confondus.'),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [{ query: increase(REVENUE, { window: '$__range' }), legend: words.REVENUE_LEGEND }],
  noValue: words.NO_REVENUE,
  size: [4, 4],
};

const costPerQuestion: PanelSpec = {
  id: 'cost-per-question',
  kind: 'stat',
  title: text('LLM cost a question', 'Coût LLM par question'),
  description: text(
    'What one question of a user costs in LLM calls. Hold it against what a user pays.',
    "Ce que coûte une question d'utilisateur en appels LLM. À comparer à ce que paie un utilisateur.",
  ),
  unit: 'currencyUSD',
  queries: [
    {
      query: ratio(increase(COST, { window: '$__range' }), increase(QUESTIONS, { window: '$__range' })),
      legend: text('Per question', 'Par question'),
    },
  ],
  noValue: words.NO_QUESTIONS,
  size: [4, 4],
};

const costShare: PanelSpec = {
  id: 'cost-over-revenue',
  kind: 'stat',
  title: text('LLM cost over revenue', 'Part du coût LLM dans les revenus'),
  description: text(
    'LLM cost as a share of the revenue of the period. Above 100 % each question loses money.',
    "Coût LLM rapporté aux revenus de la période. Au-delà de 100 %, chaque question fait perdre de l'argent.",
  ),
  unit: 'percentunit',
  decimals: 1,
  queries: [
    {
      query: ratio(increase(COST, { window: '$__range' }), increase(REVENUE, { window: '$__range' })),
      legend: text('Share', 'Part'),
    },
  ],
  thresholds: limits(0.3, 1),
  noValue: words.NO_REVENUE,
  size: [4, 4],
};

const questionsBySource: PanelSpec = {
  id: 'questions-by-source',
  kind: 'bars',
  title: text('Questions per day by source', 'Questions par jour et par source'),
  description: text(
    'Where users ask from. A source that ends has a broken way in.',
    "D'où viennent les questions. Une source qui s'arrête a un point d'entrée cassé.",
  ),
  unit: 'short',
  queries: [{ query: each(QUESTIONS, { by: ['source'], window: '1d' }), legend: asIs('{{source}}') }],
  noValue: words.NO_QUESTIONS,
  size: [12, 9],
  range: '30d',
  isStacked: true,
};

const questionsByLanguage: PanelSpec = {
  id: 'questions-by-language',
  kind: 'bars',
  title: text('Questions per day by language', 'Questions par jour et par langue'),
  description: text(
    'In which language users ask: what to translate and to test first.',
    "La langue des questions : ce qu'il faut traduire et tester en premier.",
  ),
  unit: 'short',
  queries: [{ query: each(QUESTIONS, { by: ['language'], window: '1d' }), legend: asIs('{{language}}') }],
  noValue: words.NO_QUESTIONS,
  size: [12, 9],
  range: '30d',
  isStacked: true,
};

const usersOverTime: PanelSpec = {
  id: 'users-over-time',
  kind: 'timeseries',
  title: text('Active users over time', 'Utilisateurs actifs dans le temps'),
  description: text(
    'The highest that a replica reported. A gap is a time in which no process reported it.',
    "Le maximum déclaré par un réplica. Un trou : aucun processus n'a remonté la valeur.",
  ),
  unit: 'short',
  min: 0,
  queries: [
    { query: latest('max', 'intelia_active_users'), legend: text('Active users', 'Utilisateurs actifs') },
  ],
  noValue: words.NO_USERS,
  size: [12, 8],
};

const ratings: PanelSpec = {
  id: 'ratings',
  kind: 'bars',
  title: text('Ratings per day', 'Avis par jour'),
  description: text(
    'How many ratings the satisfaction rate stands on. A day of negative ones: compare it with your releases and models.',
    "Le nombre d'avis derrière le taux de satisfaction. Une journée d'avis négatifs : la rapprocher des mises en production et des modèles.",
  ),
  unit: 'short',
  queries: [
    {
      query: each('intelia_feedback_total', { where: { rating: 'positive' }, window: '1d' }),
      legend: text('Positive', 'Positifs'),
      color: 'green',
    },
    {
      query: each('intelia_feedback_total', { where: { rating: 'negative' }, window: '1d' }),
      legend: text('Negative', 'Négatifs'),
      color: 'red',
    },
  ],
  noValue: words.NO_FEEDBACK,
  size: [12, 8],
  range: '30d',
  isStacked: true,
};

const revenueByPlan: PanelSpec = {
  id: 'revenue-by-plan',
  kind: 'ranking',
  title: text('Cumulative revenue by plan', 'Revenus cumulés par plan'),
  description: text(
    'What each plan brought in over the period, restarts of the backend accounted for.',
    'Ce que chaque plan a rapporté sur la période, redémarrages du backend compris.',
  ),
  unit: 'currencyUSD',
  decimals: 2,
  queries: [{ query: increase(REVENUE, { by: ['plan'], window: '$__range' }), legend: asIs('{{plan}}') }],
  noValue: words.NO_REVENUE,
  size: [12, 9],
};

export const businessKpis = (): DashboardSpec => ({
  id: 'business-kpis',
  title: text('Business KPIs', 'Indicateurs métier'),
  description: text(
    'What users do with the product, what they think of it, what it brings in and what it costs.',
    "Ce que les utilisateurs font du produit, ce qu'ils en pensent, ce qu'il rapporte et ce qu'il coûte.",
  ),
  rows: [
    {
      title: words.AT_A_GLANCE,
      panels: [activeUsers, questions, satisfaction, revenue, costShare, costPerQuestion],
    },
    { title: text('Questions', 'Questions'), panels: [questionsBySource, questionsByLanguage] },
    { title: text('Money', 'Argent'), panels: [revenueByPlan, costAgainstRevenue] },
    { title: text('Users', 'Utilisateurs'), panels: [usersOverTime, ratings] },
  ],
  from: 'now-30d',
  refresh: '5m',
});
