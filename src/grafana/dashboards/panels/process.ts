/** The Node processes. */
import { asIs, limits, text, type PanelSpec } from '../../panel.js';
import { highest, latest, quantile, ratio, sumRate } from '../../query.js';
import * as words from '../words.js';

const CPU = 'intelia_cpu_utilization_ratio';
const MEMORY = 'intelia_memory_bytes';
const LOOP = 'intelia_event_loop_delay_seconds';
const WINDOW = '$__rate_interval';

export const uptime: PanelSpec = {
  id: 'uptime',
  kind: 'stat',
  title: text('Uptime', 'Uptime'),
  description: text(
    'Time since the last restart of any replica. Small without a release: a process crashes, see Errors by type.',
    "Temps depuis le dernier redémarrage d'un réplica. Faible sans mise en production : un processus plante, voir Erreurs par type.",
  ),
  unit: 's',
  queries: [{ query: latest('min', 'intelia_uptime_seconds'), legend: text('Uptime', 'Uptime') }],
  thresholds: [
    { from: null, color: 'yellow' },
    { from: 600, color: 'green' },
  ],
  noValue: words.NO_REPORT,
  size: [4, 4],
  more: 'technical-health',
};

export const replicas: PanelSpec = {
  id: 'replicas',
  kind: 'stat',
  title: text('Replicas', 'Réplicas'),
  description: text(
    'Processes that report now. Fewer than you run: one is down, or cannot reach the backend of the metrics.',
    "Processus qui remontent des métriques en ce moment. Moins que prévu : l'un est arrêté, ou n'atteint pas le backend de métriques.",
  ),
  unit: 'short',
  decimals: 0,
  queries: [{ query: latest('count', 'intelia_uptime_seconds'), legend: text('Replicas', 'Réplicas') }],
  noValue: words.NO_REPORT,
  size: [4, 4],
};

export const cpuNow: PanelSpec = {
  id: 'cpu',
  kind: 'gauge',
  title: text('CPU', 'CPU'),
  description: text(
    'The busiest replica, as a share of the cores it may use. JavaScript uses one core: on four, 25 % can already be its limit.',
    'Le réplica le plus chargé, en part des cœurs dont il dispose. JavaScript utilise un seul cœur : sur quatre, 25 % peut déjà être sa limite.',
  ),
  unit: 'percentunit',
  decimals: 0,
  min: 0,
  max: 1,
  queries: [{ query: latest('max', CPU), legend: asIs('CPU') }],
  thresholds: limits(0.7, 0.9),
  noValue: words.NO_REPORT,
  size: [4, 4],
};

export const heapNow: PanelSpec = {
  id: 'heap',
  kind: 'gauge',
  title: text('Heap used of its limit', 'Tas utilisé / limite'),
  description: text(
    'The fullest replica. At 100 % Node ends with "heap out of memory": raise --max-old-space-size or find the leak.',
    "Le réplica le plus plein. À 100 %, Node s'arrête sur « heap out of memory » : augmenter --max-old-space-size ou trouver la fuite.",
  ),
  unit: 'percentunit',
  decimals: 0,
  min: 0,
  max: 1,
  queries: [
    {
      query: highest(
        ratio(
          latest('max', MEMORY, { by: ['instance'], where: { type: 'heap_used' } }),
          latest('max', MEMORY, { by: ['instance'], where: { type: 'heap_limit' } }),
        ),
      ),
      legend: text('Heap', 'Tas'),
    },
  ],
  thresholds: limits(0.75, 0.9),
  noValue: words.NO_REPORT,
  size: [4, 4],
};

export const cpu: PanelSpec = {
  id: 'cpu-by-replica',
  kind: 'timeseries',
  title: text('CPU by replica', 'CPU par réplica'),
  description: text(
    'Share of the cores that a process may use. One replica alone: traffic is not spread, or it is stuck in a loop.',
    'Part des cœurs dont dispose le processus. Un seul réplica chargé : le trafic est mal réparti, ou il tourne en boucle.',
  ),
  unit: 'percentunit',
  min: 0,
  queries: [{ query: latest('max', CPU, { by: ['instance'] }), legend: asIs('{{instance}}') }],
  noValue: words.NO_REPORT,
  size: [8, 8],
};

