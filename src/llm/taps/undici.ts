/** The package `undici`: applications give its fetch to SDKs, for a proxy or an agent of their own, or send with it. */
import { isFirst } from '../../hook/once.js';
import { onKnownFile } from '../../hook/version.js';
import { isWrapped } from '../../hook/wrap.js';
import type { TapOptions } from './begin.js';
import { tapDispatchers } from './dispatcher.js';
import { tapFetch } from './fetch.js';

export const UNDICI_VERSIONS = '5 || 6 || 7 || 8';

/** Puts the taps in place, in every copy that is loaded; where none is, Node's own fetch publishes nothing for us. */
export function tapUndici(options: TapOptions): void {
  onKnownFile(options, 'undici/index.js', UNDICI_VERSIONS, (undici) => {
    if (isFirst(globalThis, 'undici')) tapDispatchers(options);
    const original: unknown = undici.fetch;
    if (typeof original !== 'function' || isWrapped(original) || !isFirst(undici, 'fetch')) return;
    undici.fetch = tapFetch(original as typeof fetch, options);
  });
}
