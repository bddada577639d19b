/** What the OTEL_EXPORTER_OTLP_* settings come to: where a push goes, with what, and how. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Config } from '../config.js';

export interface OtlpSettings {
  /** Where pushes are posted to. May hold credentials: show it through {@link redactUrl} only. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The most one request may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly format: 'protobuf' | 'json';
  /** PEM files. */
  readonly certificate: string | undefined;
  readonly clientCertificate: string | undefined;
  readonly clientKey: string | undefined;
}

export type Warn = (key: string, line: string) => void;

/** From OTel's exporter specification: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
const DEFAULT_ENDPOINT = 'http://localhost:4318';
const DEFAULT_TIMEOUT_MS = 10_000;
const METRICS_PATH = 'v1/metrics';

/** Undefined when nothing is to be pushed: no OTLP endpoint, or exporters named and OTLP not among them. */
export function otlpSettings(config: Config, warn: Warn): OtlpSettings | undefined {
  const configured = config.otlpEndpoint !== undefined || config.otlpMetricsEndpoint !== undefined;
  if (!(config.exporters?.includes('otlp') ?? configured)) return undefined;
  return {
    url: config.otlpMetricsEndpoint ?? withMetricsPath(config.otlpEndpoint ?? DEFAULT_ENDPOINT),
    headers: usableHeaders({ ...config.otlpHeaders, ...config.otlpMetricsHeaders }, warn),
    timeoutMs: config.otlpMetricsTimeout ?? config.otlpTimeout ?? DEFAULT_TIMEOUT_MS,
    gzip: (config.otlpMetricsCompression ?? config.otlpCompression) === 'gzip',
    format: (config.otlpMetricsProtocol ?? config.otlpProtocol) === 'http/json' ? 'json' : 'protobuf',
    certificate: config.otlpMetricsCertificate ?? config.otlpCertificate,
    clientCertificate: config.otlpClientCertificate,
    clientKey: config.otlpClientKey,
  };
}

/** A general endpoint gets the signal's path appended; one for metrics alone is used as it is. */
function withMetricsPath(endpoint: string): string {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${METRICS_PATH}`;
  return url.href;
}

/** Node throws on a header it cannot send. Neither name nor value is told: what is wrong may be the secret. */
function usableHeaders(given: Readonly<Record<string, string>>, warn: Warn): Record<string, string> {
  const usable: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      usable[name.toLowerCase()] = value;
    } catch {
      warn(
        'push:headers',
        'OTEL_EXPORTER_OTLP_HEADERS: one header (not shown) cannot be sent and is left out; write key=value without quotes, the value percent-encoded',
      );
    }
  }
  return usable;
}

/** Scheme, host and path: user name, password and query can be secrets. */
export function redactUrl(text: string): string {
  try {
    const { protocol, host, pathname } = new URL(text);
    return /^https?:$/.test(protocol) ? `${protocol}//${host}${pathname}` : '(not a web address)';
  } catch {
    return '(not a web address)';
  }
}
