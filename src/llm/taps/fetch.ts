/** The tap on fetch: sees each call that goes to a model, and leaves everything else exactly as it is. */
import { disguise, isWrapped } from '../../hook/wrap.js';
import { askForUsage, askForUsageInBytes } from './ask.js';
import { callStart, mayAskForUsage, type TapOptions } from './begin.js';
import type { Call } from './call.js';
import { isCounted } from './counted.js';
import { FEATURE_HEADER } from '../feature.js';
import { tapBody } from './clone.js';
import { findEndpoint } from '../providers/index.js';
import {
  bytesOf,
  headerOf,
  isJsonRequest,
  readCopy,
  readRequestBody,
  targetOf,
  withHeader,
  type FetchInit,
} from './request.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what an application gives to fetch is its own */
type Fetch = (...args: any[]) => Promise<any>;

/** Puts the tap in place of the global fetch. Node defines that lazily: this does not load undici. */
export function tapGlobalFetch(options: TapOptions): void {
  const original: unknown = globalThis.fetch;
  if (typeof original !== 'function' || isWrapped(original)) return;
  globalThis.fetch = tapFetch(original as Fetch, options) as typeof fetch;
}

/** The same function with the tap in it. */
export function tapFetch(original: Fetch, options: TapOptions): Fetch {
  const tapped = function fetch(this: unknown, ...args: any[]): Promise<any> {
    const begun = isPost(args[0], args[1]) ? begin(args, options) : undefined;
    if (begun === undefined) return Reflect.apply(original, this, args);
    return send(() => Reflect.apply(original, this, begun.args), begun, options);
  };
  return disguise(tapped, original);
}

function isPost(input: any, init: any): boolean {
  // A getter of the caller's may throw; fetch itself is to say so then.
  try {
    const method: unknown = init?.method ?? (typeof input === 'object' ? input?.method : undefined);
    return method === 'POST' || method === 'post';
  } catch {
    return false;
  }
}

interface Begun {
  readonly call: Call;
  /** What goes to fetch: the caller's own, unless something of it had to change. */
  readonly args: readonly any[];
  readonly strips: boolean;
}

/** Undefined when this is no call to a model, or when we fail to understand it: then it goes out as it came. */
function begin(args: readonly any[], options: TapOptions): Begun | undefined {
  try {
    const input: unknown = args[0];
    const url: unknown = typeof input === 'string' ? input : ((input as any)?.url ?? (input as any)?.href);
    const target = typeof url === 'string' ? targetOf(url) : undefined;
    const endpoint = target && findEndpoint(target.host, target.path);
    if (target === undefined || endpoint === undefined) return undefined;
    const init = (args[1] ?? {}) as FetchInit;
    const request = (typeof input === 'object' ? input : {}) as FetchInit;
    const headers = init.headers ?? request.headers;
    const header = (name: string): string | undefined => headerOf(headers, name);
    if (isCounted(header)) return undefined;
    const body = readRequestBody(init.body);
    const mayAsk = mayAskForUsage(endpoint, target.host, options.config) && isPlain(init);
    const asked = mayAsk ? withUsage(init.body, body) : undefined;
    const signal = (init.signal ?? request.signal) as AbortSignal | undefined;
    const call = options.calls.start(callStart(endpoint, header, signal));
    if (init.body === undefined && isJsonRequest(input)) {
      void readCopy(input).then((read) => call.requestBody(read));
    } else call.requestBody(body);
    if (asked !== undefined) call.askedForUsage();
    return { call, args: changed(args, init, headers, asked), strips: asked !== undefined };
  } catch (error) {
    options.guard.report('llm fetch', error);
    return undefined;
  }
}

/** A class of the caller's own cannot be copied: then the request is left as it is. */
function isPlain(init: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(init);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** The body with usage asked for, in the form it had. */
function withUsage(body: unknown, parsed: unknown): string | Uint8Array | undefined {
  if (typeof body === 'string') return askForUsage(body, parsed);
  const bytes = bytesOf(body);
  return bytes && askForUsageInBytes(bytes, parsed);
}

/** The arguments without our header and with the new body; the same ones when nothing changes. */
function changed(
  args: readonly any[],
  init: FetchInit,
  given: unknown,
  body: string | Uint8Array | undefined,
): readonly any[] {
  let headers = given;
  if (headerOf(headers, FEATURE_HEADER) !== undefined)
    headers = withHeader(headers, FEATURE_HEADER, undefined);
  if (body !== undefined && headerOf(headers, 'content-length') !== undefined) {
    headers = withHeader(headers, 'content-length', String(Buffer.byteLength(body)));
  }
  if ((headers === given && body === undefined) || !isPlain(init)) return args;
  const copy = { ...init, ...(headers !== given && { headers }), ...(body !== undefined && { body }) };
  return [args[0], copy, ...args.slice(2)];
}

/** A new promise takes over value and failure, so that a failure nobody handles is told once, as without us. */
function send(original: () => Promise<any>, begun: Begun, options: TapOptions): Promise<any> {
  const { call } = begun;
  let sent: Promise<any>;
  try {
    sent = original();
  } catch (error) {
    call.error(error);
    throw error;
  }
  return sent.then(
    (response) => {
      options.guard.run('llm fetch', () => onResponse(response, begun, options));
      return response;
    },
    (error) => {
      call.error(error);
      throw error;
    },
  );
}

function onResponse(response: any, { call, strips }: Begun, { calls }: TapOptions): void {
  const body: unknown = response.body;
  // Some fetch of another make, on top of Node's http client, whose own tap counts the call.
  if (body !== null && typeof (body as any)?.getReader !== 'function') return call.forget();
  call.response(response.status, (name) => response.headers.get(name));
  if (!response.ok) return;
  if (body === null) return void call.end();
  calls.abandonWith(body as object, call);
  tapBody(response, call, strips);
}
