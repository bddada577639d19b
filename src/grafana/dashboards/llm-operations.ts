/** How the LLM calls go, minute by minute: cost, speed, failures, and how far off the alerts are. */
import { asIs, limits, text, type DashboardSpec, type PanelSpec } from '../panel.js';
import { increase, mean, quantile, rate, ratio, times, top } from '../query.js';
import type { Thresholds } from '../thresholds.js';
import { alertDistance, alertList, costLeft } from './panels/alerts.js';
import { AT_A_GLANCE, NO_CALLS, NO_STREAMS, NONE, NONE_F } from './words.js';

const CALLS = 'intelia_llm_requests_total';
const COST = 'intelia_llm_cost_usd_total';
const DURATION = 'intelia_llm_request_duration_seconds';
const FIRST = 'intelia_llm_time_to_first_token_seconds';
const TOKENS = 'intelia_llm_tokens_total';
const WINDOW = '$__rate_interval';
/** Who gave up waiting is no failure of a call. */
const FAILED = { status: { not: ['success', 'cancelled'] } } as const;

const callsPerMinute: PanelSpec = {
  id: 'calls-per-minute',
  kind: 'stat',
  title: text('Calls a minute', 'Appels par minute'),
  description: text('LLM calls a minute, now.', 'Appels LLM par minute en ce moment.'),
  unit: 'short',
  decimals: 1,
  queries: [{ query: times(rate(CALLS, { window: WINDOW }), 60), legend: text('Calls', 'Appels') }],
  noValue: NO_CALLS,
  size: [4, 4],
  isTrend: true,
};

const errorRate: PanelSpec = {
  id: 'llm-error-rate',
  kind: 'stat',
  title: text('LLM error rate', "Taux d'erreur LLM"),
  description: text(
    'Share of the calls of the period that failed. Calls that your users gave up are not in it. See below by status.',
    "Part des appels de la période en échec, hors appels abandonnés par l'utilisateur. Voir plus bas par statut.",
  ),
  unit: 'percentunit',
  decimals: 2,
  queries: [
    {
      query: ratio(
        increase(CALLS, { where: FAILED, window: '$__range' }),
        increase(CALLS, { window: '$__range' }),
        { zeroWithout: true },
      ),
      legend: text('Failed', 'En échec'),
    },
  ],
  thresholds: limits(0.01, 0.05),
  noValue: NO_CALLS,
  size: [4, 4],
};

const meanLatency: PanelSpec = {
  id: 'mean-latency',
  kind: 'stat',
  title: text('Mean latency', 'Latence moyenne'),
  description: text(
    'Mean time to the whole answer, over the period. A few long answers raise it: p50 is what most users see.',
    "Temps moyen jusqu'à la réponse complète, sur la période. Quelques longues réponses la font monter : p50 est ce que vivent la plupart des utilisateurs.",
  ),
  unit: 's',
  queries: [{ query: mean(DURATION, { window: '$__range' }), legend: text('Mean', 'Moyenne') }],
  noValue: NO_CALLS,
  size: [4, 4],
};

const p95 = ({ llmP95Seconds }: Thresholds): PanelSpec => ({
  id: 'llm-p95',
  kind: 'stat',
  title: text('p95 latency', 'Latence p95'),
  description: text(
    `95 % of the calls of the period ended sooner. Red from the alert's ${llmP95Seconds} s on: see which model or feature is slow.`,
    `95 % des appels de la période se sont terminés plus tôt. Rouge à partir du seuil d'alerte de ${llmP95Seconds} s : voir quel modèle ou quelle fonctionnalité est lent.`,
  ),
  unit: 's',
  queries: [{ query: quantile(0.95, DURATION, { window: '$__range' }), legend: asIs('p95') }],
  thresholds: limits(llmP95Seconds * 0.6, llmP95Seconds),
  noValue: NO_CALLS,
  size: [4, 4],
});

