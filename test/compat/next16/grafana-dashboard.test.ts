/** examples/nextjs-metrics, type-checked and built by Next, and served to somebody who opens the page. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { nextEnv } from '../../support/next-app.js';
import { startProcess, type Running } from '../../support/run-process.js';

const SOURCE = join(__dirname, '../../../examples/nextjs-metrics');
const APP = join(__dirname, '.cache/nextjs-metrics');
const NEXT = join(__dirname, 'node_modules/next/dist/bin/next');
const TLS = join(__dirname, '../../fixtures/tls');
const PAGE = '/admin/statistiques/metriques';

describe('examples/nextjs-metrics, by Next.js 16', function () {
  this.timeout(180_000);
  let framesAllowed = true;
  let env: Record<string, string> = {};
  let grafanaHost = '';
  let running: Running | undefined;
  let stdout = '';
  const pem = (name: string) => readFileSync(join(TLS, `${name}.pem`));
  const grafana = createServer({ key: pem('key'), cert: pem('cert') }, (_req, res) => {
    res.writeHead(200, framesAllowed ? {} : { 'x-frame-options': 'deny' }).end('a dashboard');
  });

  before(async () => {
    await new Promise<void>((listening) => grafana.listen(0, '127.0.0.1', () => listening()));
    grafanaHost = `127.0.0.1:${(grafana.address() as AddressInfo).port}`;
    env = {
      ...(nextEnv(__dirname) as Record<string, string>),
      NODE_EXTRA_CA_CERTS: join(TLS, 'cert.pem'),
      NEXT_PUBLIC_GRAFANA_URL: `https://${grafanaHost}/d/intelia-llm-costs?orgId=1&kiosk=tv`,
      NEXT_PUBLIC_GRAFANA_HOST: grafanaHost,
    };
    rmSync(APP, { recursive: true, force: true });
    cpSync(SOURCE, APP, { recursive: true });
    // Type errors end it.
    await promisify(execFile)(process.execPath, [NEXT, 'build', APP], { env, cwd: APP });
  });

  after(async () => {
    running?.child.kill('SIGTERM');
    await running?.ended;
    grafana.closeAllConnections();
    grafana.close();
  });

  async function open(): Promise<{ html: string; policy: string | null }> {
    if (running === undefined) {
      const args = ['start', '--port', '0', '--hostname', '127.0.0.1'];
      running = startProcess({ script: NEXT, args, env, cwd: APP, timeoutMs: 120_000 });
      running.child.stdout?.on('data', (chunk: string) => (stdout += chunk));
    }
    await running.said('Ready');
    const base = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? '';
    const response = await fetch(`${base}${PAGE}`);
    assert.equal(response.status, 200);
    return { html: await response.text(), policy: response.headers.get('content-security-policy') };
  }
  const attribute = (html: string, tag: string, name: string) =>
    new RegExp(`<${tag}[^>]*\\s${name}="([^"]*)"`, 'i').exec(html)?.[1]?.replaceAll('&amp;', '&');

  it('shows the dashboard in a frame, and allows that one site to be framed', async () => {
    framesAllowed = true;
    const { html, policy } = await open();
    assert.equal(policy, `frame-src https://${grafanaHost}`);
    const src = `https://${grafanaHost}/d/intelia-llm-costs?orgId=1&kiosk&_dash.hideVariables=true&_dash.hideLinks=true&theme=light`;
    assert.equal(attribute(html, 'iframe', 'src'), src);
    assert.equal(attribute(html, 'iframe', 'title'), 'Métriques');
    assert.equal(attribute(html, 'iframe', 'loading'), 'lazy');
    assert.equal(attribute(html, 'iframe', 'referrerPolicy'), 'no-referrer');
    const sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
    assert.equal(attribute(html, 'iframe', 'sandbox'), sandbox);
    assert.equal(attribute(html, 'a', 'href'), src);
  });

  it('shows a link where Grafana forbids frames, as Grafana Cloud does', async () => {
    framesAllowed = false;
    const { html } = await open();
    assert.doesNotMatch(html, /<iframe/);
    assert.match(html, /autorise pas l(&#x27;|')affichage de ses tableaux de bord/);
    assert.match(attribute(html, 'a', 'href') ?? '', /\/d\/intelia-llm-costs\?orgId=1&kiosk&/);
  });

  it('says what is wrong with an address, in both languages', () => {
    const outfile = join(APP, '.rendered/component.cjs');
    const entryPoints = [join(APP, 'components/grafana-dashboard.tsx')];
    buildSync({
      entryPoints,
      outfile,
      bundle: true,
      platform: 'node',
      jsx: 'automatic',
      external: ['react'],
    });
    const { GrafanaDashboard } = require(outfile) as { GrafanaDashboard: (props: object) => object };
    const { renderToStaticMarkup } = require('react-dom/server') as { renderToStaticMarkup(of: object): string }; // prettier-ignore
    const render = (props: object) =>
      renderToStaticMarkup(GrafanaDashboard({ title: 'Metrics', framed: true, ...props }));
    assert.equal(
      render({ url: undefined }),
      '<p role="alert">NEXT_PUBLIC_GRAFANA_URL is not set: it takes the address of a Grafana dashboard.</p>',
    );
    assert.match(render({ url: 'http://a.grafana.net/d/x', lang: 'fr' }), /^<p role="alert">.* doit commencer par https:/); // prettier-ignore
    const faults = [
      'nonsense',
      'https://evil.example/d/x',
      'https://a.grafana.net/goto/x',
      'https://a.grafana.net/',
    ];
    const said = faults.flatMap((url) => [render({ url }), render({ url, lang: 'fr' })]);
    assert.equal(new Set(said).size, 2 * faults.length);
    for (const html of said) assert.match(html, /^<p role="alert">NEXT_PUBLIC_GRAFANA_URL [^<]+\.<\/p>$/);
    assert.match(
      render({ url: 'https://a.grafana.net/d/x' }),
      /^<iframe src="https:\/\/a\.grafana\.net\/d\/x\?kiosk&amp;/,
    );
  });
});
