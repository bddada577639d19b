/** The two text formats of a scrape, and what they share: headers, escaping, the way a number is written. */

/** Prometheus text 0.0.4, and OpenMetrics 1.0. */
export type Format = 'text' | 'openmetrics';

export type MetricType = 'counter' | 'gauge' | 'histogram';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Characters after which a piece is handed on: large enough to be cheap, small enough not to block the loop. */
export const FLUSH_AT = 128 * 1024;

/** Takes one piece of the text. Pieces end at a line's end. */
export type Write = (piece: string) => void;

/**
 * HELP and TYPE of one metric. OpenMetrics names a counter without its `_total` here and with it on the sample;
 * the series is the same. `# UNIT` is left out: a parser refuses the whole scrape when a name does not end in it.
 */
export function header(format: Format, name: string, type: MetricType, help: string): string {
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${escapeHelp(format, help)}\n# TYPE ${family} ${type}\n`;
}

/** Only OpenMetrics escapes a quote in help text. */
function escapeHelp(format: Format, help: string): string {
  return format === 'openmetrics'
    ? escapeLabelValue(help)
    : help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
}

const SPECIAL = /[\\"\n]/;

export function escapeLabelValue(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

/** `a="1",b="2"`, without the braces. */
export function labelPairs(names: readonly string[], values: readonly string[]): string {
  return names.map((name, i) => `${name}="${escapeLabelValue(values[i] ?? '')}"`).join(',');
}

/** A number as Go's parser reads it: JavaScript's own text but for the infinities. */
export function numberText(value: number): string | number {
  return Number.isFinite(value) || Number.isNaN(value) ? value : value > 0 ? '+Inf' : '-Inf';
}

/** Lets the application have the loop. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
