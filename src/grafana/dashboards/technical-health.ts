/** The processes, their database, and whether these figures themselves arrive whole. */
import { text, type DashboardSpec } from '../panel.js';
import type { Thresholds } from '../thresholds.js';
import { errorsByType, latencies } from './api-performance.js';
import { errorRate, errorRateOverTime, p95ByEndpoint } from './panels/api.js';
import * as database from './panels/database.js';
import * as metrics from './panels/losses.js';
import * as process from './panels/process.js';
import * as words from './words.js';

export const technicalHealth = (thresholds: Thresholds): DashboardSpec => ({
  id: 'technical-health',
  title: text('Technical health', 'Santé technique'),
  description: text(
    'The processes, their database, and whether these metrics themselves arrive whole.',
    'Les processus, leur base de données, et si ces métriques arrivent elles-mêmes au complet.',
  ),
  rows: [
    {
      title: words.AT_A_GLANCE,
      panels: [
        process.uptime,
        process.replicas,
        process.cpuNow,
        process.heapNow,
        errorRate,
        database.dbErrors,
      ],
    },
    {
      title: text('Processes', 'Processus'),
      panels: [
        process.cpu,
        process.memory,
        process.memoryByType,
        process.eventLoop,
        process.gc,
        process.gcPauses,
      ],
    },
    {
      title: text('Database', 'Base de données'),
      panels: [database.dbP95, database.dbSlowest, database.dbQueries, database.connections],
    },
    {
      title: text('API', 'API'),
      panels: [latencies, errorRateOverTime(thresholds), p95ByEndpoint, errorsByType],
    },
    {
      title: text('These metrics', 'Ces métriques'),
      panels: [
        metrics.losses,
        metrics.dropped,
        metrics.exportFailures,
        metrics.swallowed,
        process.systemInfo,
      ],
    },
  ],
  from: 'now-6h',
  refresh: '1m',
});
