/** Which part of the application a model is called for: the `feature` label. */
import { AsyncLocalStorage } from 'node:async_hooks';

const features = new AsyncLocalStorage<string>();

/** The header by which an application names the feature of one call. It is taken off before the request leaves. */
export const FEATURE_HEADER = 'x-intelia-feature';

/**
 * Counts every LLM call made inside `fn`, also after an `await`, under the feature `name`. The innermost name wins;
 * it wins over the header `x-intelia-feature` and over the endpoint's default. Names are bounded: past 50 distinct
 * ones they are counted as `other`.
 *
 * @returns What `fn` returns; what it throws is thrown.
 * @example
 * const summary = await withLlmFeature('summary', () => openai.chat.completions.create({ model, messages }));
 */
export function withLlmFeature<T>(name: string, fn: () => T): T {
  return features.run(name, fn);
}

/** The feature of a call made now. */
export function featureOf(header: string | undefined, fallback: string): string {
  const named = features.getStore();
  if (typeof named === 'string' && named !== '') return named;
  return header === undefined || header === '' ? fallback : header;
}
