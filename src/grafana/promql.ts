/** A query as PromQL. */
import { labelsOf, type Match, type Query, type Series } from './query.js';

/** The matchers of a dashboard with the variables `job` and `instance`. */
export const BY_VARIABLES = 'job=~"$job", instance=~"$instance"';

export interface PromqlOptions {
  /** Matchers that every selector gets besides its own, as {@link BY_VARIABLES}. */
  readonly only?: string;
}

/**
 * @example
 * toPromql(increase('intelia_llm_cost_usd_total', { by: ['model'], window: '1d' }));
 * // 'sum by (model) (increase(intelia_llm_cost_usd_total[1d]))'
 */
export function toPromql(query: Query, { only = '' }: PromqlOptions = {}): string {
  const text = (each: Query): string => toPromql(each, { only });
  const inner = (each: Query): string => (isBinary(each) ? `(${text(each)})` : text(each));
  switch (query.op) {
    case 'flow': {
      const offset = query.forward ? ` offset -${query.window}` : '';
      const flow = `${query.fn}(${selector(query.series, only)}[${query.window}]${offset})`;
      return aggregated('sum', query.by, flow);
    }
    case 'level':
      return aggregated(query.agg, query.by, selector(query.series, only));
    case 'quantile':
      // The comparison takes away the NaN of a window without any value.
      return `${bareQuantile(query, only)} >= 0`;
    case 'top':
      return `topk(${query.n}, ${text(query.of)})`;
    case 'highest':
      return `max(${text(query.of)})`;
    case 'ratio': {
      const whole = inner(query.whole);
      const part = query.zeroWithout ? `(${inner(query.part)} or 0 * ${whole})` : inner(query.part);
      return `${part} / ${matching(query)}(${whole} > 0)`;
    }
    case 'times':
      return `${inner(query.of)} * ${query.factor}`;
    case 'left':
      return `${query.of} - ${inner(query.after)}`;
    case 'compare': {
      const of = query.of.op === 'quantile' ? bareQuantile(query.of, only) : inner(query.of);
      return `${of} ${query.sign} ${query.than}`;
    }
    case 'and':
      return `${inner(query.left)} and ${inner(query.right)}`;
    case 'or':
      return `${inner(query.left)} or ${inner(query.right)}`;
    case 'absent':
      return `absent(${selector(query.series, only)})`;
    case 'recorded':
      return only === '' ? query.name : `${query.name}{${only}}`;
  }
}

function bareQuantile(query: Query & { op: 'quantile' }, only: string): string {
  // A dashboard's `rate` is over $__rate_interval only; of other windows the increase gives the same quantile.
  const fn = query.window === '$__rate_interval' ? 'rate' : 'increase';
  const buckets = `${fn}(${selector(query.series, only)}[${query.window}])`;
  return `histogram_quantile(${query.q}, ${aggregated('sum', ['le', ...query.by], buckets)})`;
}

const BINARY: ReadonlySet<Query['op']> = new Set([
  'quantile',
  'ratio',
  'times',
  'left',
  'compare',
  'and',
  'or',
]);
const isBinary = (query: Query): boolean => BINARY.has(query.op);

const aggregated = (agg: string, by: readonly string[], of: string): string =>
  by.length === 0 ? `${agg}(${of})` : `${agg} by (${by.join(', ')}) (${of})`;

/** How a part with more labels than the whole finds its whole. */
function matching({ part, whole }: Query & { op: 'ratio' }): string {
  const [inner, outer] = [labelsOf(part), labelsOf(whole)];
  return inner.length === outer.length ? '' : `on (${outer.join(', ')}) group_left () `;
}

function selector({ metric, suffix, where, le }: Series, only: string): string {
  const own = Object.entries(where).map(([label, match]) => matcher(label, match));
  const bound = le === undefined ? [] : [boundMatcher(le)];
  const all = [...own, ...bound, ...(only === '' ? [] : [only])];
  return `${metric}${suffix}${all.length === 0 ? '' : `{${all.join(', ')}}`}`;
}

function matcher(label: string, match: Match<string>): string {
  if (typeof match === 'string') return `${label}=${quoted(match)}`;
  if ('like' in match) return `${label}=~${quoted(match.like)}`;
  if (!('not' in match)) return `${label}=~${quoted(match.map(escapeRegex).join('|'))}`;
  if (typeof match.not === 'string') return `${label}!=${quoted(match.not)}`;
  return `${label}!~${quoted(match.not.map(escapeRegex).join('|'))}`;
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Prometheus 3 writes a whole bound as 5.0, and those before it as it came. */
const boundMatcher = (bound: number): string =>
  Number.isInteger(bound) ? `le=~"${bound}|${bound}\\\\.0"` : `le="${bound}"`;

/** What Grafana puts for its variables. */
export interface Variables {
  /** Such as `1h`. */
  readonly range: string;
  readonly rateInterval: string;
  readonly interval?: string;
  /** Regular expressions; `.*` is all. */
  readonly job?: string;
  readonly instance?: string;
}

/** The query as Grafana sends it. */
export function substitute(promql: string, variables: Variables): string {
  const { range, rateInterval, interval = '1m', job = '.*', instance = '.*' } = variables;
  const values: Readonly<Record<string, string>> = {
    $__range: range, $__rate_interval: rateInterval, $__interval: interval, $job: job, $instance: instance,
  }; // prettier-ignore
  return promql.replace(/\$\w+/g, (name) => values[name] ?? name);
}
