/** The catalogue against the names users were promised, and against what OTLP and Prometheus make of names and units. */
import assert from 'node:assert/strict';
import { BUCKETS } from '../../src/catalogue/buckets.js';
import {
  catalogue,
  HTTP_METHODS,
  LLM_STATUSES,
  SEVERITIES,
  type MetricName,
} from '../../src/catalogue/catalogue.js';
import type { BoundedLabel, LabelSpec, MetricKind, MetricSpec } from '../../src/catalogue/types.js';
import { DEFAULT_SERIES_LIMIT } from '../../src/metrics/family.js';
import { testContext } from '../support/context.js';

type Row = [kind: MetricKind, unit: MetricSpec['unit'], ...labels: string[]];

/** Metric names, kinds, units and labels are what dashboards and alerts stand on: a change here breaks them. */
const PROMISED: Record<MetricName, Row> = {
  intelia_llm_tokens_total: ['counter', '{token}', 'model', 'type'],
  intelia_llm_cost_usd_total: ['counter', '{USD}', 'model', 'feature'],
  intelia_llm_requests_total: ['counter', '{request}', 'model', 'status'],
  intelia_llm_request_duration_seconds: ['histogram', 's', 'model', 'feature'],
  intelia_http_requests_total: ['counter', '{request}', 'method', 'endpoint', 'status'],
  intelia_http_request_duration_seconds: ['histogram', 's', 'method', 'endpoint'],
  intelia_db_connections_active: ['observed', '{connection}', 'pool'],
  intelia_db_query_duration_seconds: ['histogram', 's', 'operation', 'table'],
  intelia_db_queries_total: ['counter', '{query}', 'operation', 'table', 'status'],
  intelia_active_users: ['gauge', '{user}'],
  intelia_questions_total: ['counter', '{question}', 'source', 'language'],
  intelia_revenue_usd_total: ['counter', '{USD}', 'plan'],
  intelia_errors_total: ['counter', '{error}', 'type', 'severity'],
  intelia_uptime_seconds: ['observed', 's'],
  intelia_system_info: ['observed', '', 'version', 'node_version', 'os', 'arch'],
  // Beyond the product's own.
  intelia_llm_time_to_first_token_seconds: ['histogram', 's', 'model', 'feature'],
  intelia_llm_cached_tokens_total: ['counter', '{token}', 'model'],
  intelia_llm_reasoning_tokens_total: ['counter', '{token}', 'model'],
  intelia_llm_retries_total: ['counter', '{retry}', 'model'],
  intelia_llm_unpriced_requests_total: ['counter', '{request}', 'model', 'reason'],
  intelia_feedback_total: ['counter', '{feedback}', 'rating'],
  intelia_cpu_utilization_ratio: ['observed', '1'],
  intelia_memory_bytes: ['observed', 'By', 'type'],
  intelia_event_loop_delay_seconds: ['observed', 's', 'quantile'],
  intelia_gc_duration_seconds: ['histogram', 's', 'kind'],
  intelia_otel_dropped_measurements_total: ['counter', '{measurement}', 'reason'],
  intelia_otel_export_failures_total: ['counter', '{export}', 'reason'],
  intelia_otel_errors_total: ['counter', '{error}', 'where'],
};

/** Closed labels, value by value. */
const CLOSED: Record<string, readonly string[]> = {
  'intelia_llm_tokens_total.type': ['prompt', 'completion'],
  'intelia_llm_requests_total.status': ['success', 'rate_limited', 'timeout', 'cancelled', 'client_error', 'server_error', 'network_error'],
  'intelia_llm_unpriced_requests_total.reason': ['unknown_model', 'no_usage'],
  'intelia_http_requests_total.method': HTTP_METHODS,
  'intelia_http_request_duration_seconds.method': HTTP_METHODS,
  'intelia_db_queries_total.status': ['success', 'error'],
  'intelia_feedback_total.rating': ['positive', 'negative'],
  'intelia_errors_total.severity': ['warning', 'error', 'critical'],
  'intelia_memory_bytes.type': ['rss', 'heap_used', 'heap_total', 'heap_limit', 'external', 'array_buffers'],
  'intelia_event_loop_delay_seconds.quantile': ['0.5', '0.9', '0.99', '1'],
  'intelia_gc_duration_seconds.kind': ['minor', 'major', 'incremental', 'weakcb'],
  'intelia_otel_dropped_measurements_total.reason': ['not_a_number', 'negative', 'label_limit', 'label_value', 'series_limit', 'bad_call'],
}; // prettier-ignore

const rows = Object.entries<MetricSpec>(catalogue);
const isOpen = (label: LabelSpec): label is BoundedLabel => 'bound' in label;
/** Values a label can take; one more for `other`. */
const places = (label: LabelSpec): number =>
  isOpen(label) ? label.bound + 1 : new Set([...label, 'other']).size;
const product = (labels: readonly LabelSpec[]): number => labels.reduce((n, label) => n * places(label), 1);

/** The most series a metric can ever have: its limit, and then one for each set of closed values. */
function mostSeries(spec: MetricSpec): number {
  const labels = Object.values(spec.labels);
  const limit = spec.limit ?? DEFAULT_SERIES_LIMIT;
  const all = product(labels);
  return all <= limit ? all : limit + product(labels.filter((label) => !isOpen(label)));
}