const firstToken: PanelSpec = {
  id: 'first-token',
  kind: 'stat',
  title: text('Time to first token (p95)', 'Premier token (p95)'),
  description: text(
    'How long users of streamed answers wait for the first word, 95 % of them less. Above 2 s it feels broken.',
    'Attente du premier mot pour les réponses en streaming ; 95 % attendent moins. Au-delà de 2 s, cela semble en panne.',
  ),
  unit: 's',
  queries: [{ query: quantile(0.95, FIRST, { window: '$__range' }), legend: asIs('p95') }],
  thresholds: limits(1, 2),
  noValue: NO_STREAMS,
  size: [4, 4],
};

const costOverTime: PanelSpec = {
  id: 'cost-rate-by-model',
  kind: 'timeseries',
  title: text('Cost by model, per hour', 'Coût par modèle (temps réel)'),
  description: text(
    'What an hour costs at the pace of the moment. A model that suddenly rises is a loop or a retry storm: stop it before the day is over.',
    "Ce que coûte une heure au rythme du moment. Un modèle qui monte d'un coup : une boucle ou une tempête de nouvelles tentatives, à arrêter avant la fin de la journée.",
  ),
  unit: 'currencyUSD',
  queries: [{ query: times(rate(COST, { by: ['model'], window: WINDOW }), 3600), legend: asIs('{{model}}') }],
  noValue: NO_CALLS,
  size: [16, 9],
  isStacked: true,
};

const tokenShare: PanelSpec = {
  id: 'token-distribution',
  kind: 'share',
  title: text('Token distribution', 'Distribution des tokens'),
  description: text(
    'Which models and directions the tokens of the period went to.',
    'Répartition des tokens de la période par modèle et par sens.',
  ),
  unit: 'short',
  queries: [
    {
      query: increase(TOKENS, { by: ['model', 'type'], window: '$__range' }),
      legend: asIs('{{model}} {{type}}'),
    },
  ],
  noValue: NO_CALLS,
  size: [8, 9],
};

const latencies: PanelSpec = {
  id: 'latency-quantiles',
  kind: 'timeseries',
  title: text('Latency: mean, p50, p95, p99', 'Latence : moyenne, p50, p95, p99'),
  description: text(
    'To the whole answer. All rising together: the provider is slow; only p99: long answers or retries.',
    "Jusqu'à la réponse complète. Si tout monte ensemble : le fournisseur est lent ; si seul p99 monte : de longues réponses ou de nouvelles tentatives.",
  ),
  unit: 's',
  queries: [
    { query: mean(DURATION, { window: WINDOW }), legend: text('mean', 'moyenne'), color: 'blue' },
    { query: quantile(0.5, DURATION, { window: WINDOW }), legend: asIs('p50'), color: 'green' },
    { query: quantile(0.95, DURATION, { window: WINDOW }), legend: asIs('p95'), color: 'yellow' },
    { query: quantile(0.99, DURATION, { window: WINDOW }), legend: asIs('p99'), color: 'red' },
  ],
  noValue: NO_CALLS,
  size: [12, 9],
};

const firstTokenOverTime: PanelSpec = {
  id: 'first-token-by-model',
  kind: 'timeseries',
  title: text('Time to first token by model (p95)', 'Premier token par modèle (p95)'),
  description: text(
    'Of streamed answers. Grows with the length of the prompt and with reasoning before the answer.',
    'Pour les réponses en streaming. Augmente avec la longueur du prompt et le raisonnement avant la réponse.',
  ),
  unit: 's',
  queries: [{ query: quantile(0.95, FIRST, { by: ['model'], window: WINDOW }), legend: asIs('{{model}}') }],
  noValue: NO_STREAMS,
  size: [12, 9],
};

