/** The six dashboards, in the order in which a reader meets them. */
import type { DashboardSpec } from '../panel.js';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../thresholds.js';
import { apiPerformance } from './api-performance.js';
import { businessKpis } from './business-kpis.js';
import { executiveSummary } from './executive-summary.js';
import { llmCosts } from './llm-costs.js';
import { llmOperations } from './llm-operations.js';
import { technicalHealth } from './technical-health.js';

export function allDashboards(thresholds: Thresholds = DEFAULT_THRESHOLDS): readonly DashboardSpec[] {
  return [
    executiveSummary(thresholds),
    llmCosts(thresholds),
    llmOperations(thresholds),
    businessKpis(),
    apiPerformance(thresholds),
    technicalHealth(thresholds),
  ];
}
