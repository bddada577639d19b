/**
 * The tap on Node's http client, for whatever does not use fetch: the SDKs over node-fetch, axios, got. A request is
 * seen as it is written, its answer as it arrives from the socket, before any reader gets it.
 */
import { ClientRequest, type IncomingMessage } from 'node:http';
import { onChannel } from '../../hook/channel.js';
import { isFirst } from '../../hook/once.js';
import { ownMethod } from '../../hook/own.js';
import { wrapMethod } from '../../hook/wrap.js';
import { askForUsageInBytes } from './ask.js';
import { callStart, isSigned, keepsFeatureHeader, mayAskForUsage, type TapOptions } from './begin.js';
import { createInflater, createJsonReader, type JsonReader, type Sink } from '../wire/body.js';
import type { Call } from './contract.js';
import { isCounted } from './counted.js';
import { FEATURE_HEADER } from '../feature.js';
import { createFormReader, type FormReader } from './form.js';
import { beginHandshake, isHandshake } from './handshake.js';
import { findEndpoint } from '../providers/index.js';
import { mayBeLater } from '../providers/later.js';
import { targetOf, withoutQuery, type Target } from './request.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- requests and answers are changed by every library on top of them */

/** One request to a model, from its first byte to the last of its answer. */
interface Exchange {
  /** A piece of the request's body; gives what is to be sent instead of it. */
  sent(piece: unknown, encoding: unknown, isLast: boolean): unknown;
  answered(response: IncomingMessage): void;
}

export function tapHttpClient(options: TapOptions): void {
  if (!isFirst(ClientRequest.prototype, 'llm')) return;
  const { guard } = options;
  const exchanges = new WeakMap<ClientRequest, Exchange | null>();
  const exchangeOf = (request: ClientRequest): Exchange | null => {
    let exchange = exchanges.get(request);
    if (exchange === undefined) {
      exchange = guard.run('llm http client', () => begin(request, options)) ?? null;
      exchanges.set(request, exchange);
    }
    return exchange;
  };
  for (const name of ['write', 'end'] as const) {
    wrapMethod(ClientRequest.prototype, name, (original) => {
      return function (this: ClientRequest, ...args: any[]): unknown {
        const exchange = mayBeCall(this) ? exchangeOf(this) : null;
        if (exchange === null) return original.apply(this, args);
        const piece: unknown = guard.run('llm http client', () =>
          exchange.sent(args[0], args[1], name === 'end'),
        );
        if (piece !== undefined) args[0] = piece;
        return original.apply(this, args);
      };
    });
  }
  onChannel(guard, 'http.client.response.finish', ({ request, response }) => {
    exchanges.get(request)?.answered(response);
  });
}

/** Or a GET that brings calls asked for earlier, or opens a socket. */
function mayBeCall(request: ClientRequest): boolean {
  const { method, path } = request;
  return method === 'POST' || (method === 'GET' && (mayBeLater(path) || isHandshake(request)));
}

function targetOfRequest(request: ClientRequest): Target | undefined {
  // To a proxy the whole URL is sent for a path.
  if (!request.path.startsWith('/')) return targetOf(request.path);
  const host = String(request.getHeader('host') ?? request.host);
  return { host: host.toLowerCase(), path: withoutQuery(request.path) };
}

function begin(request: ClientRequest, options: TapOptions): Exchange | undefined {
  const target = targetOfRequest(request);
  if (target === undefined) return undefined;
  const header = (name: string): string | undefined => request.getHeader(name)?.toString();
  if (request.method === 'GET' && isHandshake(request)) {
    const { guard, sockets } = options;
    if (sockets === undefined) return undefined;
    const handshake = { request, target, header, start: sockets.start, guard, watch: watchRequest };
    const begun = beginHandshake(handshake);
    return begun && { ...begun, sent: () => undefined };
  }
  const endpoint = request.method === 'POST' ? findEndpoint(target.host, target.path) : undefined;
  if (endpoint === undefined) return beginLater(request, target, header(FEATURE_HEADER), options);
  if (isCounted(header)) return undefined;
  const call = options.calls.start(callStart(endpoint, header, undefined));
  const isNamed = header(FEATURE_HEADER) !== undefined && !keepsFeatureHeader(header);
  if (isNamed && !request.headersSent) request.removeHeader(FEATURE_HEADER);
  const mayAsk = mayAskForUsage(endpoint, target.host, options.config) && !isSigned(header);
  const fate = watchRequest(request, call);
  return {
    sent: tapRequestBody(request, call, mayAsk),
    answered(response) {
      fate.hasAnswer = true;
      tapResponse(response, call, fate, options);
    },
  };
}

function beginLater(
  request: ClientRequest,
  { host, path }: Target,
  named: string | undefined,
  options: TapOptions,
): Exchange | undefined {
  const call = options.later?.find(request.method, host, path, named);
  if (call === undefined) return undefined;
  if (named !== undefined && !request.headersSent) request.removeHeader(FEATURE_HEADER);
  const fate = watchRequest(request, call);
  return {
    sent: () => undefined,
    answered(response) {
      fate.hasAnswer = true;
      tapResponse(response, call, fate, options);
    },
  };
}