const slowest: PanelSpec = {
  id: 'latency-by-model-and-feature',
  kind: 'ranking',
  title: text('Slowest models and features (p95)', 'Modèles et fonctionnalités les plus lents (p95)'),
  description: text(
    'The ten slowest over the period. A smaller model, a shorter answer or streaming helps.',
    'Les dix plus lents sur la période. Un modèle plus petit, une réponse plus courte ou le streaming aident.',
  ),
  unit: 's',
  queries: [
    {
      query: top(10, quantile(0.95, DURATION, { by: ['model', 'feature'], window: '$__range' })),
      legend: asIs('{{model}} {{feature}}'),
    },
  ],
  noValue: NO_CALLS,
  size: [12, 8],
};

const errorsByStatus: PanelSpec = {
  id: 'error-rate-by-status',
  kind: 'timeseries',
  title: text('Error rate by status', "Taux d'erreur par statut"),
  description: text(
    'Share of all calls. rate_limited: ask for a higher limit or slow down; timeout and network_error: the network or the provider; client_error: a bug or a key; server_error: the status page of the provider.',
    "Part de tous les appels. rate_limited : demander une limite plus haute ou ralentir ; timeout et network_error : le réseau ou le fournisseur ; client_error : un bug ou une clé ; server_error : la page d'état du fournisseur.",
  ),
  unit: 'percentunit',
  min: 0,
  queries: [
    {
      query: ratio(
        rate(CALLS, { by: ['status'], where: FAILED, window: WINDOW }),
        rate(CALLS, { window: WINDOW }),
      ),
      legend: asIs('{{status}}'),
    },
  ],
  noValue: NONE_F,
  size: [12, 8],
  isStacked: true,
};

const callsByStatus: PanelSpec = {
  id: 'calls-by-status',
  kind: 'timeseries',
  title: text('Calls a minute by status', 'Appels par minute et par statut'),
  description: text(
    'How calls ended. Many cancelled ones: users do not wait for the answer.',
    "Comment les appels se terminent. Beaucoup de cancelled : les utilisateurs n'attendent pas la réponse.",
  ),
  unit: 'short',
  queries: [
    { query: times(rate(CALLS, { by: ['status'], window: WINDOW }), 60), legend: asIs('{{status}}') },
  ],
  noValue: NO_CALLS,
  size: [12, 8],
  isStacked: true,
};

const retriesByModel: PanelSpec = {
  id: 'retries-by-model',
  kind: 'timeseries',
  title: text('Retries a minute by model', 'Nouvelles tentatives par minute et par modèle'),
  description: text(
    'Go together with rate_limited and server_error. If they do not end, lower the concurrency of that model.',
    "Vont de pair avec rate_limited et server_error. Si elles durent, réduire le nombre d'appels simultanés à ce modèle.",
  ),
  unit: 'short',
  queries: [
    {
      query: times(rate('intelia_llm_retries_total', { by: ['model'], window: WINDOW }), 60),
      legend: asIs('{{model}}'),
    },
  ],
  noValue: NONE,
  size: [12, 8],
};

export const llmOperations = (thresholds: Thresholds): DashboardSpec => ({
  id: 'llm-operations',
  title: text('LLM operations', 'Opérations LLM'),
  description: text(
    'How LLM calls go, minute by minute: cost, speed, failures, and how far off the alerts are.',
    "Comment vont les appels LLM, minute par minute : coût, vitesse, échecs, et distance aux seuils d'alerte.",
  ),
  rows: [
    {
      title: AT_A_GLANCE,
      panels: [errorRate, p95(thresholds), meanLatency, firstToken, callsPerMinute, costLeft(thresholds)],
    },
    {
      title: text('Cost alerts', 'Alertes coûts'),
      panels: [alertDistance(thresholds), alertList],
    },
    { title: text('Cost and tokens', 'Coûts et tokens'), panels: [costOverTime, tokenShare] },
    { title: text('Speed', 'Vitesse'), panels: [latencies, firstTokenOverTime] },
    {
      title: text('Failures', 'Échecs'),
      panels: [errorsByStatus, callsByStatus, slowest, retriesByModel],
    },
  ],
  from: 'now-6h',
  refresh: '1m',
});
