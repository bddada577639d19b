/**
 * The tap on the package `undici` below its fetch: `request`, `stream`, `pipeline` and a Dispatcher's own, over the
 * diagnostics channels that undici publishes to. They show each request, and change nothing but its headers.
 */
import { onChannel } from '../../hook/channel.js';
import { callStart, keepsFeatureHeader, type TapOptions } from './begin.js';
import type { Call, HeaderReader } from './contract.js';
import { isCounted } from './counted.js';
import { FEATURE_HEADER } from '../feature.js';
import { findEndpoint } from '../providers/index.js';
import { mayBeLater } from '../providers/later.js';
import { readRequestBody, targetOf } from './request.js';
import { createInflater, type Sink } from '../wire/body.js';

/** What undici's documentation says of the request that it publishes. */
interface Published {
  readonly method: string;
  readonly origin: unknown;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: unknown;
  readonly body: unknown;
}

interface Head {
  readonly statusCode: number;
  /** Names and values in turn, as bytes. */
  readonly headers: readonly unknown[];
}

interface Exchange {
  readonly call: Call;
  /** Reads what comes: a copy is inflated first. */
  sink: Sink;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function tapDispatchers(options: TapOptions): void {
  const { guard } = options;
  const exchanges = new WeakMap<object, Exchange>();
  onChannel(guard, 'undici:request:create', ({ request }) => {
    const call = begin(request, options);
    if (call !== undefined) exchanges.set(request, { call, sink: call });
  });
  onChannel(guard, 'undici:request:headers', ({ request, response }) => {
    const exchange = exchanges.get(request);
    if (exchange !== undefined) onHead(exchange, response);
  });
  // Versions before 7.11 have no such channel: of them calls are counted, but not what they used.
  onChannel(guard, 'undici:request:bodyChunkReceived', ({ request, chunk }) => {
    exchanges.get(request)?.sink.chunk(chunk);
  });
  onChannel(guard, 'undici:request:trailers', ({ request }) => void exchanges.get(request)?.sink.end());
  onChannel(guard, 'undici:request:error', ({ request, error }) => {
    exchanges.get(request)?.call.error(error);
  });
}

function begin(request: Published, { calls, later }: TapOptions): Call | undefined {
  const { method, path } = request;
  if (method !== 'POST' && !(method === 'GET' && mayBeLater(path))) return undefined;
  const target = targetOf(String(request.origin) + path);
  if (target === undefined || !Array.isArray(request.headers)) return undefined;
  const headers: unknown[] = request.headers;
  const header: HeaderReader = (name) => valueOf(headers, name);
  const endpoint = method === 'POST' ? findEndpoint(target.host, target.path) : undefined;
  if (endpoint === undefined && !mayBeLater(path)) return undefined;
  // Every fetch says so, of which another tap of ours knows more.
  if (header('sec-fetch-mode') !== undefined || isCounted(header)) return undefined;
  const call =
    endpoint === undefined
      ? later?.find(method, target.host, target.path, header(FEATURE_HEADER))
      : calls.start(callStart(endpoint, header, undefined));
  call?.requestBody(readRequestBody(request.body));
  const at = indexOf(headers, FEATURE_HEADER);
  if (call !== undefined && at !== -1 && !keepsFeatureHeader(header)) headers.splice(at, 2);
  return call;
}

function onHead(exchange: Exchange, { statusCode, headers }: Head): void {
  const { call } = exchange;
  if (statusCode < 200) return;
  if (REDIRECTS.has(statusCode)) return call.forget();
  call.response(statusCode, (name) => valueOf(headers, name));
  const encoding = valueOf(headers, 'content-encoding') ?? 'identity';
  if (encoding !== 'identity') exchange.sink = createInflater(encoding, call) ?? unread(call);
}

const unread = (call: Call): Sink => ({ chunk: () => undefined, end: () => call.end() });

function indexOf(headers: readonly unknown[], name: string): number {
  for (let i = 0; i < headers.length; i += 2) if (String(headers[i]).toLowerCase() === name) return i;
  return -1;
}

function valueOf(headers: readonly unknown[], name: string): string | undefined {
  const at = indexOf(headers, name);
  return at === -1 ? undefined : String(headers[at + 1]);
}
