import assert from 'node:assert/strict';
import { readConfig } from '../../src/config.js';
import { otlpSettings, redactUrl, type OtlpSettings } from '../../src/export/settings.js';

function read(env: Record<string, string>): { settings: OtlpSettings | undefined; warnings: string[] } {
  const warnings: string[] = [];
  const warn = (_key: string, line: string): void => void warnings.push(line);
  return { settings: otlpSettings(readConfig(warn, env), warn), warnings };
}

describe('OTLP settings', () => {
  const urls: [string, Record<string, string>, string | undefined][] = [
    ['nothing set', {}, undefined],
    ['a general endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318' }, 'http://h:4318/v1/metrics'],
    ['one with a slash', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318/' }, 'http://h:4318/v1/metrics'],
    ['one with a path', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://g.net/otlp' }, 'https://g.net/otlp/v1/metrics'],
    ['one with a query', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://g.net/otlp?a=1' }, 'https://g.net/otlp/v1/metrics?a=1'],
    ['one for metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://h/in' }, 'http://h/in'],
    ['both', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://b/m' }, 'http://b/m'],
    ['OTLP asked for without an endpoint', { OTEL_METRICS_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/metrics'],
    ['another exporter asked for', { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }, undefined],
    ['none asked for', { OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }, undefined],
  ]; // prettier-ignore
  for (const [name, env, url] of urls) {
    it(`${name}: ${url ?? 'no push'}`, () => assert.equal(read(env).settings?.url, url));
  }

  it('metrics win over general, header by header', () => {
    const { settings, warnings } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YWI%3D,x-a=1%2C2',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'X-A=3, x-b = é%20'.replace('é', 'e'),
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '2000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/a.pem',
      OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: '/b.pem',
    });
    assert.deepEqual(settings, {
      url: 'http://a/v1/metrics',
      headers: { authorization: 'Basic YWI=', 'x-a': '3', 'x-b': 'e ' },
      timeoutMs: 2000, gzip: false, format: 'protobuf',
      certificate: '/b.pem', clientCertificate: undefined, clientKey: undefined,
    }); // prettier-ignore
    assert.deepEqual(warnings, []);
  });

  it('a header that cannot be sent is left out, and neither its name nor its value told', () => {
    const { settings, warnings } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      OTEL_EXPORTER_OTLP_HEADERS: '"Authorization=Basic%20c2VjcmV0",x-line=a%0Ab,x-ok=1',
    });
    assert.deepEqual(settings?.headers, { 'x-ok': '1' });
    assert.equal(warnings.length, 2); // One line in the log, which knows the key.
    assert.doesNotMatch(warnings.join(), /c2VjcmV0|Authorization=Basic%20c|x-line/);
  });

  it('shows a URL without what may be secret', () => {
    assert.equal(redactUrl('https://u:p@h.net:1/a/b?token=t#f'), 'https://h.net:1/a/b');
    assert.equal(redactUrl('u:p@h'), '(not a web address)');
    assert.equal(redactUrl('??'), '(not a web address)');
  });
});
