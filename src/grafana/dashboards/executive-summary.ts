/** One screen for who runs the product: money, users, quality. Each tile leads to the dashboard that tells more. */
import { text, type DashboardSpec, type PanelSpec } from '../panel.js';
import type { Thresholds } from '../thresholds.js';
import { each } from '../query.js';
import { revenue } from './business-kpis.js';
import { alertDistance } from './panels/alerts.js';
import { availability } from './panels/api.js';
import { activeUsers, costAgainstRevenue, questions, satisfaction } from './panels/business.js';
import { costPerDay, monthlyPace, spendThisMonth } from './panels/cost.js';
import { uptime } from './panels/process.js';
import { AT_A_GLANCE, NO_QUESTIONS } from './words.js';

const questionsPerDay: PanelSpec = {
  id: 'questions-per-day',
  kind: 'bars',
  title: text('Questions per day', 'Questions par jour'),
  description: text(
    'How much the product is used. Each bar is a whole day; the last one is today so far.',
    "L'usage du produit. Chaque barre est un jour entier ; la dernière est aujourd'hui jusqu'à maintenant.",
  ),
  unit: 'short',
  queries: [
    {
      query: each('intelia_questions_total', { window: '1d' }),
      legend: text('Questions', 'Questions'),
      color: 'blue',
    },
  ],
  noValue: NO_QUESTIONS,
  size: [12, 9],
  range: '30d',
  more: 'business-kpis',
};

export const executiveSummary = (thresholds: Thresholds): DashboardSpec => ({
  id: 'executive-summary',
  title: text('Executive summary', 'Synthèse direction'),
  description: text(
    'Money, users and quality on one screen; each tile leads to the dashboard that tells more.',
    'Argent, utilisateurs et qualité sur un écran ; chaque tuile mène au tableau de bord détaillé.',
  ),
  rows: [
    {
      title: AT_A_GLANCE,
      panels: [
        { ...spendThisMonth, size: [6, 5] },
        { ...monthlyPace(thresholds), size: [6, 5] },
        { ...revenue, size: [6, 5], more: 'business-kpis' },
        { ...activeUsers, size: [6, 5] },
        { ...questions, size: [6, 5] },
        { ...satisfaction, size: [6, 5] },
        { ...availability(thresholds), size: [6, 5] },
        { ...uptime, size: [6, 5] },
      ],
    },
    {
      title: text('Day by day', 'Jour par jour'),
      panels: [{ ...costPerDay, size: [12, 9] }, questionsPerDay, costAgainstRevenue, { ...alertDistance(thresholds), size: [12, 9] }],
    },
  ],
  from: 'now-30d',
  refresh: '5m',
}); // prettier-ignore
