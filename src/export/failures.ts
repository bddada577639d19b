/** What an answer means: delivered or not, worth another try or not, and one plain line for people. */
import type { Emit } from '../catalogue/catalogue.js';
import type { Answer, Response } from './post.js';
import type { PartialSuccess } from './partial.js';
import { redactUrl, type OtlpSettings, type Warn } from './settings.js';

/** The values of `reason` in `intelia_otel_export_failures_total` that a push can give. */
export const PUSH_FAILURES = [
  'unauthorized', 'not_found', 'bad_request', 'too_large', 'rate_limited', 'client_error', 'server_error', 'redirect',
  'partial_success', 'refused', 'dns', 'tls', 'timeout', 'network', 'internal',
] as const; // prettier-ignore
export type PushFailure = (typeof PUSH_FAILURES)[number];

export interface Verdict {
  /** The backend has the totals. */
  readonly sent: boolean;
  /** The backend has read the points, though it may have refused some: their zeros need not be sent again. */
  readonly read: boolean;
  readonly retryable: boolean;
  /** What the backend asks us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

interface Finding {
  readonly reason: PushFailure;
  readonly what: string;
  readonly remedy: string;
}

/** The longest that a Retry-After is obeyed: a backend's slip must not silence a process for a year. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;
const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);
const AGAIN = 'totals are kept and go with the next push';

export interface JudgeOptions {
  readonly settings: OtlpSettings;
  readonly emit: Emit;
  readonly warn: Warn;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Gives the verdict on one answer; counts a failure, and says it the first time. */
export function createJudge({ settings, emit, warn, nowMs }: JudgeOptions) {
  const where = redactUrl(settings.url);
  const clean = cleaner(settings);
  return (answer: Answer, partial: PartialSuccess | undefined): Verdict => {
    const finding = findFailure(answer, partial, settings, clean);
    if (finding !== undefined) {
      emit('intelia_otel_export_failures_total', 1, { reason: finding.reason });
      const status = 'status' in answer ? `:${answer.status}` : '';
      const line = `OTLP push to ${where}: ${finding.what}; ${finding.remedy}`;
      warn(`push:${finding.reason}${status}`, line);
    }
    if ('code' in answer) return { sent: false, read: false, retryable: true, retryAfterMs: undefined };
    const { status, retryAfter } = answer;
    const sent = status >= 200 && status < 300;
    return {
      sent,
      read: sent || status === 400 || status === 413,
      retryable: RETRYABLE_STATUS.has(status),
      retryAfterMs: retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, nowMs()),
    };
  };
}

