/** How many series a replica costs, as a table for docs/grafana-cloud.md and docs/grafana-cloud.fr.md. */
import { catalogue, type MetricName } from '../src/catalogue/catalogue.js';
import type { LabelSpec, MetricSpec } from '../src/catalogue/types.js';
import { DEFAULT_SERIES_LIMIT } from '../src/metrics/family.js';
import { OTHER } from '../src/metrics/labels.js';

type Lang = 'en' | 'fr';

/** Label sets that the demo's backend had after its 230 requests, counted in its /metrics. Others: none. */
const DEMO: Readonly<Partial<Record<MetricName, number>>> = {
  intelia_llm_tokens_total: 7,
  intelia_llm_cost_usd_total: 5,
  intelia_llm_requests_total: 21,
  intelia_llm_request_duration_seconds: 6,
  intelia_llm_time_to_first_token_seconds: 2,
  intelia_llm_cached_tokens_total: 2,
  intelia_llm_reasoning_tokens_total: 1,
  intelia_llm_retries_total: 5,
  intelia_http_requests_total: 16,
  intelia_http_request_duration_seconds: 11,
  intelia_db_connections_active: 2,
  intelia_db_query_duration_seconds: 11,
  intelia_db_queries_total: 11,
  intelia_active_users: 1,
  intelia_questions_total: 12,
  intelia_revenue_usd_total: 2,
  intelia_feedback_total: 2,
  intelia_errors_total: 6,
  intelia_uptime_seconds: 1,
  intelia_system_info: 1,
  intelia_cpu_utilization_ratio: 1,
  intelia_memory_bytes: 6,
  intelia_event_loop_delay_seconds: 4,
  intelia_gc_duration_seconds: 3,
};

/** Beside the metrics: `target_info`, one a process. */
const TARGET_INFO = 1;

const WORDS = {
  en: {
    head: ['Metric', 'One label set for each', 'Series a label set', 'Label sets at most', 'In the demo'],
    one: 'process',
    join: ' × ',
    sum: 'All, with `target_info`',
    locale: 'en-US',
  },
  fr: {
    head: ['Métrique', 'Un jeu de labels par', 'Séries par jeu', 'Jeux au plus', 'Dans la démo'],
    one: 'processus',
    join: ' × ',
    sum: 'Total, avec `target_info`',
    locale: 'fr-FR',
  },
};

/** A histogram's bounds, `+Inf`, sum and count. */
export const seriesEach = (spec: MetricSpec): number =>
  spec.kind === 'histogram' ? (spec.buckets ?? []).length + 3 : 1;

const valuesOf = (label: LabelSpec): number =>
  'bound' in label ? label.bound + 1 : label.length + (label.includes(OTHER) ? 0 : 1);

const mostSets = ({ labels, limit = DEFAULT_SERIES_LIMIT }: MetricSpec): number =>
  Math.min(
    limit,
    Object.values(labels).reduce((product, label) => product * valuesOf(label), 1),
  );

export function demoTotal(): number {
  return Object.entries<MetricSpec>(catalogue).reduce(
    (sum, [name, spec]) => sum + (DEMO[name as MetricName] ?? 0) * seriesEach(spec),
    TARGET_INFO,
  );
}

export function seriesTable(lang: Lang): string {
  const { head, one, join, sum, locale } = WORDS[lang];
  // Plain spaces: the narrow one that French has between thousands breaks lines nowhere, but no search finds it.
  const number = (value: number): string => value.toLocaleString(locale).replace(/\s/g, ' ');
  const rows = Object.entries<MetricSpec>(catalogue).map(([name, spec]) => {
    const each = seriesEach(spec);
    const sets = DEMO[name as MetricName] ?? 0;
    const labels = Object.keys(spec.labels).map((label) => `\`${label}\``);
    const shown = each === 1 ? number(sets) : `${sets} × ${each} = ${number(sets * each)}`;
    return [`\`${name}\``, labels.length === 0 ? one : labels.join(join), number(each), number(mostSets(spec)), shown]; // prettier-ignore
  });
  return [head, head.map(() => '---'), ...rows, [sum, '', '', '', `**${number(demoTotal())}**`]]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
