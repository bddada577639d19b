/** How fast the API answers, how often it fails, and which endpoint is to blame. */
import { asIs, limits, text, type DashboardSpec, type PanelSpec } from '../panel.js';
import { above, each, increase, quantile, rate, ratio, times, top } from '../query.js';
import type { Thresholds } from '../thresholds.js';
import { apiP95, errorRate, errorRateOverTime, p95ByEndpoint, SERVER_ERROR } from './panels/api.js';
import { SOME } from './panels/cost.js';
import { AT_A_GLANCE, NO_REQUESTS, NONE, NONE_F } from './words.js';

const HTTP = 'intelia_http_requests_total';
const DURATION = 'intelia_http_request_duration_seconds';
const WINDOW = '$__rate_interval';

const requestsPerMinute: PanelSpec = {
  id: 'requests-per-minute',
  kind: 'stat',
  title: text('Requests a minute', 'Requêtes par minute'),
  description: text(
    'Requests served a minute, now. 0 in the daytime: the traffic does not arrive here.',
    "Requêtes servies par minute en ce moment. 0 en pleine journée : le trafic n'arrive pas jusqu'ici.",
  ),
  unit: 'short',
  decimals: 1,
  queries: [{ query: times(rate(HTTP, { window: WINDOW }), 60), legend: text('Requests', 'Requêtes') }],
  noValue: NO_REQUESTS,
  size: [4, 4],
  isTrend: true,
};

const requests: PanelSpec = {
  id: 'requests',
  kind: 'stat',
  title: text('Requests', 'Requêtes'),
  description: text('Requests served in the period.', 'Requêtes servies sur la période.'),
  unit: 'short',
  queries: [{ query: increase(HTTP, { window: '$__range' }), legend: text('Requests', 'Requêtes') }],
  noValue: NO_REQUESTS,
  size: [4, 4],
};

const clientErrors: PanelSpec = {
  id: 'client-errors',
  kind: 'stat',
  title: text('Refused requests', 'Requêtes refusées'),
  description: text(
    'Share of requests answered with a 4xx other than 499. A rise is a broken client, an expired token or a scan.',
    "Part des requêtes terminées en 4xx, hors 499. Une hausse vient d'un client cassé, d'un jeton expiré ou d'un scan.",
  ),
  unit: 'percentunit',
  decimals: 2,
  queries: [
    {
      query: ratio(
        increase(HTTP, { where: { status: { like: '4[0-8].|49[0-8]' } }, window: '$__range' }),
        increase(HTTP, { window: '$__range' }),
        { zeroWithout: true },
      ),
      legend: asIs('4xx'),
    },
  ],
  thresholds: limits(0.1, 0.25),
  noValue: NO_REQUESTS,
  size: [4, 4],
};

const goneClients: PanelSpec = {
  id: 'gone-clients',
  kind: 'stat',
  title: text('Clients that went away', 'Clients partis avant la réponse'),
  description: text(
    'Requests of the period whose client closed before the answer was whole (499). Many: answers take too long.',
    "Requêtes de la période dont le client a coupé avant la fin de la réponse (499). S'il y en a beaucoup : les réponses sont trop lentes.",
  ),
  unit: 'short',
  decimals: 0,
  queries: [{ query: increase(HTTP, { where: { status: '499' }, window: '$__range' }), legend: asIs('499') }],
  thresholds: SOME,
  noValue: NONE,
  size: [4, 4],
};

const traffic: PanelSpec = {
  id: 'requests-by-endpoint',
  kind: 'timeseries',
  title: text('Requests a minute by endpoint', 'Requêtes par minute et par endpoint'),
  description: text(
    'Who is asked most, and when. A route that falls to 0 while others go on is broken before it answers.',
    'Les routes les plus sollicitées, et quand. Une route qui tombe à 0 pendant que les autres continuent est cassée en amont.',
  ),
  unit: 'short',
  queries: [
    { query: times(rate(HTTP, { by: ['endpoint'], window: WINDOW }), 60), legend: asIs('{{endpoint}}') },
  ],
  noValue: NO_REQUESTS,
  size: [12, 9],
  isStacked: true,
};

const byStatus: PanelSpec = {
  id: 'requests-by-status',
  kind: 'timeseries',
  title: text('Requests a minute by status', 'Requêtes par minute et par statut'),
  description: text(
    'What the answers were. 401 and 403 in a burst: a client lost its token; 429: a limit of yours; 5xx: see below.',
    'Ce que furent les réponses. Rafale de 401 ou 403 : un client a perdu son jeton ; 429 : une de vos limites ; 5xx : voir plus bas.',
  ),
  unit: 'short',
  queries: [{ query: times(rate(HTTP, { by: ['status'], window: WINDOW }), 60), legend: asIs('{{status}}') }],
  noValue: NO_REQUESTS,
  size: [12, 9],
  isStacked: true,
};