/** Seconds or an HTTP date, as milliseconds from now; undefined for what is neither. */
export function parseRetryAfter(text: string, nowMs: number): number | undefined {
  const ms = /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

type Clean = (text: string) => string;

function findFailure(
  answer: Answer,
  partial: PartialSuccess | undefined,
  settings: OtlpSettings,
  clean: Clean,
): Finding | undefined {
  if ('code' in answer) return describeError(answer.code, settings);
  const { status } = answer;
  if (status < 200 || status >= 300) return describeStatus(answer, settings, clean);
  if (partial === undefined || partial.rejected === 0) return undefined;
  return {
    reason: 'partial_success',
    what: `the backend refused ${partial.rejected} data points${quote(clean(partial.message))}`,
    remedy: "the others are delivered; look up its message in the backend's limits",
  };
}

function describeStatus(response: Response, settings: OtlpSettings, clean: Clean): Finding {
  const { status } = response;
  const said = quote(clean(Buffer.from(response.body).toString('utf8')));
  if (status === 401 || status === 403)
    return {
      reason: 'unauthorized',
      what: `${status}, the credentials are refused`,
      remedy: `check OTEL_EXPORTER_OTLP_HEADERS (Authorization=Basic%20<base64 of instance id:token>) and that the token may write metrics; ${AGAIN}`,
    };
  if (status === 404) return { reason: 'not_found', what: '404, nothing takes metrics there', remedy: pathRemedy(settings.url) };
  if (status >= 300 && status < 400)
    return {
      reason: 'redirect',
      what: `${status}, a redirect to ${redirectTarget(response, settings.url)}`,
      remedy: 'it is not followed, since the credentials would go along; set OTEL_EXPORTER_OTLP_ENDPOINT to where the backend is',
    };
  if (status === 413)
    return { reason: 'too_large', what: `413, the request is too large${said}`, remedy: "set OTEL_EXPORTER_OTLP_COMPRESSION=gzip or raise the backend's limit" };
  if (status === 429)
    return { reason: 'rate_limited', what: `429, rate limited${waitOf(response)}${said}`, remedy: `raise OTEL_METRIC_EXPORT_INTERVAL or the backend's limit; ${AGAIN}` };
  if (status === 400)
    return { reason: 'bad_request', what: `400, the request is refused${said}`, remedy: 'what the backend says is the cause; these points are not taken' };
  if (status >= 500)
    return { reason: 'server_error', what: `${status}, the backend is not well${said}`, remedy: `look at the backend; ${AGAIN}` };
  return { reason: 'client_error', what: `${status}${said}`, remedy: `check OTEL_EXPORTER_OTLP_ENDPOINT; ${AGAIN}` };
} // prettier-ignore

function describeError(code: string, { url, timeoutMs }: OtlpSettings): Finding {
  const { hostname, port, protocol } = new URL(url);
  const grpc = port === '4317' ? ' 4317 is the port of gRPC: OTLP over HTTP is on 4318;' : '';
  if (code === 'ECONNREFUSED')
    return { reason: 'refused', what: 'nothing listens there (ECONNREFUSED)', remedy: `check host and port of the endpoint and that the backend runs;${grpc} ${AGAIN}` };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { reason: 'dns', what: `the host name ${hostname} is not known (${code})`, remedy: `check its spelling and the DNS of this machine; ${AGAIN}` };
  if (code === 'TIMEOUT' || code === 'ETIMEDOUT' || code === 'ABORTED')
    return { reason: 'timeout', what: 'no answer in time', remedy: `check the network and firewall on the way, or raise OTEL_EXPORTER_OTLP_TIMEOUT (${timeoutMs} ms); ${AGAIN}` };
  if (isTls(code))
    return { reason: 'tls', what: `no secure connection (${code})`, remedy: `check ${protocol === 'https:' ? "OTEL_EXPORTER_OTLP_CERTIFICATE, the backend's certificate and that it speaks https" : 'the scheme'}; ${AGAIN}` };
  if (code === 'INTERNAL')
    return { reason: 'internal', what: 'the request could not be made', remedy: AGAIN };
  return { reason: 'network', what: `the connection failed (${code})`, remedy: `check the network and that this is an OTLP over HTTP endpoint;${grpc} ${AGAIN}` };
} // prettier-ignore

/** OpenSSL's verdicts on a certificate, and `EPROTO` for a server that does not speak TLS at all. */
function isTls(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|HOSTNAME_MISMATCH/.test(code);
}

function pathRemedy(url: string): string {
  const { pathname } = new URL(url);
  if (/\/v1\/metrics\/v1\/metrics\/?$/.test(pathname))
    return 'the path is doubled: leave /v1/metrics out of OTEL_EXPORTER_OTLP_ENDPOINT, it is appended';
  if (!/\/v1\/metrics\/?$/.test(pathname))
    return 'the path lacks /v1/metrics: OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is used as it is, OTEL_EXPORTER_OTLP_ENDPOINT gets it appended';
  return 'check the path of the endpoint (Grafana Cloud: https://otlp-gateway-<zone>.grafana.net/otlp)';
}

function redirectTarget({ location }: Response, base: string): string {
  return location !== undefined && URL.canParse(location, base)
    ? redactUrl(new URL(location, base).href)
    : 'an unknown place';
}

function waitOf({ retryAfter }: Response): string {
  return retryAfter !== undefined && /^[\w ,:]{1,40}$/.test(retryAfter)
    ? ` (Retry-After: ${retryAfter})`
    : '';
}

const quote = (text: string): string => (text === '' ? '' : `: ${JSON.stringify(text)}`);

/** A backend's own words: printable, short, and without any of our credentials, which a proxy may echo. */
function cleaner({ headers, url }: OtlpSettings): Clean {
  const { username, password } = new URL(url);
  const values = [
    ...Object.values(headers),
    ...Object.values(headers).flatMap((value) => value.split(' ').slice(1)),
  ];
  const secrets = [...values, username, password].filter((secret) => secret.length >= 4);
  return (text) => {
    let safe = text;
    for (const secret of secrets) safe = safe.replaceAll(secret, '***');

    return safe
      .replace(/[\u0000-\u001f\u007f-\u009f\ufffd\u2028\u2029]+/g, ' ')
      .trim()
      .slice(0, 160);
  };
}
