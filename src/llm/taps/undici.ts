/** The fetch that the package `undici` exports: applications give it to SDKs, for a proxy or an agent of their own. */
import { onFileLoad } from '../../hook/load.js';
import { isWrapped } from '../../hook/wrap.js';
import type { TapOptions } from './begin.js';
import { tapFetch } from './fetch.js';

/** Puts the tap in place of it, in every copy that is loaded. */
export function tapUndici(options: TapOptions): void {
  onFileLoad(options.guard, 'undici/index.js', (undici) => {
    const original: unknown = undici.fetch;
    if (typeof original !== 'function' || isWrapped(original)) return;
    undici.fetch = tapFetch(original as typeof fetch, options);
  });
}
