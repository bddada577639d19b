/**
 * A dashboard as Grafana's Classic JSON (schemaVersion 42): what every import, file provisioning and API takes. The
 * embed variant has no variables, as dashboards that are shared externally must not have any.
 */
import type { Json } from './json-kinds.js';
import { panelJson, stableId, type PanelContext } from './json-panel.js';
import { layout } from './layout.js';
import type { DashboardId, DashboardSpec, Lang, RowSpec } from './panel.js';
import { allDashboards } from './dashboards/index.js';
import { BY_VARIABLES } from './promql.js';
import type { Thresholds } from './thresholds.js';

export interface JsonOptions {
  readonly lang?: Lang;
  /** Without variables and links. */
  readonly embed?: boolean;
  /**
   * The data source's uid, for the embed variant. Without it the import asks which one to take, and file
   * provisioning cannot be used.
   */
  readonly datasource?: string | undefined;
}

const TITLES = new Map(allDashboards().map(({ id, title }) => [id, title]));
/** What Grafana's import replaces by the data source it asks for. */
const ASKED = 'DS_PROMETHEUS';

/** The same for good: links, bookmarks and NEXT_PUBLIC_GRAFANA_URL name it. */
export function uidOf(id: DashboardId, { lang = 'en', embed = false }: JsonOptions = {}): string {
  return ['intelia', id, ...(embed ? ['embed'] : []), ...(lang === 'en' ? [] : [lang])].join('-');
}

export function dashboardJson(spec: DashboardSpec, options: JsonOptions = {}): Json {
  const { lang = 'en', embed = false, datasource = `\${${ASKED}}` } = options;
  const context: PanelContext = {
    lang,
    dashboard: spec.id,
    datasource: { type: 'prometheus', uid: embed ? datasource : '${datasource}' },
    only: embed ? '' : BY_VARIABLES,
    linkTo: embed ? undefined : (id) => linkTo(id, lang),
  };
  const set = embed ? `intelia-embed` : `intelia-${lang}`;
  return {
    ...(embed && options.datasource === undefined ? { __inputs: [INPUT] } : {}),
    uid: uidOf(spec.id, options),
    title: `Intelia · ${spec.title[lang]}${embed ? ' (embed)' : ''}`,
    description: spec.description[lang],
    tags: ['intelia', set],
    schemaVersion: 42,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: spec.from, to: 'now' },
    refresh: spec.refresh,
    timepicker: { refresh_intervals: ['1m', '5m', '15m', '1h'] },
    links: embed ? [] : [dropdown(set, lang)],
    annotations: { list: [] },
    templating: { list: embed ? [] : variables(lang) },
    panels: panelsOf(spec, context),
  };
}

function panelsOf(spec: DashboardSpec, context: PanelContext): readonly Json[] {
  const rows = context.linkTo === undefined ? spec.rows.map(withoutAlerts) : spec.rows;
  const placed = layout(rows);
  return rows.flatMap((row, i) => {
    const place = placed[i];
    if (place === undefined) return [];
    const title = row.title[context.lang];
    const header = {
      id: stableId(`row ${i} ${row.title.en}`), type: 'row', title, collapsed: false, gridPos: place.header, panels: [],
    }; // prettier-ignore
    const panels = row.panels.flatMap((panel, j) => {
      const gridPos = place.panels[j];
      return gridPos === undefined ? [] : [panelJson(panel, gridPos, context)];
    });
    return [header, ...panels];
  });
}

/** Grafana shows no list of its alerts to who is not signed in. */
const withoutAlerts = (row: RowSpec): RowSpec => ({
  ...row,
  panels: row.panels.filter(({ kind }) => kind !== 'alerts'),
});

const INPUT = {
  name: ASKED, label: 'Prometheus', description: '', type: 'datasource', pluginId: 'prometheus', pluginName: 'Prometheus',
}; // prettier-ignore

/** The other five, with the time and the variables of this one. */
const dropdown = (tag: string, lang: Lang): Json => ({
  type: 'dashboards', title: lang === 'fr' ? 'Tableaux de bord Intelia' : 'Intelia dashboards', tags: [tag],
  asDropdown: true, includeVars: true, keepTime: true, targetBlank: false, icon: 'external link', tooltip: '', url: '',
}); // prettier-ignore

const linkTo = (id: DashboardId, lang: Lang): Json => ({
  title: TITLES.get(id)?.[lang] ?? id,
  url: `/d/${uidOf(id, { lang })}?\${__url_time_range}&\${__all_variables}`,
  targetBlank: false,
});

function variables(lang: Lang): readonly Json[] {
  return [
    {
      name: 'datasource', label: lang === 'fr' ? 'Source de données' : 'Data source', type: 'datasource',
      query: 'prometheus', current: {}, hide: 0, includeAll: false, multi: false, options: [], refresh: 1, regex: '',
      skipUrlSync: false,
    },
    byLabel('job', 'Job', 'label_values(intelia_uptime_seconds, job)'),
    byLabel('instance', 'Instance', 'label_values(intelia_uptime_seconds{job=~"$job"}, instance)'),
  ]; // prettier-ignore
}

/** `.*` for all: `.+` would match nothing where a way to the backend gives no such label. */
const byLabel = (name: string, label: string, query: string): Json => ({
  name, label, type: 'query', datasource: { type: 'prometheus', uid: '${datasource}' },
  query: { query, refId: name }, definition: query, refresh: 2, sort: 1, regex: '', hide: 0, skipUrlSync: false,
  multi: true, includeAll: true, allValue: '.*', options: [],
  current: { selected: true, text: ['All'], value: ['$__all'] },
}); // prettier-ignore

export interface DashboardFile {
  readonly id: DashboardId;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Such as `llm-costs.json`. */
  readonly name: string;
  readonly json: Json;
  readonly text: string;
}

/** All six as files. */
export function dashboardFiles(options: JsonOptions = {}, thresholds?: Thresholds): readonly DashboardFile[] {
  const { lang = 'en' } = options;
  return allDashboards(thresholds).map((spec) => {
    const json = dashboardJson(spec, options);
    return {
      id: spec.id,
      uid: uidOf(spec.id, options),
      title: spec.title[lang],
      description: spec.description[lang],
      name: `${spec.id}.json`,
      json,
      text: `${JSON.stringify(json, null, 2)}\n`,
    };
  });
}
