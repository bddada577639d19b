/** Every panel with its PromQL, in one list: for docs, and for tests that run all of them on a real Prometheus. */
import { allDashboards } from './dashboards/index.js';
import type { DashboardId, Lang, PanelKind, PanelSpec, Unit } from './panel.js';
import { BY_VARIABLES, toPromql } from './promql.js';
import type { Query } from './query.js';

export interface ListedQuery {
  readonly legend: string;
  readonly query: Query;
  /** With Grafana's variables; `substitute` of promql.ts puts values in. */
  readonly promql: string;
  /** Asked for one point in time, not for a course. */
  readonly isInstant: boolean;
  /** The step of a course: a bar each, or the least that a minute's scrapes allow. */
  readonly interval: string;
}

export interface ListedPanel {
  readonly dashboard: DashboardId;
  readonly row: string;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly kind: PanelKind;
  readonly unit: Unit;
  readonly noValue: string;
  /** The panel's own time range, where it has one: `$__range` is then of that. */
  readonly range: PanelSpec['range'];
  readonly queries: readonly ListedQuery[];
}

/**
 * @param variables false leaves out `$job` and `$instance`, as in the dashboards that are embedded.
 */
export function allPanels(lang: Lang = 'en', { variables = true } = {}): readonly ListedPanel[] {
  const only = variables ? BY_VARIABLES : '';
  return allDashboards().flatMap((dashboard) =>
    dashboard.rows.flatMap((row) =>
      row.panels.map((panel) => ({
        dashboard: dashboard.id,
        row: row.title[lang],
        id: panel.id,
        title: panel.title[lang],
        description: panel.description[lang],
        kind: panel.kind,
        unit: panel.unit,
        noValue: panel.noValue[lang],
        range: panel.range,
        queries: panel.queries.map(({ legend, query }) => ({
          legend: legend[lang],
          query,
          promql: toPromql(query, { only }),
          isInstant: isInstant(panel),
          interval: intervalOf(query),
        })),
      })),
    ),
  );
}

/** Whether one value for each series is shown, and not how it came about. */
export function isInstant({ kind, isTrend = false }: PanelSpec): boolean {
  return kind !== 'timeseries' && kind !== 'bars' && !isTrend;
}

/** A query of whole days or hours is asked once for each. */
export const intervalOf = (query: Query): string =>
  query.op === 'flow' && query.forward ? query.window : '1m';