export const memory: PanelSpec = {
  id: 'memory-by-replica',
  kind: 'timeseries',
  title: text('Memory by replica (RSS)', 'Mémoire (RAM) par réplica'),
  description: text(
    'What the operating system gave to the process. A line that only rises is a leak; a container is killed at its limit.',
    "Ce que le système d'exploitation a donné au processus. Une courbe qui ne fait que monter est une fuite ; un conteneur est tué à sa limite.",
  ),
  unit: 'bytes',
  min: 0,
  queries: [
    {
      query: latest('max', MEMORY, { by: ['instance'], where: { type: 'rss' } }),
      legend: asIs('{{instance}}'),
    },
  ],
  noValue: words.NO_REPORT,
  size: [8, 8],
};

export const memoryByType: PanelSpec = {
  id: 'memory-by-type',
  kind: 'timeseries',
  title: text('Memory by type', 'Mémoire par type'),
  description: text(
    'Of all replicas. heap_used grows with objects, external and array_buffers with buffers and streams.',
    'Tous réplicas confondus. heap_used croît avec les objets, external et array_buffers avec les buffers et les flux.',
  ),
  unit: 'bytes',
  min: 0,
  queries: [
    {
      query: latest('sum', MEMORY, { by: ['type'], where: { type: { not: 'heap_limit' } } }),
      legend: asIs('{{type}}'),
    },
  ],
  noValue: words.NO_REPORT,
  size: [8, 8],
};

export const eventLoop: PanelSpec = {
  id: 'event-loop-delay',
  kind: 'timeseries',
  title: text('Event loop delay', "Retard de la boucle d'événements"),
  description: text(
    'How late the loop was, in the worst replica; 1 is the longest delay. Above 100 ms every request waits: move the long work out of the loop.',
    'Retard de la boucle dans le pire réplica ; 1 est le plus long. Au-delà de 100 ms, toutes les requêtes attendent : sortir le calcul long de la boucle.',
  ),
  unit: 's',
  min: 0,
  queries: [
    {
      query: latest('max', LOOP, { by: ['quantile'], where: { quantile: ['0.5', '0.99', '1'] } }),
      legend: text('quantile {{quantile}}', 'quantile {{quantile}}'),
    },
  ],
  thresholds: limits(undefined, 0.1),
  noValue: words.NO_REPORT,
  size: [8, 8],
};

export const gc: PanelSpec = {
  id: 'gc-time',
  kind: 'timeseries',
  title: text('Time in garbage collection', 'Temps passé dans le ramasse-miettes'),
  description: text(
    'Share of each second, all replicas added. Above 5 %: too many short-lived objects, or a heap near its limit.',
    "Part de chaque seconde, réplicas additionnés. Au-delà de 5 % : trop d'objets éphémères, ou un tas proche de sa limite.",
  ),
  unit: 'percentunit',
  min: 0,
  queries: [
    {
      query: sumRate('intelia_gc_duration_seconds', { by: ['kind'], window: WINDOW }),
      legend: asIs('{{kind}}'),
    },
  ],
  noValue: text('No collection in this period', 'Aucun passage sur la période'),
  size: [8, 8],
  isStacked: true,
};

export const gcPauses: PanelSpec = {
  id: 'gc-pauses',
  kind: 'timeseries',
  title: text('Garbage collection pauses (p99)', 'Pauses du ramasse-miettes (p99)'),
  description: text(
    'Nothing else runs during a pause. Major ones above 100 ms are felt by users.',
    "Rien d'autre ne tourne pendant une pause. Les « major » de plus de 100 ms se ressentent.",
  ),
  unit: 's',
  min: 0,
  queries: [
    {
      query: quantile(0.99, 'intelia_gc_duration_seconds', { by: ['kind'], window: WINDOW }),
      legend: asIs('{{kind}}'),
    },
  ],
  noValue: text('No collection in this period', 'Aucun passage sur la période'),
  size: [8, 8],
};

export const systemInfo: PanelSpec = {
  id: 'what-runs',
  kind: 'table',
  title: text('What runs', 'Ce qui tourne'),
  description: text(
    'Replicas by version of the service, of Node and by machine. Two versions at once: a release is under way, or stuck.',
    'Réplicas par version du service, de Node et par machine. Deux versions à la fois : une mise en production est en cours, ou bloquée.',
  ),
  unit: 'short',
  decimals: 0,
  queries: [
    {
      query: latest('count', 'intelia_system_info', { by: ['version', 'node_version', 'os', 'arch'] }),
      legend: text('Replicas', 'Réplicas'),
    },
  ],
  noValue: words.NO_REPORT,
  size: [24, 5],
};
