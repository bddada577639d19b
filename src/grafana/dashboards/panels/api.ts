/** How the API answers. */
import { asIs, floors, limits, text, type PanelSpec } from '../../panel.js';
import { increase, left, quantile, rate, ratio, type Window } from '../../query.js';
import { inFrench, percent, type Thresholds } from '../../thresholds.js';
import * as words from '../words.js';

const HTTP = 'intelia_http_requests_total';
const HTTP_DURATION = 'intelia_http_request_duration_seconds';

export const SERVER_ERROR = { status: { like: '5..' } } as const;

export const httpErrorRatio = (window: Window) =>
  ratio(increase(HTTP, { where: SERVER_ERROR, window }), increase(HTTP, { window }), { zeroWithout: true });

export const errorRate: PanelSpec = {
  id: 'error-rate',
  kind: 'stat',
  title: text('Error rate', "Taux d'erreur"),
  description: text(
    'Share of the requests of the period that ended in a 5xx. Above 1 %: look at 5xx by endpoint.',
    'Part des requêtes de la période terminées en 5xx. Au-delà de 1 % : voir les 5xx par endpoint.',
  ),
  unit: 'percentunit',
  decimals: 2,
  queries: [{ query: httpErrorRatio('$__range'), legend: text('5xx', '5xx') }],
  thresholds: limits(0.01, 0.05),
  noValue: words.NO_REQUESTS,
  size: [4, 4],
  more: 'api-performance',
};

export const apiP95: PanelSpec = {
  id: 'p95',
  kind: 'stat',
  title: text('p95 latency', 'Latence p95'),
  description: text(
    '95 % of the requests of the period were answered faster. Above 1 s users wait: see the slowest endpoints.',
    '95 % des requêtes de la période ont été servies plus vite. Au-delà de 1 s les utilisateurs attendent : voir les endpoints les plus lents.',
  ),
  unit: 's',
  queries: [{ query: quantile(0.95, HTTP_DURATION, { window: '$__range' }), legend: asIs('p95') }],
  thresholds: limits(1, 2.5),
  noValue: words.NO_REQUESTS,
  size: [4, 4],
  more: 'api-performance',
};

export const p95ByEndpoint: PanelSpec = {
  id: 'p95-by-endpoint',
  kind: 'timeseries',
  title: text('p95 latency by endpoint', 'Latence p95 par endpoint'),
  description: text(
    'The slowest one in twenty requests of each route. Sort the table by the last value to see who is slow now.',
    'Le seuil que dépasse une requête sur vingt, pour chaque route. Trier la légende par dernière valeur pour voir ce qui est lent maintenant.',
  ),
  unit: 's',
  queries: [
    {
      query: quantile(0.95, HTTP_DURATION, { by: ['endpoint'], window: '$__rate_interval' }),
      legend: asIs('{{endpoint}}'),
    },
  ],
  noValue: words.NO_REQUESTS,
  size: [12, 9],
  more: 'api-performance',
};

export const errorRateOverTime = ({ errorRatio }: Thresholds): PanelSpec => ({
  id: 'error-rate-over-time',
  kind: 'timeseries',
  title: text('Error rate over time', "Taux d'erreur dans le temps"),
  description: text(
    `Share of requests that ended in a 5xx. The line at ${percent(errorRatio)} is the alert's.`,
    `Part des requêtes terminées en 5xx. Le trait à ${inFrench(errorRatio)} est le seuil d'alerte.`,
  ),
  unit: 'percentunit',
  min: 0,
  queries: [
    {
      query: ratio(
        rate(HTTP, { where: SERVER_ERROR, window: '$__rate_interval' }),
        rate(HTTP, { window: '$__rate_interval' }),
        { zeroWithout: true },
      ),
      legend: asIs('5xx'),
      color: 'red',
    },
  ],
  thresholds: limits(undefined, errorRatio),
  noValue: words.NO_REQUESTS,
  size: [12, 8],
  more: 'api-performance',
});

/** Yellow once the objective is missed, red once its allowance has been spent twice. */
export const availability = ({ availability: objective }: Thresholds): PanelSpec => ({
  id: 'availability',
  kind: 'stat',
  title: text('Availability', 'Disponibilité'),
  description: text(
    `Share of the requests of the period that did not fail with a 5xx. Green from your objective of ${percent(objective)} on.`,
    `Part des requêtes de la période qui ne se sont pas terminées en 5xx. Vert à partir de votre objectif de ${inFrench(objective)}.`,
  ),
  unit: 'percentunit',
  decimals: 2,
  queries: [{ query: left(1, httpErrorRatio('$__range')), legend: text('Served', 'Servies') }],
  thresholds: floors(1 - 2 * (1 - objective), objective),
  noValue: words.NO_REQUESTS,
  size: [4, 4],
  more: 'api-performance',
});
