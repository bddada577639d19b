/** A Grafana dashboard: in a frame where Grafana allows it, else as a link, else what is wrong with its address. */
import { grafanaUrl, type GrafanaUrlFault, type GrafanaUrlOptions } from '../lib/grafana-url';

const TEXT = {
  en: {
    open: 'Open in Grafana',
    noFrame: 'This Grafana does not let its dashboards be shown inside another site.',
    missing: 'NEXT_PUBLIC_GRAFANA_URL is not set: it takes the address of a Grafana dashboard.',
    not_a_url: 'NEXT_PUBLIC_GRAFANA_URL is no address.',
    not_https: 'NEXT_PUBLIC_GRAFANA_URL must begin with https://.',
    other_host: 'NEXT_PUBLIC_GRAFANA_URL is not on *.grafana.net: name your own Grafana in NEXT_PUBLIC_GRAFANA_HOST.',
    shortened: 'NEXT_PUBLIC_GRAFANA_URL is a shortened link: switch "Shorten link" off when you copy it.',
    not_a_dashboard: 'NEXT_PUBLIC_GRAFANA_URL names no dashboard: it has /d/ or /public-dashboards/ in it.',
  },
  fr: {
    open: 'Ouvrir dans Grafana',
    noFrame: "Ce Grafana n'autorise pas l'affichage de ses tableaux de bord dans un autre site.",
    missing: "NEXT_PUBLIC_GRAFANA_URL n'est pas définie : elle attend l'adresse d'un tableau de bord Grafana.",
    not_a_url: "NEXT_PUBLIC_GRAFANA_URL n'est pas une adresse.",
    not_https: 'NEXT_PUBLIC_GRAFANA_URL doit commencer par https://.',
    other_host: "NEXT_PUBLIC_GRAFANA_URL n'est pas sur *.grafana.net : indiquer votre Grafana dans NEXT_PUBLIC_GRAFANA_HOST.",
    shortened: 'NEXT_PUBLIC_GRAFANA_URL est un lien raccourci : désactiver « Shorten link » avant de le copier.',
    not_a_dashboard: 'NEXT_PUBLIC_GRAFANA_URL ne désigne pas un tableau de bord : elle contient /d/ ou /public-dashboards/.',
  },
} satisfies Record<string, Record<GrafanaUrlFault | 'open' | 'noFrame', string>>; // prettier-ignore

/** Grafana needs scripts and its own cookies. It may open its links in a tab; it cannot navigate this page. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';

export interface GrafanaDashboardProps extends GrafanaUrlOptions {
  readonly url: string | undefined;
  readonly title: string;
  /** What `allowsFrames` said of the address. */
  readonly framed: boolean;
  readonly lang?: keyof typeof TEXT;
  /** CSS length. */
  readonly height?: string;
}

export function GrafanaDashboard(props: GrafanaDashboardProps) {
  const { url, title, framed, lang = 'en', height = '80vh', ...options } = props;
  const text = TEXT[lang];
  const address = grafanaUrl(url, options);
  if (!address.ok) return <p role="alert">{text[address.fault]}</p>;
  const link = (
    <a href={address.url} target="_blank" rel="noopener noreferrer">
      {text.open}
    </a>
  );
  if (!framed) {
    return (
      <p>
        {text.noFrame} {link}
      </p>
    );
  }
  return (
    <>
      <iframe
        src={address.url}
        title={title}
        loading="lazy"
        referrerPolicy="no-referrer"
        sandbox={SANDBOX}
        style={{ width: '100%', height, border: 0 }}
      />
      <p>{link}</p>
    </>
  );
}
