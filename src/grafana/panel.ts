/** What a panel and a dashboard are, before any format: dashboards, docs and the local preview are made of these. */
import type { Query } from './query.js';

export const LANGS = ['en', 'fr'] as const;
export type Lang = (typeof LANGS)[number];
export type Text = Readonly<Record<Lang, string>>;

/** Ids of Grafana's value formats. */
export type Unit = 'currencyUSD' | 's' | 'reqps' | 'percentunit' | 'short' | 'bytes' | 'none';

export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text';

export interface Threshold {
  /** From this value on; null is the colour below the first one. */
  readonly from: number | null;
  readonly color: Color;
}

/**
 * `stat` and `gauge` show one value, `bars` a whole day in each bar, `ranking` a bar for each series and `share` a
 * piece of a whole for each, `table` one row for each series, `alerts` Grafana's own list of alerts.
 */
export type PanelKind = 'stat' | 'gauge' | 'timeseries' | 'bars' | 'ranking' | 'share' | 'table' | 'alerts';

export interface PanelQuery {
  readonly query: Query;
  /** A name, or labels as `{{model}}`. */
  readonly legend: Text;
  /** Of a series that a name stands for. */
  readonly color?: Color;
  /** Among bars: drawn as a line over them, as two bars of one day would hide each other. */
  readonly isLine?: boolean;
}

export interface PanelSpec {
  /** Unique within its dashboard, and kept for good: links and tests name it. */
  readonly id: string;
  readonly kind: PanelKind;
  readonly title: Text;
  /** What it says, and what to do about it. */
  readonly description: Text;
  readonly unit: Unit;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly queries: readonly PanelQuery[];
  readonly thresholds?: readonly Threshold[];
  /** Shown where there is no data. */
  readonly noValue: Text;
  /** Columns of 24, and lines. */
  readonly size: readonly [width: number, height: number];
  /** A range of its own, whatever the dashboard's: today, this month, or the days that bars stand for. */
  readonly range?: 'now/d' | 'now/M' | '30d';
  /** Draws how a `stat` came to its value; a query over `$__range` has no such course. */
  readonly isTrend?: boolean;
  /** Series add up to a whole that is worth seeing. */
  readonly isStacked?: boolean;
  /** The dashboard that tells more. */
  readonly more?: DashboardId;
}

export interface RowSpec {
  readonly title: Text;
  /** From left to right; a new line begins where the next one finds no place. */
  readonly panels: readonly PanelSpec[];
}

export const DASHBOARD_IDS = [
  'llm-costs', 'api-performance', 'business-kpis', 'executive-summary', 'llm-operations', 'technical-health',
] as const; // prettier-ignore
export type DashboardId = (typeof DASHBOARD_IDS)[number];

export interface DashboardSpec {
  readonly id: DashboardId;
  readonly title: Text;
  readonly description: Text;
  readonly rows: readonly RowSpec[];
  /** What it opens with, such as `now-7d`. */
  readonly from: string;
  readonly refresh: '1m' | '5m';
}

export const text = (en: string, fr: string): Text => ({ en, fr });
/** A legend that is the same in every language. */
export const asIs = (text: string): Text => ({ en: text, fr: text });

/** Green below the first of the values. */
export function limits(yellow: number | undefined, red: number): readonly Threshold[] {
  const middle: Threshold[] = yellow === undefined ? [] : [{ from: yellow, color: 'yellow' }];
  return [{ from: null, color: 'green' }, ...middle, { from: red, color: 'red' }];
}

/** Green from the last of the values on. */
export function floors(yellow: number, green: number): readonly Threshold[] {
  return [
    { from: null, color: 'red' },
    { from: yellow, color: 'yellow' },
    { from: green, color: 'green' },
  ];
}