/** What becomes of a request. Node says ECONNRESET for every broken connection, whoever broke it. */
interface Fate {
  hasAnswer: boolean;
  /** What the host broke it with. */
  givenUp?: { readonly error: unknown };
  isTimedOut: boolean;
}

function reasonOf(fate: Fate, error: unknown): unknown {
  if (fate.isTimedOut) return { name: 'TimeoutError' };
  if (fate.givenUp === undefined) return error;
  const { name } = (fate.givenUp.error ?? {}) as { name?: unknown };
  return { name: name === 'TimeoutError' ? name : 'AbortError', cause: fate.givenUp.error };
}

/** `emit`, not listeners: one more listener for errors would keep an error nobody handles from being told. */
function watchRequest(request: ClientRequest, call: Call): Fate {
  const fate: Fate = { hasAnswer: false, isTimedOut: false };
  const { emit, destroy } = request;
  ownMethod(request, 'emit', (name: string, ...args: unknown[]) => {
    if (name === 'timeout') fate.isTimedOut = true;
    else if (name === 'error') call.error(reasonOf(fate, args[0]));
    else if (name === 'close' && !fate.hasAnswer) call.error(reasonOf(fate, undefined));
    return (emit as any).call(request, name, ...args);
  });
  ownMethod(request, 'destroy', (error?: Error) => {
    fate.givenUp ??= { error };
    return destroy.call(request, error);
  });
  return fate;
}

/** Bodies up to this size are changed; a longer one is a stream's. */
const MAX_CHANGED = 4 * 1024 * 1024;

function tapRequestBody(request: ClientRequest, call: Call, mayAsk: boolean): Exchange['sent'] {
  let isFirst = true;
  const isForm = String(request.getHeader('content-type')).startsWith('multipart/');
  const reader: FormReader | JsonReader = isForm ? createFormReader() : createJsonReader();
  /** Whole bodies only, while the length can still be changed. */
  const isWhole = (bytes: Uint8Array, isLast: boolean): boolean => {
    const length = request.getHeader('content-length');
    return isFirst && !request.headersSent && (isLast || Number(length) === bytes.length);
  };
  return (piece, encoding, isLast) => {
    const bytes =
      typeof piece === 'string'
        ? Buffer.from(piece, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : piece;
    let changed: Uint8Array | undefined;
    if (bytes instanceof Uint8Array) {
      reader.push(bytes);
      if (mayAsk && isWhole(bytes, isLast) && bytes.length <= MAX_CHANGED) changed = ask(request, bytes);
      isFirst = false;
    }
    if (changed !== undefined) call.askedForUsage();
    if (isLast) call.requestBody(reader.value());
    return changed;
  };
}

/** An answer can be mended only as plain text, so that is asked for too; whoever reads it sees the same either way. */
function ask(request: ClientRequest, body: Uint8Array): Uint8Array | undefined {
  const changed = askForUsageInBytes(body);
  if (changed === undefined) return undefined;
  if (request.hasHeader('content-length')) request.setHeader('content-length', changed.length);
  if (request.hasHeader('accept-encoding')) request.setHeader('accept-encoding', 'identity');
  return changed;
}

const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

function tapResponse(response: IncomingMessage, call: Call, fate: Fate, { calls }: TapOptions): void {
  // The SDK follows it, and what it sends then is seen as a call of its own.
  if (REDIRECTS.has(response.statusCode)) return call.forget();
  // Read now: axios takes the encoding off the headers.
  const encoding = response.headers['content-encoding'] ?? 'identity';
  call.response(response.statusCode ?? 0, (name) => response.headers[name]?.toString());
  const sink: Sink | undefined = encoding === 'identity' ? call : createInflater(encoding, call);
  calls.abandonWith(response, call);
  const { push, destroy } = response;
  let isOver = false;
  ownMethod(response, 'push', (chunk: Buffer | null, ...rest: any[]) => {
    if (chunk === null) {
      isOver = true;
      const held = (sink ?? call).end();
      if (held instanceof Uint8Array && held.length > 0) push.call(response, held);
      return push.call(response, null);
    }
    const given = sink?.chunk(chunk);
    if (sink !== call || given === chunk) return push.call(response, chunk, ...rest);
    // Nothing of it for the caller: the socket may go on.
    return (given as Uint8Array).length === 0 || push.call(response, given, ...rest);
  });
  ownMethod(response, 'destroy', (error?: Error) => {
    if (!isOver) call.error(reasonOf(brokenBy(fate, error), error));
    return destroy.call(response, error);
  });
}

/** Node itself breaks an answer off with ECONNRESET; whatever else does is the host, a `break` from a loop included. */
function brokenBy(fate: Fate, error: Error | undefined): Fate {
  if ((error as { code?: unknown } | undefined)?.code !== 'ECONNRESET') fate.givenUp ??= { error };
  return fate;
}
