/** The tap on fetch: sees each call that goes to a model, and leaves everything else exactly as it is. */
import { isFirst } from '../../hook/once.js';
import { disguise, isWrapped } from '../../hook/wrap.js';
import type { TapOptions } from './begin.js';
import type { Call } from './contract.js';
import { tapBody } from './clone.js';
import { beginLater } from './later-fetch.js';
import { begin, type Begun, type Outgoing } from './outgoing.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what an application gives to fetch is its own */
type Fetch = (...args: any[]) => Promise<any>;

/** Puts the tap in place of the global fetch. Node defines that lazily: this does not load undici. */
export function tapGlobalFetch(options: TapOptions): void {
  const original: unknown = globalThis.fetch;
  if (typeof original !== 'function' || isWrapped(original) || !isFirst(globalThis, 'fetch')) return;
  globalThis.fetch = tapFetch(original as Fetch, options) as typeof fetch;
}

/** The same function with the tap in it. */
export function tapFetch(original: Fetch, options: TapOptions): Fetch {
  const tapped = function fetch(this: unknown, ...args: any[]): Promise<any> {
    const begun = (isPost(args[0], args[1]) ? begin(args, options) : undefined) ?? beginLater(args, options);
    if (begun === undefined) return Reflect.apply(original, this, args);
    return send((sent) => Reflect.apply(original, this, sent), begun, options);
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

/** A new promise takes over value and failure, so that a failure nobody handles is told once, as without us. */
function send(
  original: (args: readonly any[]) => Promise<any>,
  begun: Begun,
  options: TapOptions,
): Promise<any> {
  const { call, outgoing } = begun;
  let strips = false;
  const go = (out: Outgoing): Promise<any> => {
    strips = out.strips;
    return original(out.args);
  };
  let sent: Promise<any>;
  try {
    sent = outgoing instanceof Promise ? outgoing.then(go) : go(outgoing);
  } catch (error) {
    call.error(error);
    throw error;
  }
  return sent.then(
    (response) => {
      options.guard.run('llm fetch', () => onResponse(response, call, strips, options));
      return response;
    },
    (error) => {
      call.error(error);
      throw error;
    },
  );
}

function onResponse(response: any, call: Call, strips: boolean, { calls }: TapOptions): void {
  const body: unknown = response.body;
  // Some fetch of another make, on top of Node's http client, whose own tap counts the call.
  if (body !== null && typeof (body as any)?.getReader !== 'function') return call.forget();
  call.response(response.status, (name) => response.headers.get(name));
  if (!response.ok) return;
  if (body === null) return void call.end();
  calls.abandonWith(body as object, call);
  tapBody(response, call, strips);
}