export const latencies: PanelSpec = {
  id: 'latency-quantiles',
  kind: 'timeseries',
  title: text('Latency: p50, p95, p99', 'Latence : p50, p95, p99'),
  description: text(
    'Half of the requests, 95 % and 99 % of them are faster. p99 alone rising: a few slow calls or queries; all three: the process or its database is short of something.',
    'La moitié, 95 % et 99 % des requêtes sont plus rapides. Si seul p99 monte : quelques appels ou requêtes SQL lents ; si les trois montent : le processus ou sa base manque de ressources.',
  ),
  unit: 's',
  queries: [
    { query: quantile(0.5, DURATION, { window: WINDOW }), legend: asIs('p50'), color: 'green' },
    { query: quantile(0.95, DURATION, { window: WINDOW }), legend: asIs('p95'), color: 'yellow' },
    { query: quantile(0.99, DURATION, { window: WINDOW }), legend: asIs('p99'), color: 'red' },
  ],
  noValue: NO_REQUESTS,
  size: [12, 9],
};

const slowest: PanelSpec = {
  id: 'slowest-endpoints',
  kind: 'ranking',
  title: text('Slowest endpoints (p95)', 'Endpoints les plus lents (p95)'),
  description: text(
    'The ten slowest over the period. Start with the first one that users wait for.',
    'Les dix plus lents sur la période. Commencer par le premier que les utilisateurs attendent.',
  ),
  unit: 's',
  queries: [
    {
      query: top(10, quantile(0.95, DURATION, { by: ['endpoint'], window: '$__range' })),
      legend: asIs('{{endpoint}}'),
    },
  ],
  thresholds: limits(1, 2.5),
  noValue: NO_REQUESTS,
  size: [12, 8],
};

const failing: PanelSpec = {
  id: 'errors-by-endpoint',
  kind: 'table',
  title: text('5xx by endpoint', '5xx par endpoint'),
  description: text(
    'Which routes failed in the period, with which status. 500 is a bug of yours, 502 to 504 something behind you.',
    "Les routes en échec sur la période, et leur statut. 500 est un bug de l'application, 502 à 504 vient de ce qu'elle appelle.",
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: above(
        increase(HTTP, {
          by: ['method', 'endpoint', 'status'],
          where: SERVER_ERROR,
          window: '$__range',
        }),
        0,
      ),
      legend: text('Requests', 'Requêtes'),
    },
  ],
  noValue: NONE,
  size: [12, 8],
};

export const errorsByType: PanelSpec = {
  id: 'errors-by-type',
  kind: 'bars',
  title: text('Errors by type, per hour', 'Erreurs par type, par heure'),
  description: text(
    'Everything that went wrong in the process: exceptions, 5xx, failed LLM calls and queries, and your own trackError(). Any critical one ended a process.',
    'Tout ce qui a échoué dans le processus : exceptions, 5xx, appels LLM et requêtes SQL en échec, et vos trackError(). Une erreur critical a mis fin à un processus.',
  ),
  unit: 'short',
  queries: [
    {
      query: each('intelia_errors_total', { by: ['type', 'severity'], window: '1h' }),
      legend: asIs('{{type}} ({{severity}})'),
    },
  ],
  noValue: NONE_F,
  size: [12, 8],
  isStacked: true,
};

export const apiPerformance = (thresholds: Thresholds): DashboardSpec => ({
  id: 'api-performance',
  title: text('API performance', 'Performance API'),
  description: text(
    'How fast the API answers, how often it fails, and which endpoint is to blame.',
    "À quelle vitesse l'API répond, à quelle fréquence elle échoue, et quel endpoint est en cause.",
  ),
  rows: [
    {
      title: AT_A_GLANCE,
      panels: [errorRate, apiP95, requestsPerMinute, requests, clientErrors, goneClients],
    },
    { title: text('Latency', 'Latence'), panels: [p95ByEndpoint, latencies] },
    { title: text('Traffic', 'Trafic'), panels: [traffic, byStatus] },
    {
      title: text('Where it fails and waits', 'Où ça échoue et où ça attend'),
      panels: [errorRateOverTime(thresholds), slowest, failing, errorsByType],
    },
  ],
  from: 'now-6h',
  refresh: '1m',
});
