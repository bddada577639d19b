/** What examples/nextjs-metrics makes of NEXT_PUBLIC_GRAFANA_URL, and whether a page may be framed. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { allowsFrames } from '../../examples/nextjs-metrics/lib/allows-frames.js';
import { grafanaUrl, type GrafanaUrlOptions } from '../../examples/nextjs-metrics/lib/grafana-url.js';

const BASE = 'https://tenant.grafana.net/d/abc123/llm-costs';
const HIDDEN = 'kiosk&_dash.hideVariables=true&_dash.hideLinks=true';

const GOOD: [given: string, options: GrafanaUrlOptions, expected: string][] = [
  [BASE, {}, `${BASE}?${HIDDEN}`],
  [`  ${BASE}?orgId=1 `, {}, `${BASE}?orgId=1&${HIDDEN}`],
  [`${BASE}?orgId=1&kiosk=tv&theme=dark`, { theme: 'light' }, `${BASE}?orgId=1&${HIDDEN}&theme=light`],
  [`${BASE}?theme=dark&from=now-7d&to=now`, {}, `${BASE}?theme=dark&from=now-7d&to=now&${HIDDEN}`],
  [`${BASE}?from=1&to=2`, { from: 'now-24h', to: 'now' }, `${BASE}?${HIDDEN}&from=now-24h&to=now`],
  [`${BASE}?var-job=a%26b&var-job=%24__all`, {}, `${BASE}?var-job=a%26b&var-job=%24__all&${HIDDEN}`],
  [`${BASE}?autofitpanels&kiosk`, {}, `${BASE}?autofitpanels&${HIDDEN}`],
  [`${BASE}?orgId=1?kiosk=tv`, {}, `${BASE}?orgId=1&${HIDDEN}`],
  [`${BASE}#top`, {}, `${BASE}?${HIDDEN}#top`],
  [`${BASE}?_dash.hideVariables=`, {}, `${BASE}?${HIDDEN}`],
  [BASE, { from: '2026-11-01T00:00:00+01:00' }, `${BASE}?${HIDDEN}&from=2026-11-01T00%3A00%3A00%2B01%3A00`],
  ['https://tenant.grafana.net/public-dashboards/0f3a', {}, `https://tenant.grafana.net/public-dashboards/0f3a?${HIDDEN}`],
  ['https://g.example.com:3000/grafana/d-solo/a?panelId=1', { host: 'g.example.com:3000' }, `https://g.example.com:3000/grafana/d-solo/a?panelId=1&${HIDDEN}`],
]; // prettier-ignore

const BAD: [given: string | undefined, fault: string, host?: string][] = [
  [undefined, 'missing'],
  ['', 'missing'],
  ['   ', 'missing'],
  ['tenant.grafana.net/d/abc', 'not_a_url'],
  ['https://', 'not_a_url'],
  ['http://tenant.grafana.net/d/abc', 'not_https'],
  ['javascript:alert(1)//tenant.grafana.net/d/abc', 'not_https'],
  ['https://evilgrafana.net/d/abc', 'other_host'],
  ['https://tenant.grafana.net.evil.com/d/abc', 'other_host'],
  ['https://tenant.grafana.net@evil.com/d/abc', 'other_host'],
  ['https://evil.com/d/abc?x=.grafana.net', 'other_host'],
  ['https://tenant.grafana.net/d/abc', 'other_host', 'grafana.example.com'],
  ['https://grafana.example.com:444/d/abc', 'other_host', 'grafana.example.com'],
  ['https://tenant.grafana.net/goto/aBc-1?orgId=1', 'shortened'],
  ['https://tenant.grafana.net/', 'not_a_dashboard'],
  ['https://tenant.grafana.net/dashboards', 'not_a_dashboard'],
  ['https://tenant.grafana.net/d/', 'not_a_dashboard'],
];

describe('the address of an embedded dashboard', () => {
  for (const [given, options, url] of GOOD) {
    it(`${given} ${JSON.stringify(options)}`, () => {
      assert.deepEqual(grafanaUrl(given, options), { ok: true, url });
      assert.deepEqual(grafanaUrl(url, options), { ok: true, url }, 'the same when given again');
    });
  }

  for (const [given, fault, host] of BAD) {
    it(`is refused, ${fault}: ${given}`, () => {
      assert.deepEqual(grafanaUrl(given, { host }), { ok: false, fault });
    });
  }

  it('has one ? at most, keeps foreign parameters, and never throws', () => {
    const name = fc.stringMatching(/^[a-z-]{1,8}$/).filter((each) => !['kiosk', 'theme'].includes(each));
    const pairs = fc.array(fc.tuple(name, fc.string()), { maxLength: 5 });
    fc.assert(
      fc.property(pairs, fc.constantFrom('light', 'dark', undefined), (given, theme) => {
        const query = given.map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
        const answer = grafanaUrl(`${BASE}?${query.join('&')}`, { theme });
        assert.ok(answer.ok);
        assert.equal(answer.url.split('?').length, 2);
        const own = [...new URL(answer.url).searchParams].slice(0, given.length);
        assert.deepEqual(own, given.map(([key, value]) => [key, value])); // prettier-ignore
      }),
    );
    fc.assert(fc.property(fc.string(), (given) => void grafanaUrl(given)));
  });
});

describe('whether a page may be framed', () => {
  const answers: Record<string, [status: number, headers: Record<string, string>]> = {
    '/open': [200, {}],
    '/listed': [200, { 'content-security-policy': "default-src 'self'; frame-ancestors https://app.example.com" }],
    '/denied': [200, { 'x-frame-options': 'deny' }],
    '/none': [200, { 'content-security-policy': "script-src 'self'; frame-ancestors 'none'" }],
    '/self': [200, { 'content-security-policy': "frame-ancestors 'self'; script-src 'self'" }],
    '/login': [302, { location: '/denied' }],
    '/broken': [503, {}],
  }; // prettier-ignore
  let server: Server;
  let base = '';

  before((done) => {
    server = createServer((req, res) => {
      const [status, headers] = answers[req.url ?? ''] ?? [404, {}];
      res.writeHead(status, headers).end('page');
    }).listen(0, '127.0.0.1', () => {
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  for (const [path, expected] of Object.entries({
    '/open': true, '/listed': true, '/denied': false, '/none': false, '/self': false, '/login': false, '/broken': false,
  })) {
    it(`${path}: ${expected}`, async () => assert.equal(await allowsFrames(`${base}${path}`), expected));
  } // prettier-ignore

  it('nobody there: false', async () => assert.equal(await allowsFrames('http://127.0.0.1:1/'), false));
});
