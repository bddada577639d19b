import assert from 'node:assert/strict';
import type { Context } from '../../src/context.js';
import { createRequestMeasure, measureRequest, type HttpEvent } from '../../src/http/measure.js';
import {
  beginRoute,
  endpointOf as endpointOfState,
  endRoute,
  newState,
  routeState,
  setRoute,
  UNMATCHED,
  type RequestLike,
} from '../../src/http/route.js';
import { joinTemplates, mountTemplate, routeTemplate } from '../../src/http/template.js';
import { testContext } from '../support/context.js';

const endpointOf = (req: RequestLike): string => endpointOfState(routeState(req));

describe('the state of a request', () => {
  it('is its own, whichever request began last and whatever has ended', () => {
    const one: RequestLike = {};
    const two: RequestLike = {};
    const states = [beginRoute(one, newState()), beginRoute(two, newState())] as const;
    const found = (): number[] => [routeState(one), routeState(two)].map((of) => states.indexOf(of));
    assert.deepEqual(found(), [0, 1]);
    endRoute(states[1]);
    assert.deepEqual(found(), [0, 1]);
    endRoute(states[0]);
    assert.deepEqual(found(), [0, 1]);
    assert.equal(
      beginRoute(one, newState()),
      states[0],
      'what another copy of the package has put there stays',
    );
    endRoute(states[0]);
  });
});

describe('setRoute', () => {
  it('wins over a framework, and the last call counts', () => {
    const req: RequestLike = {};
    assert.equal(endpointOf(req), UNMATCHED);
    routeState(req).source = { endpoint: () => undefined };
    assert.equal(endpointOf(req), UNMATCHED);
    routeState(req).source = { endpoint: () => '/framework' };
    assert.equal(endpointOf(req), '/framework');
    setRoute(req, '/first');
    setRoute(req, '/second');
    assert.equal(endpointOf(req), '/second');
  });

  it('ignores what it cannot use, and never throws', () => {
    const refusing = new Proxy({}, { set: () => assert.fail('refused') });
    for (const req of [null, undefined, 1, 'req', Object.freeze({}), refusing])
      setRoute(req as RequestLike, '/x');
    const req: RequestLike = {};
    for (const route of ['', null, undefined, 42, {}, Symbol('s')]) setRoute(req, route as string);
    assert.equal(endpointOf(req), UNMATCHED);
  });
});

describe('templates', () => {
  it('have one text for each path', () => {
    const given = ['/', '/a', '/a/', '/a//', '*', '', /^\/x\/$/, ['/a', '/b/', /c/], undefined, Symbol('s')];
    const route = ['/', '/a', '/a', '/a', '*', '', '/^\\/x\\/$/', '/a,/b,/c/', 'undefined', 'Symbol(s)'];
    assert.deepEqual(given.map(routeTemplate), route);
    assert.deepEqual(given.map(mountTemplate), ['', ...route.slice(1)]);
  });

  it('are joined with one slash', () => {
    const joined = ['/', '', '/x', '*'].map((path) => [joinTemplates('', path), joinTemplates('/m', path)]);
    assert.deepEqual(joined, [
      ['/', '/m'],
      ['', '/m'],
      ['/x', '/m/x'],
      ['/*', '/m/*'],
    ]);
  });
});

for (const [name, measureOf] of [
  [
    'measureRequest',
    ({ emit }: Context) =>
      (event: HttpEvent) =>
        measureRequest(event, emit),
  ],
  [
    'createRequestMeasure',
    (context: Context) => {
      const measure = createRequestMeasure(context);
      return ({ method, endpoint, status, duration }: HttpEvent) =>
        measure(method, endpoint, status, duration);
    },
  ],
] as const) {
  describe(name, () => {
    it('counts, times, and adds an error for 5xx', () => {
      const { context, series, sum } = testContext();
      const measure = measureOf(context);
      for (const [i, status] of [200, '200', 499, 500, '503', 599].entries()) {
        for (let times = 0; times < 2; times++)
          measure({ method: 'GET', endpoint: '/x', status, duration: i / 8 });
      }
      measure({ method: 'POST', endpoint: '/x', status: 200, duration: 0 });
      measure({ method: 'GET', endpoint: '/y', status: 200, duration: 0 });
      assert.deepEqual(series('intelia_http_requests_total'), {
        'method=GET,endpoint=/x,status=200': 4,
        'method=GET,endpoint=/x,status=499': 2,
        'method=GET,endpoint=/x,status=500': 2,
        'method=GET,endpoint=/x,status=503': 2,
        'method=GET,endpoint=/x,status=599': 2,
        'method=POST,endpoint=/x,status=200': 1,
        'method=GET,endpoint=/y,status=200': 1,
      });
      assert.deepEqual(series('intelia_http_request_duration_seconds'), {
        'method=GET,endpoint=/x': 12,
        'method=POST,endpoint=/x': 1,
        'method=GET,endpoint=/y': 1,
      });
      assert.equal(sum('intelia_http_request_duration_seconds'), 15 / 4);
      assert.deepEqual(series('intelia_errors_total'), { 'type=http_5xx,severity=error': 6 });
    });

    it('keeps 10,000 endpoints within the bound, and says so', () => {
      const { context, series, value, warnings } = testContext();
      const measure = measureOf(context);
      for (let i = 0; i < 10_000; i++)
        measure({ method: 'GET', endpoint: `/users/${i}`, status: 200, duration: 0 });
      assert.equal(Object.keys(series('intelia_http_requests_total')).length, 201);
      assert.equal(value('intelia_http_requests_total', { endpoint: 'other' }), 9_800);
      assert.equal(value('intelia_otel_dropped_measurements_total', { reason: 'label_limit' }), 2 * 9_800);
      assert.equal(warnings.length, 2);
    });
  });
}
