import assert from 'node:assert/strict';
import fc from 'fast-check';
import { catalogue } from '../../src/catalogue/catalogue.js';
import type { MetricSpec } from '../../src/catalogue/types.js';
import {
  prometheusLabel,
  prometheusLabels,
  prometheusName,
  type Instrument,
} from '../../src/export/names.js';

/** Answers of prometheus/otlptranslator itself, under UnderscoreEscapingWithSuffixes. */
const NAMES: readonly [name: string, unit: string, kind: Instrument, expected: string | undefined][] = [
  ['http.server.request.duration', 's', 'histogram', 'http_server_request_duration_seconds'],
  ['http.server.active_requests', '{request}', 'updown', 'http_server_active_requests'],
  ['http.client.request.body.size', 'By', 'histogram', 'http_client_request_body_size_bytes'],
  ['db.client.operation.duration', 's', 'histogram', 'db_client_operation_duration_seconds'],
  ['gen_ai.client.token.usage', '{token}', 'histogram', 'gen_ai_client_token_usage'],
  ['gen_ai.client.operation.duration', 's', 'histogram', 'gen_ai_client_operation_duration_seconds'],
  ['nodejs.eventloop.delay.min', 's', 'gauge', 'nodejs_eventloop_delay_min_seconds'],
  ['nodejs.eventloop.utilization', '1', 'gauge', 'nodejs_eventloop_utilization_ratio'],
  ['v8js.memory.heap.used', 'By', 'updown', 'v8js_memory_heap_used_bytes'],
  ['process.cpu.time', 's', 'counter', 'process_cpu_time_seconds_total'],
  ['process.cpu.utilization', '1', 'gauge', 'process_cpu_utilization_ratio'],
  ['system.network.io', 'By', 'counter', 'system_network_io_bytes_total'],
  ['requests', '', 'counter', 'requests_total'],
  ['requests', '1', 'counter', 'requests_total'],
  ['requests_total', '', 'counter', 'requests_total'],
  ['requests.total', '{request}', 'counter', 'requests_total'],
  ['total.requests', '', 'counter', 'requests_total'],
  ['total', '', 'counter', 'total'],
  ['requests_total', '', 'gauge', 'requests_total'],
  ['requests', 'requests', 'counter', 'requests_total'],
  ['cost', 'USD', 'counter', 'cost_USD_total'],
  ['cost_usd_total', 'USD', 'counter', 'cost_usd_USD_total'],
  ['hit', '1', 'gauge', 'hit_ratio'],
  ['hit_ratio', '1', 'gauge', 'hit_ratio'],
  ['ratio.of.hits', '1', 'gauge', 'of_hits_ratio'],
  ['hit', '1', 'updown', 'hit'],
  ['hit', '1', 'histogram', 'hit'],
  ['hit', '%', 'gauge', 'hit_percent'],
  ['latency', 'ms', 'histogram', 'latency_milliseconds'],
  ['latency_ms', 'ms', 'histogram', 'latency_ms_milliseconds'],
  ['latency.milliseconds', 'ms', 'histogram', 'latency_milliseconds'],
  ['seconds.spent', 's', 'gauge', 'seconds_spent'],
  ['age', 'd', 'gauge', 'age_days'],
  ['age', 'min', 'gauge', 'age_minutes'],
  ['length', 'm', 'gauge', 'length_meters'],
  ['temperature', 'Cel', 'gauge', 'temperature_celsius'],
  ['memory', 'MiBy', 'gauge', 'memory_mebibytes'],
  ['memory', 'MBy', 'gauge', 'memory_megabytes'],
  ['throughput', 'By/s', 'gauge', 'throughput_bytes_per_second'],
  ['throughput', '1/s', 'gauge', 'throughput_per_second'],
  ['throughput', '{request}/s', 'gauge', 'throughput_per_second'],
  ['throughput', '{request}/m', 'counter', 'throughput_per_minute_total'],
  ['speed', 'm/s', 'gauge', 'speed_meters_per_second'],
  ['speed', 'm/mo', 'gauge', 'speed_meters_per_month'],
  ['rate', 'By/{worker}', 'gauge', 'rate_bytes'],
  ['rate_per_second', '1/s', 'gauge', 'rate_per_second_per_second'],
  ['rate', '/s', 'gauge', 'rate_per_second'],
  ['rate', 'By/', 'gauge', 'rate_bytes'],
  ['rate', 'a/b/c', 'gauge', 'rate_a_per_b_c'],
  ['custom', 'custom_unit', 'gauge', 'custom_custom_unit'],
  ['custom', 'unit@with#special/chars', 'gauge', 'custom_unit_with_special_per_chars'],
  ['custom', '_unit__x_', 'gauge', 'custom_unit_x_'],
  ['custom', '_unit__x_/s', 'gauge', 'custom_unit_x_per_second'],
  ['custom', ' s ', 'gauge', 'custom_seconds'],
  ['custom', 'constructor', 'gauge', 'custom_constructor'],
  ['__a..b--c//d__', '', 'gauge', 'a_b_c_d'],
  ['a:b.c', '', 'gauge', 'a:b_c'],
  ['1st.metric', '', 'counter', '_1st_metric_total'],
  ['métrique.été', '', 'gauge', 'm_trique_t'],
  ['😀', '', 'gauge', undefined],
  ['😀', 's', 'counter', 'seconds_total'],
  ['___', '', 'gauge', undefined],
  ['', '', 'gauge', undefined],
]; // prettier-ignore

