/** One panel as Grafana's Classic JSON. */
import { intervalOf, isInstant } from './all-panels.js';
import type { GridPos } from './layout.js';
import { fieldsOf, optionsOf, type Json } from './json-kinds.js';
import type { DashboardId, Lang, PanelKind, PanelQuery, PanelSpec } from './panel.js';
import { toPromql } from './promql.js';

export interface PanelContext {
  readonly lang: Lang;
  readonly dashboard: DashboardId;
  readonly datasource: { readonly type: 'prometheus'; readonly uid: string };
  /** Matchers that every selector gets. */
  readonly only: string;
  /** Where a dashboard is; undefined when panels shall not lead anywhere. */
  readonly linkTo: ((id: DashboardId) => Json) | undefined;
}

const TYPES: Readonly<Record<PanelKind, string>> = {
  stat: 'stat', gauge: 'gauge', timeseries: 'timeseries', bars: 'timeseries', ranking: 'bargauge',
  share: 'piechart', table: 'table', alerts: 'alertlist',
}; // prettier-ignore

export function panelJson(spec: PanelSpec, gridPos: GridPos, context: PanelContext): Json {
  const { lang, dashboard, datasource, linkTo } = context;
  const head = {
    id: stableId(spec.id),
    type: TYPES[spec.kind],
    title: spec.title[lang],
    description: spec.description[lang],
    gridPos,
  };
  if (spec.kind === 'alerts') return { ...head, options: optionsOf(spec, lang) };
  const interval = spec.queries.map(({ query }) => intervalOf(query)).at(0) ?? '1m';
  const isElsewhere = spec.more !== undefined && spec.more !== dashboard;
  return {
    ...head,
    datasource,
    ...(isElsewhere && linkTo !== undefined ? { links: [linkTo(spec.more)] } : {}),
    interval,
    ...(spec.range === undefined ? {} : { timeFrom: spec.range }),
    targets: spec.queries.map((query, i) => target(spec, query, i, context)),
    fieldConfig: fieldsOf(spec, lang),
    options: optionsOf(spec, lang),
    ...(spec.kind === 'table' ? { transformations: [namedColumns(spec, lang)] } : {}),
  };
}

function target(spec: PanelSpec, { query, legend }: PanelQuery, i: number, context: PanelContext): Json {
  const instant = isInstant(spec);
  return {
    refId: String.fromCharCode('A'.charCodeAt(0) + i),
    datasource: context.datasource,
    editorMode: 'code',
    expr: toPromql(query, { only: context.only }),
    legendFormat: legend[context.lang],
    format: spec.kind === 'table' ? 'table' : 'time_series',
    interval: intervalOf(query),
    instant,
    range: !instant,
  };
}

/** An instant query as a table has a column of the time, which is always now. */
function namedColumns({ queries }: PanelSpec, lang: Lang): Json {
  return {
    id: 'organize',
    options: { excludeByName: { Time: true }, renameByName: { Value: queries[0]?.legend[lang] ?? 'Value' } },
  };
}

/** A number from a name (FNV-1a), so that links to a panel stay when another one is put before it. */
export function stableId(name: string): number {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193);
  return ((hash >>> 0) % 999_999) + 1;
}
