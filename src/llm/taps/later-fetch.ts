/** A fetch that brings calls asked for earlier: seen by its URL, sent as it is. */
import { FEATURE_HEADER } from '../feature.js';
import { mayBeLater } from '../providers/later.js';
import type { TapOptions } from './begin.js';
import type { Call } from './contract.js';
import { headerOf, targetOf, withHeader, type FetchInit } from './request.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what an application gives to fetch is its own */
interface Begun {
  readonly call: Call;
  readonly outgoing: { readonly args: readonly any[]; readonly strips: boolean };
}

/** Undefined for every other fetch. Asked for each one that the application sends and that is no call to a model. */
export function beginLater(args: readonly any[], { later, guard }: TapOptions): Begun | undefined {
  try {
    const input: any = args[0];
    const url: unknown = typeof input === 'string' ? input : (input?.url ?? input?.href);
    if (typeof url !== 'string' || !mayBeLater(url)) return undefined;
    const target = targetOf(url);
    if (target === undefined) return undefined;
    const init = (args[1] ?? {}) as FetchInit;
    const request = (typeof input === 'object' ? input : {}) as FetchInit;
    const method = String(init.method ?? request.method ?? 'GET').toUpperCase();
    const headers = init.headers ?? request.headers;
    const named = headerOf(headers, FEATURE_HEADER);
    const call = later?.find(method, target.host, target.path, named);
    if (call === undefined) return undefined;
    const isOurs = named !== undefined && isPlain(init);
    const sent = isOurs ? [input, without(init, headers), ...args.slice(2)] : args;
    return { call, outgoing: { args: sent, strips: false } };
  } catch (error) {
    guard.report('llm fetch', error);
    return undefined;
  }
}

/** An instance of a class of the caller's own cannot be copied. */
const isPlain = (init: object): boolean =>
  [Object.prototype, null].includes(Object.getPrototypeOf(init) as object | null);

const without = (init: FetchInit, headers: unknown): object => ({
  ...init,
  headers: withHeader(headers, FEATURE_HEADER, undefined),
});
