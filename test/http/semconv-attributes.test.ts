import assert from 'node:assert/strict';
import {
  createHttpAttributes,
  MAX_KINDS,
  MAX_VALUES,
  rememberKinds,
} from '../../src/http/semconv-attributes.js';

describe("attributes of OTel's HTTP metrics", () => {
  it('get the route, where there is one', () => {
    const attributes = createHttpAttributes();
    const given = Object.freeze({ 'http.request.method': 'GET' });
    assert.deepEqual(attributes(given, '/users/:id'), { ...given, 'http.route': '/users/:id' });
    assert.deepEqual(attributes(given, undefined), given);
  });

  it('are bounded: junk routes, hosts with their ports, and errors end in `_OTHER`', () => {
    const attributes = createHttpAttributes();
    const seen = new Set<string>();
    for (let i = 0; i < 10_000; i++) {
      const given = { 'server.address': `host-${i}`, 'server.port': i, 'error.type': `Error${i}` };
      seen.add(JSON.stringify(attributes(given, `/junk-${i}`)));
    }
    assert.equal(seen.size, MAX_VALUES + 1);
    assert.deepEqual(attributes({ 'server.address': 'new', 'server.port': 1, 'error.type': 'New' }, '/new'), {
      'server.address': '_OTHER',
      'error.type': '_OTHER',
      'http.route': '_OTHER',
    });
    const seventh = { 'server.address': 'host-7', 'server.port': 7 };
    assert.deepEqual(attributes(seventh, undefined), seventh);
    assert.deepEqual(attributes({ ...seventh, 'server.port': 8 }, undefined), { 'server.address': '_OTHER' });
  });
});

describe('what is remembered of exchanges', () => {
  const exchange = { isSecure: false, method: 'GET', status: 200, failure: undefined as string | undefined };

  it('is asked for once of those alike in everything', () => {
    const asked: object[] = [];
    const attributes = rememberKinds((each: object) => (asked.push(each), { n: asked.length }));
    const others = [
      { ...exchange, isSecure: true },
      { ...exchange, method: 'PUT' },
      { ...exchange, status: 404 },
      { ...exchange, failure: 'Error' },
    ];
    for (const each of [exchange, ...others]) assert.equal(attributes({ ...each }), attributes({ ...each }));
    assert.deepEqual(asked, [exchange, ...others]);
  });

  it('does not grow with junk', () => {
    let asked = 0;
    const attributes = rememberKinds(() => ({ n: ++asked }));
    const first = attributes({ ...exchange, failure: '0' });
    for (let i = 1; i < MAX_KINDS; i++) attributes({ ...exchange, failure: String(i) });
    assert.equal(attributes({ ...exchange, failure: '0' }), first);
    attributes({ ...exchange, failure: 'one more' });
    assert.notEqual(attributes({ ...exchange, failure: '0' }), first);
  });
});
