import type { NextConfig } from 'next';
import { grafanaUrl } from './lib/grafana-url';

const { NEXT_PUBLIC_GRAFANA_URL, NEXT_PUBLIC_GRAFANA_HOST } = process.env;
const grafana = grafanaUrl(NEXT_PUBLIC_GRAFANA_URL, { host: NEXT_PUBLIC_GRAFANA_HOST });

/** The one site that may be shown in a frame. An application that has a policy already adds `frame-src` to it. */
const policy = `frame-src ${grafana.ok ? new URL(grafana.url).origin : "'none'"}`;

const config: NextConfig = {
  async headers() {
    return [{ source: '/:path*', headers: [{ key: 'Content-Security-Policy', value: policy }] }];
  },
};

export default config;
