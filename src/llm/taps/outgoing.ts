/** What a caller gives to fetch for a call to a model, and what goes out instead of it. */
import { askForUsage, askForUsageInBytes } from './ask.js';
import { callStart, isSigned, keepsFeatureHeader, mayAskForUsage, type TapOptions } from './begin.js';
import type { Call } from './contract.js';
import { isCounted } from './counted.js';
import { FEATURE_HEADER } from '../feature.js';
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
import { readAhead, standIn, type StandIn } from './stand-in.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what an application gives to fetch is its own */
export interface Outgoing {
  /** What goes to fetch: the caller's own, unless something of it had to change. */
  readonly args: readonly any[];
  /** Usage was asked for, and is to be taken out of the answer again. */
  readonly strips: boolean;
}

export interface Begun {
  readonly call: Call;
  /** A promise where a Request's body is looked at first; it never fails. */
  readonly outgoing: Outgoing | Promise<Outgoing>;
}

/** Undefined when this is no call to a model, or when we fail to understand it: then it goes out as it came. */
export function begin(args: readonly any[], options: TapOptions): Begun | undefined {
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
    const mayAsk =
      mayAskForUsage(endpoint, target.host, options.config) && isPlain(init) && !isSigned(header);
    const signal = (init.signal ?? request.signal) as AbortSignal | undefined;
    const call = options.calls.start(callStart(endpoint, header, signal));
    const isNamed = header(FEATURE_HEADER) !== undefined && !keepsFeatureHeader(header);
    const given = isNamed ? withHeader(headers, FEATURE_HEADER, undefined) : headers;
    return { call, outgoing: outgoingOf({ args, init, headers, given, mayAsk, call }) };
  } catch (error) {
    options.guard.report('llm fetch', error);
    return undefined;
  }
}

interface Given {
  readonly args: readonly any[];
  readonly init: FetchInit;
  /** The caller's, and the same without our own. */
  readonly headers: unknown;
  readonly given: unknown;
  readonly mayAsk: boolean;
  readonly call: Call;
}

function outgoingOf(all: Given): Outgoing | Promise<Outgoing> {
  const { args, init, headers, given, mayAsk, call } = all;
  const input: unknown = args[0];
  if (init.body === undefined && isJsonRequest(input)) {
    const stand = mayAsk ? standIn(input, init, given === headers ? init.headers : given) : undefined;
    if (stand !== undefined) return outgoingRequest(stand, all);
    void readCopy(input).then((read) => call.requestBody(read));
    return { args: changed(all, undefined), strips: false };
  }
  const body = readRequestBody(init.body);
  const asked = mayAsk ? withUsage(init.body, body) : undefined;
  call.requestBody(body);
  if (asked !== undefined) call.askedForUsage();
  return { args: changed(all, asked), strips: asked !== undefined };
}

async function outgoingRequest({ own, init }: StandIn, { args, given, call }: Given): Promise<Outgoing> {
  const body = await readAhead(own, (read) => call.requestBody(read));
  if (body === undefined) return { args: [own, init, ...args.slice(2)], strips: false };
  call.askedForUsage();
  const headers = withLength(given, body);
  const asking = { ...init, body, ...(headers !== given && { headers }) };
  return { args: [own, asking, ...args.slice(2)], strips: true };
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
  { args, init, headers, given }: Given,
  body: string | Uint8Array | undefined,
): readonly any[] {
  const mended = body === undefined ? given : withLength(given, body);
  if ((mended === headers && body === undefined) || !isPlain(init)) return args;
  const copy = {
    ...init,
    ...(mended !== headers && { headers: mended }),
    ...(body !== undefined && { body }),
  };
  return [args[0], copy, ...args.slice(2)];
}

function withLength(headers: unknown, body: string | Uint8Array): unknown {
  if (headerOf(headers, 'content-length') === undefined) return headers;
  return withHeader(headers, 'content-length', String(Buffer.byteLength(body)));
}
