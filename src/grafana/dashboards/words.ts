/** What panels say where there is nothing to show, and names that several of them use. */
import { text } from '../panel.js';

export const NO_CALLS = text('No LLM call in this period', 'Aucun appel LLM sur la période');
export const NO_STREAMS = text(
  'No streamed answer in this period',
  'Aucune réponse en streaming sur la période',
);
export const NO_REQUESTS = text('No request in this period', 'Aucune requête sur la période');
export const NO_QUERIES = text('No database query in this period', 'Aucune requête SQL sur la période');
export const NO_QUESTIONS = text('No question in this period', 'Aucune question sur la période');
export const NO_REVENUE = text('No revenue in this period', 'Aucun revenu sur la période');
export const NO_FEEDBACK = text('No rating in this period', 'Aucun avis sur la période');
export const NO_USERS = text(
  'Not reported: call setActiveUsers()',
  'Non renseigné : appeler setActiveUsers()',
);
export const NO_REPORT = text('No process reports', 'Aucun processus ne remonte de métriques');
export const NO_POOLS = text('No connection pool', 'Aucun pool de connexions');
/** Masculine and feminine. */
export const NONE = text('None', 'Aucun');
export const NONE_F = text('None', 'Aucune');

export const AT_A_GLANCE = text('At a glance', "En un coup d'œil");
export const COST_LEGEND = text('LLM cost', 'Coût LLM');
export const REVENUE_LEGEND = text('Revenue', 'Revenus');
