/** What each kind of panel looks like: Grafana's options and field settings. */
import { labelsOf } from './query.js';
import type { Lang, PanelSpec, Threshold } from './panel.js';

export type Json = Readonly<Record<string, unknown>>;

const REDUCE = { calcs: ['lastNotNull'], fields: '', values: false };
/** Below every value that can be. */
const LOWEST = -1e9;

export function optionsOf(spec: PanelSpec, lang: Lang): Json {
  switch (spec.kind) {
    case 'stat':
      return {
        colorMode: spec.thresholds === undefined ? 'value' : 'background',
        graphMode: spec.isTrend === true ? 'area' : 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        reduceOptions: REDUCE,
        showPercentChange: false,
        textMode: spec.queries.length > 1 ? 'value_and_name' : 'value',
        wideLayout: true,
      };
    case 'gauge':
      return {
        minVizHeight: 75, minVizWidth: 75, orientation: 'auto', reduceOptions: REDUCE,
        showThresholdLabels: false, showThresholdMarkers: true, sizing: 'auto',
      }; // prettier-ignore
    case 'ranking':
      return {
        displayMode: 'basic', orientation: 'horizontal', reduceOptions: REDUCE, showUnfilled: true,
        valueMode: 'text', namePlacement: 'auto', sizing: 'auto', minVizHeight: 16, maxVizHeight: 40, minVizWidth: 8,
      }; // prettier-ignore
    case 'share':
      return {
        pieType: 'donut', reduceOptions: REDUCE, displayLabels: ['percent'],
        legend: { calcs: [], displayMode: 'table', placement: 'right', showLegend: true, values: ['value'] },
        tooltip: { mode: 'single', sort: 'none' },
      }; // prettier-ignore
    case 'table':
      return {
        cellHeight: 'sm', showHeader: true,
        sortBy: [{ displayName: spec.queries[0]?.legend[lang] ?? 'Value', desc: true }],
      }; // prettier-ignore
    case 'alerts':
      return {
        alertName: 'Intelia', viewMode: 'list', groupMode: 'default', groupBy: [], maxItems: 20, sortOrder: 3,
        dashboardAlerts: false, showInactiveAlerts: true, alertInstanceLabelFilter: '',
        stateFilter: { firing: true, pending: true, recovering: true, normal: true, noData: true, error: true },
      }; // prettier-ignore
    default:
      return { legend: legendOf(spec), tooltip: { mode: 'multi', sort: 'desc' } };
  }
}

/** A table where labels may make many series: their values can be read, and sorted by. */
function legendOf({ kind, queries, size: [width] }: PanelSpec): Json {
  const isMany = queries.some(({ query }) => labelsOf(query).length > 0);
  if (!isMany) return { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: true };
  const calcs = kind === 'bars' ? ['sum'] : ['lastNotNull', 'max'];
  return {
    calcs, displayMode: 'table', placement: width > 12 ? 'right' : 'bottom', showLegend: true,
    sortBy: kind === 'bars' ? 'Total' : 'Last *', sortDesc: true,
  }; // prettier-ignore
}

export function fieldsOf(spec: PanelSpec, lang: Lang): Json {
  const { unit, decimals, min, max, noValue, thresholds, kind } = spec;
  const colored = thresholds !== undefined && kind !== 'timeseries' && kind !== 'bars';
  return {
    defaults: {
      unit,
      ...(decimals === undefined ? {} : { decimals }),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      noValue: noValue[lang],
      color: colored ? { mode: 'thresholds' } : colorOf(spec),
      thresholds: { mode: 'absolute', steps: stepsOf(spec) },
      ...(kind === 'timeseries' || kind === 'bars' ? { custom: lineOf(spec) } : {}),
      mappings: [],
    },
    overrides: spec.queries.flatMap(({ legend, color, isLine }) => {
      const properties = [
        ...(color === undefined ? [] : [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]),
        ...(isLine === true ? Object.entries(LINE_OVER_BARS).map(([id, value]) => ({ id, value })) : []),
      ];
      return properties.length === 0
        ? []
        : [{ matcher: { id: 'byName', options: legend[lang] }, properties }];
    }),
  };
}

const LINE_OVER_BARS = {
  'custom.drawStyle': 'line',
  'custom.lineInterpolation': 'stepAfter',
  'custom.lineWidth': 3,
  'custom.fillOpacity': 0,
};

const colorOf = ({ kind }: PanelSpec): Json =>
  kind === 'ranking' || kind === 'stat' || kind === 'gauge'
    ? { mode: 'fixed', fixedColor: 'blue' }
    : { mode: 'palette-classic' };

/** A tile has no colour while it has no value; a chart draws a line at the last threshold only. */
function stepsOf({ kind, thresholds = [] }: PanelSpec): readonly Json[] {
  const step = ({ from, color }: Threshold): Json => ({ color, value: from });
  const nothing = { color: 'transparent', value: null };
  if (thresholds.length === 0) return [{ color: 'blue', value: null }];
  if (kind === 'timeseries' || kind === 'bars') return [nothing, ...thresholds.slice(-1).map(step)];
  if (kind !== 'stat') return thresholds.map(step);
  return [nothing, ...thresholds.map(({ from, color }) => ({ color, value: from ?? LOWEST }))];
}

function lineOf({ kind, isStacked = false, thresholds }: PanelSpec): Json {
  const isBars = kind === 'bars';
  return {
    drawStyle: isBars ? 'bars' : 'line',
    // A bar begins at its day and stands over the whole of it.
    barAlignment: 1,
    barWidthFactor: 0.8,
    lineInterpolation: 'linear',
    lineWidth: isBars ? 0 : 2,
    fillOpacity: isBars ? 80 : isStacked ? 30 : 8,
    gradientMode: 'none',
    pointSize: 5,
    showPoints: 'auto',
    spanNulls: false,
    axisPlacement: 'auto',
    axisSoftMin: 0,
    stacking: { group: 'A', mode: isStacked ? 'normal' : 'none' },
    thresholdsStyle: { mode: thresholds === undefined ? 'off' : 'dashed' },
  };
}
