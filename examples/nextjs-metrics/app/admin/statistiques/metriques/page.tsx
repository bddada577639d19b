/** Admin > Statistiques > Métriques. To be behind the same sign-in as the rest of Admin. */
import { GrafanaDashboard } from '../../../../components/grafana-dashboard';
import { allowsFrames } from '../../../../lib/allows-frames';
import { grafanaUrl } from '../../../../lib/grafana-url';

/** Grafana is asked at each visit, and not once while this is built. */
export const dynamic = 'force-dynamic';

export default async function MetricsPage() {
  const url = process.env.NEXT_PUBLIC_GRAFANA_URL;
  const host = process.env.NEXT_PUBLIC_GRAFANA_HOST;
  const address = grafanaUrl(url, { host });
  const framed = address.ok && (await allowsFrames(address.url));
  return (
    <main>
      <h1>Métriques</h1>
      <GrafanaDashboard url={url} host={host} framed={framed} title="Métriques" lang="fr" theme="light" />
    </main>
  );
}