/** Answers of its LabelNamer, without options. */
const LABELS: readonly [attribute: string, expected: string | undefined][] = [
  ['http.method', 'http_method'],
  ['http.request.header.x-id', 'http_request_header_x_id'],
  ['a_b', 'a_b'],
  ['a__b', 'a_b'],
  ['a..b', 'a_b'],
  ['_a', '_a'],
  ['__a', '_a'],
  ['a__', 'a_'],
  ['__a__', '__a__'],
  ['__a.b__', '__a_b__'],
  ['___', undefined],
  ['1a', 'key_1a'],
  ['9', 'key_9'],
  ['é', undefined],
  ['été', '_t_'],
  ['😀x', '_x'],
  ['a:b', 'a_b'],
];

describe('names of an OTLP backend', () => {
  for (const [name, unit, kind, expected] of NAMES) {
    it(`${kind} ${JSON.stringify(name)} in ${JSON.stringify(unit)} is ${expected}`, () => {
      assert.equal(prometheusName(name, unit, kind), expected);
    });
  }

  for (const [attribute, expected] of LABELS) {
    it(`attribute ${attribute} is ${expected}`, () => assert.equal(prometheusLabel(attribute), expected));
  }

  it("every name of the catalogue is the translation's fixed point", () => {
    for (const [name, spec] of Object.entries<MetricSpec>(catalogue)) {
      const kind = spec.kind === 'observed' ? 'gauge' : spec.kind;
      assert.equal(prometheusName(name, spec.unit, kind), name);
      for (const label of Object.keys(spec.labels)) assert.equal(prometheusLabel(label), label);
    }
  });

  it('whatever the name, gives a valid one or none', () => {
    const kinds = fc.constantFrom<Instrument>('counter', 'updown', 'gauge', 'histogram');
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        kinds,
        (name, unit, kind) => {
          const given = prometheusName(name, unit, kind);
          assert.match(given ?? 'none', /^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
          assert.match(prometheusLabel(name) ?? 'none', /^[a-zA-Z_][a-zA-Z0-9_]*$/);
        },
      ),
    );
  });
});

describe('labels of an OTLP backend', () => {
  it('joins attributes that become one label, in the order of their own names', () => {
    assert.deepEqual(prometheusLabels({ a_b: 'second', 'a.b': 'first', z: 'z' }), {
      a_b: 'first;second',
      z: 'z',
    });
  });

  it('writes what is no string as JSON, and leaves out what is not given', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    assert.deepEqual(
      prometheusLabels({ n: 1.5, b: true, list: ['a', 1], none: undefined, nil: null, big: 1n, cycle }),
      { n: '1.5', b: 'true', list: '["a",1]', big: 'bigint', cycle: 'object' },
    );
  });

  it('drops an attribute of which nothing is left', () => {
    assert.deepEqual(prometheusLabels({ '': 'x', é: 'x', ok: 'y' }), { ok: 'y' });
  });
});
