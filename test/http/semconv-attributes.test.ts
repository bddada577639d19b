import assert from 'node:assert/strict';
import { createHttpAttributes, MAX_VALUES } from '../../src/http/semconv-attributes.js';

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
