import assert from 'node:assert/strict';
import { acceptsGzip, chooseFormat } from '../../src/export/negotiate.js';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1';

describe('content negotiation', () => {
  const cases: [accept: string | undefined, format: string][] = [
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
    ['application/json', 'text'],
    ['application/*', 'text'],
    ['text/plain', 'text'],
    [PROMETHEUS_2, 'openmetrics'],
    [PROMETHEUS_3, 'openmetrics'],
    ['application/openmetrics-text', 'openmetrics'],
    ['Application/OpenMetrics-Text; Version="1.0.0"', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1', 'text'],
    ['application/openmetrics-text;version=2.0.0', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=0.2,text/plain;q=0.3', 'text'],
    ['application/openmetrics-text;q=0.3,text/plain;q=0.2', 'openmetrics'],
    ['application/openmetrics-text;q=0.5,text/*;q=0.6', 'text'],
    ['application/openmetrics-text;q=0.5,*/*;q=0.6', 'text'],
    ['application/openmetrics-text;q=banana', 'text'],
    ['application/openmetrics-text;q=7', 'text'],
    [';;;,,=,', 'text'],
  ];
  for (const [accept, format] of cases) {
    it(`Accept ${accept?.slice(0, 60)} gives ${format}`, () => assert.equal(chooseFormat(accept), format));
  }

  const encodings: [string | undefined, boolean][] = [
    [undefined, false],
    ['gzip', true],
    ['deflate, GZIP;q=0.5, br', true],
    ['gzip;q=0', false],
    ['identity', false],
    ['*', false],
  ];
  for (const [accept, gzip] of encodings) {
    it(`Accept-Encoding ${accept} ${gzip ? 'is' : 'is not'} given gzip`, () =>
      assert.equal(acceptsGzip(accept), gzip));
  }
});
