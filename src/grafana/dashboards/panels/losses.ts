/** Whether these metrics arrive whole. */
import { limits, text, type PanelSpec } from '../../panel.js';
import { above, increase } from '../../query.js';
import * as words from '../words.js';

export const SOME_IS_BAD = limits(undefined, 0.5);

export const losses: PanelSpec = {
  id: 'losses',
  kind: 'stat',
  title: text('Losses of these metrics', 'Pertes des métriques elles-mêmes'),
  description: text(
    'What this package dropped, could not deliver or had to swallow in the period. Above 0 the figures here may be incomplete: the tables say why.',
    "Ce que ce paquet a écarté, n'a pas pu livrer ou a dû avaler sur la période. Au-dessus de 0, ces chiffres peuvent être incomplets : les tableaux disent pourquoi.",
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: increase('intelia_otel_dropped_measurements_total', { window: '$__range' }),
      legend: text('Dropped', 'Écartées'),
    },
    {
      query: increase('intelia_otel_export_failures_total', { window: '$__range' }),
      legend: text('Failed exports', 'Exports en échec'),
    },
    {
      query: increase('intelia_otel_errors_total', { window: '$__range' }),
      legend: text('Swallowed errors', 'Erreurs avalées'),
    },
  ],
  thresholds: SOME_IS_BAD,
  noValue: words.NONE_F,
  size: [6, 7],
};

export const dropped: PanelSpec = {
  id: 'dropped',
  kind: 'table',
  title: text('Dropped measurements', 'Mesures écartées'),
  description: text(
    'By reason. label_limit and series_limit: a label takes too many values, name a template instead of ids; bad_call: a track function was called wrongly.',
    'Par raison. label_limit et series_limit : un label prend trop de valeurs, nommer un modèle plutôt que des identifiants ; bad_call : une fonction track est mal appelée.',
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: above(
        increase('intelia_otel_dropped_measurements_total', { by: ['reason'], window: '$__range' }),
        0,
      ),
      legend: text('Measurements', 'Mesures'),
    },
  ],
  noValue: words.NONE_F,
  size: [6, 7],
};

export const exportFailures: PanelSpec = {
  id: 'export-failures',
  kind: 'table',
  title: text('Failed exports', 'Exports en échec'),
  description: text(
    'By reason. 401 or 403: the token; 429: the limit of your plan; others: the network or the Collector. Counters lose nothing, the next export brings them.',
    "Par raison. 401 ou 403 : le jeton ; 429 : la limite de votre offre ; autres : le réseau ou le Collector. Les compteurs ne perdent rien, l'export suivant les rattrape.",
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: above(increase('intelia_otel_export_failures_total', { by: ['reason'], window: '$__range' }), 0),
      legend: text('Exports', 'Exports'),
    },
  ],
  noValue: words.NONE,
  size: [6, 7],
};

export const swallowed: PanelSpec = {
  id: 'swallowed-errors',
  kind: 'table',
  title: text('Errors kept from the application', "Erreurs épargnées à l'application"),
  description: text(
    'Errors inside this package, by place. They are bugs of ours: please report them.',
    'Erreurs internes à ce paquet, par endroit. Ce sont nos bugs : merci de les signaler.',
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: above(increase('intelia_otel_errors_total', { by: ['where'], window: '$__range' }), 0),
      legend: text('Errors', 'Erreurs'),
    },
  ],
  noValue: words.NONE_F,
  size: [6, 7],
};
