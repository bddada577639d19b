import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readConfig, SETTINGS } from '../src/config.js';
import { inertReason } from '../src/inert.js';

function read(env: Record<string, string>) {
  const lines: string[] = [];
  return { config: readConfig((_key, line) => void lines.push(line), env), lines };
}

describe('config', () => {
  it('has a default for everything, and is frozen', () => {
    const { config, lines } = read({});
    assert.equal(config.exportInterval, 60_000);
    assert.equal(config.prometheusHost, '127.0.0.1');
    assert.equal(config.prometheusPort, 9464);
    assert.equal(config.exporters, undefined);
    assert.ok(Object.isFrozen(config));
    assert.deepEqual(lines, []);
  });

  it('reads good values', () => {
    const { config, lines } = read({
      OTEL_SDK_DISABLED: 'TRUE',
      OTEL_METRICS_EXPORTER: 'otlp, prometheus',
      OTEL_METRIC_EXPORT_INTERVAL: ' 15000 ',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20MTIzOmdsY19leUo%3D,x-scope=a%2Cb',
      OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2.3,deployment.environment.name=prod',
      OTEL_SERVICE_NAME: '',
    });
    assert.deepEqual(lines, []);
    assert.equal(config.disabled, true);
    assert.deepEqual(config.exporters, ['otlp', 'prometheus']);
    assert.equal(config.exportInterval, 15_000);
    assert.equal(config.prometheusPort, 0);
    assert.deepEqual(config.otlpHeaders, { Authorization: 'Basic MTIzOmdsY19leUo=', 'x-scope': 'a,b' });
    assert.deepEqual(config.resourceAttributes, {
      'service.version': '1.2.3',
      'deployment.environment.name': 'prod',
    });
    assert.equal(config.serviceName, undefined);
  });

  const bad: [string, string, RegExp][] = [
    ['OTEL_SDK_DISABLED', 'yes', /OTEL_SDK_DISABLED: "yes" is not true or false; false is used/],
    ['OTEL_METRIC_EXPORT_INTERVAL', '1m', /"1m" is not milliseconds, 1 to 2147483647; 60000 is used/],
    ['OTEL_METRIC_EXPORT_INTERVAL', '0', /"0" is not milliseconds/],
    ['OTEL_METRIC_EXPORT_INTERVAL', '99999999999', /is not milliseconds/],
    ['OTEL_EXPORTER_PROMETHEUS_PORT', '70000', /"70000" is not a port, 0 to 65535; 9464 is used/],
    ['OTEL_METRICS_EXPORTER', 'otlp,datadog', /"otlp,datadog" is not otlp, prometheus, console or none/],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'otlp-gateway.grafana.net/otlp',
      /is not an http or https URL; it is ignored/,
    ],
    [
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'grpc',
      /"grpc" is not http\/protobuf or http\/json \(gRPC is not offered; use http\/protobuf\)/,
    ],
    ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'delta', /"delta" is not cumulative/],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      'Authorization: Basic secret',
      /OTEL_EXPORTER_OTLP_HEADERS: its value \(not shown\) is not key=value/,
    ],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zz', /its value \(not shown\)/],
    [
      'INTELIA_METRICS_TOKEN',
      'short',
      /INTELIA_METRICS_TOKEN: its value \(not shown\) is not at least 8 characters/,
    ],
  ];
  for (const [name, value, line] of bad) {
    it(`says in one line that ${name}=${value} is bad, and goes on`, () => {
      const { lines } = read({ [name]: value });
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', line);
      assert.doesNotMatch(lines[0] ?? '', /secret|short/);
    });
  }

  it('never throws, whatever the environment holds', () => {
    const names = Object.values(SETTINGS).map((row) => row.env);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), (env) => {
        const { config } = read(env);
        assert.equal(typeof config.exportInterval, 'number');
      }),
    );
  });

  it('reads back any header that was percent-encoded', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
        const { config } = read({ OTEL_EXPORTER_OTLP_HEADERS: `k=${encodeURIComponent(value)}` });
        assert.deepEqual(config.otlpHeaders, { k: value });
      }),
    );
  });
});

describe('where the package is inert', () => {
  const { config } = read({});
  for (const script of [
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
    '/x/npx-cli.js',
    '/x/yarn.js',
    '/x/bin/pnpm.cjs',
    '/x/corepack.js',
    'C:/npm',
  ]) {
    it(`in ${script}`, () => assert.equal(inertReason(config, script), 'a package manager'));
  }
  for (const script of [
    '/app/node_modules/.bin/intelia-otel',
    '/app/node_modules/@intelia/otel/dist/cli.cjs',
  ]) {
    it(`in ${script}`, () => assert.equal(inertReason(config, script), 'our own command'));
  }
  for (const script of ['/app/cli.cjs', '/app/server.js', '/app/npm-stats.js', '/app/yarn-orders.mjs', '']) {
    it(`not in ${JSON.stringify(script)}`, () => assert.equal(inertReason(config, script), undefined));
  }
  it('when it is disabled', () => {
    assert.equal(
      inertReason(read({ OTEL_SDK_DISABLED: 'true' }).config, '/app/server.js'),
      'OTEL_SDK_DISABLED is true',
    );
  });
});
