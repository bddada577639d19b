/** NEXT_PUBLIC_GRAFANA_URL as an address that can be shown in a frame, or why it cannot. */

export interface GrafanaUrlOptions {
  readonly theme?: 'light' | 'dark' | undefined;
  /** As Grafana writes them: `now-24h`, `now`, or milliseconds since 1970. Without them the address' own. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The one host it may be on, with its port if it has one. Without it any stack of Grafana Cloud, `*.grafana.net`. */
  readonly host?: string | undefined;
}

export type GrafanaUrlFault =
  'missing' | 'not_a_url' | 'not_https' | 'other_host' | 'shortened' | 'not_a_dashboard';

export type GrafanaUrl =
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly fault: GrafanaUrlFault };

/** A dashboard, one panel of it, a dashboard that is shared externally; below any path that Grafana is served from. */
const DASHBOARD = /\/(d|d-solo|public-dashboards)\/[\w-]+/;
const SHORTENED = /\/goto\/[\w-]+/;

/**
 * @example
 * grafanaUrl('https://tenant.grafana.net/d/intelia-llm-costs?orgId=1&kiosk=tv', { theme: 'light' });
 * // { ok: true, url: 'https://tenant.grafana.net/d/intelia-llm-costs?orgId=1&kiosk&_dash.hideVariables=true&_dash.hideLinks=true&theme=light' }
 */
export function grafanaUrl(given: string | undefined, options: GrafanaUrlOptions = {}): GrafanaUrl {
  const text = given?.trim() ?? '';
  if (text === '') return { ok: false, fault: 'missing' };
  const url = parse(text);
  const fault = url === undefined ? 'not_a_url' : faultOf(url, options.host);
  if (url === undefined || fault !== undefined) return { ok: false, fault: fault ?? 'not_a_url' };
  url.search = query(url.search, options);
  return { ok: true, url: url.href };
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function faultOf(url: URL, host: string | undefined): GrafanaUrlFault | undefined {
  if (url.protocol !== 'https:') return 'not_https';
  const isKnown = host === undefined || host === '' ? url.host.endsWith('.grafana.net') : url.host === host;
  if (!isKnown) return 'other_host';
  // Its redirect loses what is added here.
  if (SHORTENED.test(url.pathname)) return 'shortened';
  return DASHBOARD.test(url.pathname) ? undefined : 'not_a_dashboard';
}

/**
 * Ours in the place of those of the same name, all others as they were. By hand: URLSearchParams would turn `kiosk`
 * into `kiosk=`, which Grafana does not take. A second `?`, the usual slip of whoever adds `?kiosk` by hand, is mended.
 */
function query(search: string, { theme, from, to }: GrafanaUrlOptions): string {
  const ours: Readonly<Record<string, string | undefined>> = {
    kiosk: '', '_dash.hideVariables': 'true', '_dash.hideLinks': 'true', theme, from, to,
  }; // prettier-ignore
  const set = Object.entries(ours).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const names = new Set(set.map(([name]) => name));
  const kept = search.split(/[?&]/).filter((each) => each !== '' && !names.has(each.split('=', 1)[0] ?? ''));
  return [
    ...kept,
    ...set.map(([name, value]) => (value === '' ? name : `${name}=${encodeURIComponent(value)}`)),
  ].join('&');
}
