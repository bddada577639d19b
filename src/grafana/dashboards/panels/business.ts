/** What users do, think and pay. */
import { floors, text, type PanelSpec } from '../../panel.js';
import { each, increase, latest, ratio } from '../../query.js';
import * as words from '../words.js';

const COST = 'intelia_llm_cost_usd_total';
const FEEDBACK = 'intelia_feedback_total';

export const activeUsers: PanelSpec = {
  id: 'active-users',
  kind: 'stat',
  title: text('Active users', 'Utilisateurs actifs'),
  description: text(
    'Users active now, as the application last reported it. The highest of the replicas: each of them reports all users.',
    "Utilisateurs actifs en ce moment, d'après l'application. Le maximum des réplicas : chacun déclare tous les utilisateurs.",
  ),
  unit: 'short',
  queries: [
    { query: latest('max', 'intelia_active_users'), legend: text('Active users', 'Utilisateurs actifs') },
  ],
  noValue: words.NO_USERS,
  size: [4, 4],
  isTrend: true,
  more: 'business-kpis',
};

export const questions: PanelSpec = {
  id: 'questions',
  kind: 'stat',
  title: text('Questions handled', 'Questions traitées'),
  description: text(
    'Questions of users in the period.',
    'Questions posées par les utilisateurs sur la période.',
  ),
  unit: 'short',
  queries: [
    {
      query: increase('intelia_questions_total', { window: '$__range' }),
      legend: text('Questions', 'Questions'),
    },
  ],
  noValue: words.NO_QUESTIONS,
  size: [4, 4],
  more: 'business-kpis',
};

export const satisfaction: PanelSpec = {
  id: 'satisfaction',
  kind: 'stat',
  title: text('Satisfaction rate', 'Taux de satisfaction'),
  description: text(
    'Positive ratings over all ratings of the period. With few ratings it says little: see how many there were on Business KPIs.',
    "Avis positifs sur l'ensemble des avis de la période. Avec peu d'avis il ne dit pas grand-chose : leur nombre est sur Indicateurs métier.",
  ),
  unit: 'percentunit',
  decimals: 1,
  queries: [
    {
      query: ratio(
        increase(FEEDBACK, { where: { rating: 'positive' }, window: '$__range' }),
        increase(FEEDBACK, { window: '$__range' }),
        { zeroWithout: true },
      ),
      legend: text('Positive', 'Positifs'),
    },
  ],
  thresholds: floors(0.7, 0.85),
  noValue: words.NO_FEEDBACK,
  size: [4, 4],
  more: 'business-kpis',
};

/** Days in which a bar of each stands beside the other. */
export const costAgainstRevenue: PanelSpec = {
  id: 'cost-against-revenue',
  kind: 'bars',
  title: text('LLM cost against revenue, per day', 'Coût LLM et revenus par jour'),
  description: text(
    'What each day brought in (bars), and what its LLM calls cost (line). Where the line is above the bar, the day lost money.',
    "Ce que chaque jour a rapporté (barres), et ce que ses appels LLM ont coûté (ligne). Si la ligne dépasse la barre, la journée a perdu de l'argent.",
  ),
  unit: 'currencyUSD',
  queries: [
    {
      query: each('intelia_revenue_usd_total', { window: '1d' }),
      legend: words.REVENUE_LEGEND,
      color: 'green',
    },
    { query: each(COST, { window: '1d' }), legend: words.COST_LEGEND, color: 'orange', isLine: true },
  ],
  noValue: words.NO_REVENUE,
  size: [12, 9],
  range: '30d',
  more: 'business-kpis',
};
