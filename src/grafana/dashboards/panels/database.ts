/** The database, as its callers see it. */
import { asIs, limits, text, type PanelSpec } from '../../panel.js';
import { increase, latest, quantile, rate, ratio, times, top } from '../../query.js';
import * as words from '../words.js';

const QUERIES = 'intelia_db_queries_total';
const DURATION = 'intelia_db_query_duration_seconds';
const WINDOW = '$__rate_interval';

export const dbErrors: PanelSpec = {
  id: 'db-error-rate',
  kind: 'stat',
  title: text('Database error rate', "Taux d'erreur SQL"),
  description: text(
    'Share of the queries of the period that failed: a constraint, a timeout or a lost connection; the log of the database says which.',
    'Part des requêtes SQL de la période en échec : contrainte, délai dépassé ou connexion perdue ; le journal de la base dit laquelle.',
  ),
  unit: 'percentunit',
  decimals: 2,
  queries: [
    {
      query: ratio(
        increase(QUERIES, { where: { status: 'error' }, window: '$__range' }),
        increase(QUERIES, { window: '$__range' }),
        { zeroWithout: true },
      ),
      legend: text('Failed', 'En échec'),
    },
  ],
  thresholds: limits(0.001, 0.01),
  noValue: words.NO_QUERIES,
  size: [4, 4],
};

export const dbP95: PanelSpec = {
  id: 'db-p95-by-table',
  kind: 'timeseries',
  title: text('Query p95 by table', 'Performance SQL : p95 par table'),
  description: text(
    'To the last row. A table that slows down as it grows is missing an index.',
    "Jusqu'à la dernière ligne. Une table qui ralentit en grossissant manque d'un index.",
  ),
  unit: 's',
  queries: [
    { query: quantile(0.95, DURATION, { by: ['table'], window: WINDOW }), legend: asIs('{{table}}') },
  ],
  noValue: words.NO_QUERIES,
  size: [12, 9],
};

export const dbSlowest: PanelSpec = {
  id: 'db-slowest',
  kind: 'ranking',
  title: text('Slowest queries (p95)', 'Requêtes SQL les plus lentes (p95)'),
  description: text(
    'The ten slowest pairs of operation and table over the period.',
    'Les dix couples opération et table les plus lents sur la période.',
  ),
  unit: 's',
  queries: [
    {
      query: top(10, quantile(0.95, DURATION, { by: ['operation', 'table'], window: '$__range' })),
      legend: asIs('{{operation}} {{table}}'),
    },
  ],
  thresholds: limits(0.1, 0.5),
  noValue: words.NO_QUERIES,
  size: [12, 9],
};

export const dbQueries: PanelSpec = {
  id: 'db-queries-by-table',
  kind: 'timeseries',
  title: text('Queries a minute by table', 'Requêtes SQL par minute et par table'),
  description: text(
    'Where the load of the database comes from. Far more queries than requests: one query for each row of another.',
    "D'où vient la charge de la base. Beaucoup plus de requêtes SQL que de requêtes HTTP : une requête par ligne d'une autre.",
  ),
  unit: 'short',
  queries: [
    {
      query: times(rate(QUERIES, { by: ['operation', 'table'], window: WINDOW }), 60),
      legend: asIs('{{operation}} {{table}}'),
    },
  ],
  noValue: words.NO_QUERIES,
  size: [12, 8],
  isStacked: true,
};

export const connections: PanelSpec = {
  id: 'db-connections',
  kind: 'timeseries',
  title: text('Active connections by pool', 'Connexions actives par pool'),
  description: text(
    'Connections in use, of all replicas. Flat at the size of the pool: requests queue for a connection.',
    'Connexions utilisées, tous réplicas confondus. Un plateau à la taille du pool : les requêtes font la queue pour une connexion.',
  ),
  unit: 'short',
  min: 0,
  queries: [
    { query: latest('sum', 'intelia_db_connections_active', { by: ['pool'] }), legend: asIs('{{pool}}') },
  ],
  noValue: words.NO_POOLS,
  size: [12, 8],
};