describe('the catalogue', () => {
  it('holds what was promised, no more and no less', () => {
    const actual = rows.map(([name, { kind, unit, labels }]) => [name, [kind, unit, ...Object.keys(labels)]]);
    assert.deepEqual(Object.fromEntries(actual), PROMISED);
  });

  it('closes exactly these labels, to exactly these values', () => {
    const actual = rows.flatMap(([name, { labels }]) =>
      Object.entries(labels).flatMap(([label, spec]) =>
        isOpen(spec) ? [] : [[`${name}.${label}`, spec] as const],
      ),
    );
    assert.deepEqual(Object.fromEntries(actual), CLOSED);
    assert.deepEqual([...LLM_STATUSES], CLOSED['intelia_llm_requests_total.status']);
    assert.deepEqual([...SEVERITIES], CLOSED['intelia_errors_total.severity']);
  });

  for (const [name, spec] of rows) {
    describe(name, () => {
      it('has a name of Prometheus’ form that ends as its kind and unit ask', () => {
        assert.match(name, /^intelia_[a-z0-9]+(_[a-z0-9]+)*$/);
        assert.equal(name.endsWith('_total'), spec.kind === 'counter');
        assert.equal(name.endsWith('_seconds'), spec.unit === 's');
        assert.equal(name.endsWith('_bytes'), spec.unit === 'By');
        // OTLP receivers append `_ratio` to a gauge of unit 1: there it must stand already.
        assert.equal(name.endsWith('_ratio'), spec.unit === '1');
        if (spec.unit === '1') assert.notEqual(spec.kind, 'counter');
      });

      it('has a unit that no receiver appends to the name', () => {
        assert.match(spec.unit, /^(s|By|1|\{[A-Za-z]+\}|)$/);
        assert.equal(spec.unit === '', name.endsWith('_info'));
      });

      it('has at most four labels of plain names, none reserved', () => {
        const labels = Object.keys(spec.labels);
        assert.ok(labels.length <= 4);
        for (const label of labels) assert.match(label, /^(?!le$|job$|instance$|__)[a-z][a-z0-9_]*$/);
        if (spec.kind !== 'observed') assert.ok(!labels.includes('quantile'));
      });

      it('has values that fit a label', () => {
        for (const label of Object.values<LabelSpec>(spec.labels)) {
          if (isOpen(label)) assert.ok(Number.isInteger(label.bound) && label.bound > 0);
          else assert.equal(new Set(label).size, label.length);
          if (!isOpen(label)) assert.ok(label.every((value) => value.length <= 128));
        }
      });

      it('has buckets if it is a histogram: ascending, positive, finite', () => {
        assert.equal(spec.buckets !== undefined, spec.kind === 'histogram');
        const buckets = spec.buckets ?? [];
        assert.deepEqual(buckets, [...new Set(buckets)].sort((a, b) => a - b)); // prettier-ignore
        assert.ok(buckets.every((bound) => bound > 0 && Number.isFinite(bound)));
        assert.ok(buckets.length <= 14, 'a histogram costs (bounds + 3) series for each label set');
      });

      it('says what it counts in one line', () => {
        assert.match(spec.description, /^[A-Z0-9][^\n]+[^.\n]$/);
        assert.match(spec.source, /^[^\n]+$/);
      });

      it('stays within its most series when everything in it is junk', () => {
        const { registry } = testContext();
        const labels = Object.entries<LabelSpec>(spec.labels);
        const emit = registry.emit as (name: string, value: number, labels: object) => void;
        const value = (label: LabelSpec, n: number) =>
          isOpen(label) ? `junk-${n}` : (label[n % label.length] ?? `junk-${n}`);
        let n = 0;
        for (let i = 0; i < 5000; i++) {
          // Numbers that share no pattern, so that the values meet in many sets.
          n = (n * 1103515245 + 12345) % 2 ** 31;
          const set = labels.map(([key, label], at) => [key, value(label, (n >> (at * 7)) & 1023)]);
          emit(name, 1, Object.fromEntries(set));
        }
        const cells = registry.families[name as MetricName].cells.length;
        assert.ok(cells <= mostSeries(spec), `${cells} cells`);
      });
    });
  }

  it('cannot grow past what a process and a backend can bear', () => {
    const series = rows.map(([name, spec]) => [name, mostSeries(spec)] as const);
    for (const [name, count] of series) assert.ok(count <= 2 * DEFAULT_SERIES_LIMIT, `${name}: ${count}`);
    const cells = series.reduce((sum, [, count]) => sum + count, 0);
    assert.ok(cells <= 25_000, `${cells} series at the very most`);
  });

  it('has the bounds that alerts and dashboards stand on', () => {
    assert.ok((BUCKETS.llm as readonly number[]).includes(5), 'the p95 alert');
    assert.deepEqual(catalogue.intelia_llm_request_duration_seconds.buckets, BUCKETS.llm);
    assert.deepEqual(BUCKETS.http, [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
    assert.deepEqual(BUCKETS.db, [0.001, ...BUCKETS.http]);
    assert.deepEqual(BUCKETS.llm, [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60, 120]);
    assert.deepEqual(BUCKETS.firstToken, [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10]);
  });

  it('is written for the compiler too', () => {
    const { context } = testContext();
    const { emit } = context;
    const never = (): void => {
      // @ts-expect-error a misspelt metric
      emit('intelia_question_total', 1, {});
      // @ts-expect-error a label of another metric
      emit('intelia_questions_total', 1, { source: 'web', language: 'fr', plan: 'pro' });
      // @ts-expect-error a label left out
      emit('intelia_questions_total', 1, { source: 'web' });
      // @ts-expect-error a value outside a closed set
      emit('intelia_feedback_total', 1, { rating: 'great' });
      // @ts-expect-error an observed metric is not recorded
      emit('intelia_uptime_seconds', 1, {});
      // @ts-expect-error a counter is not observed
      context.observe('intelia_questions_total', () => undefined);
    };
    assert.equal(typeof never, 'function');
  });
});
