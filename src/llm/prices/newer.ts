/** A later list of genai-prices than the installed one, as `intelia-otel prices --update` wrote it. */
import type { Provider } from '@pydantic/genai-prices';
import type { PriceTable } from './table.js';

export interface NewerTable {
  /** When it was fetched, as `2026-11-22`. */
  readonly date: string;
  readonly providers: ReadonlyMap<string, Provider>;
}

/** The key of a price file that holds it: no model is called so. */
export const NEWER_KEY = 'genai_prices';

/** Undefined for what is no such list. What is inside a model is the library's to judge when the model is asked for. */
export function parseNewer(value: unknown): NewerTable | undefined {
  const { date, providers } = (value ?? {}) as { date?: unknown; providers?: unknown };
  if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  if (!Array.isArray(providers) || !providers.every(isProvider)) return undefined;
  return { date, providers: new Map(providers.map((provider) => [provider.id, provider])) };
}

export function isProvider(value: unknown): value is Provider {
  const { id, models } = (value ?? {}) as { id?: unknown; models?: unknown };
  return typeof id === 'string' && Array.isArray(models) && models.every(isModel);
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function isModel(value: unknown): boolean {
  const { id, match, prices } = (value ?? {}) as { id?: unknown; match?: unknown; prices?: unknown };
  return typeof id === 'string' && isObject(match) && isObject(prices);
}

/**
 * Asks the newer list first, then the installed one. The library's own list is left as it is: an application may use
 * the same copy of it.
 */
export function withNewer(installed: PriceTable, { providers }: NewerTable): PriceTable {
  return {
    ...installed,
    calcPrice(usage, model, options = {}) {
      const { providerId, ...rest } = options;
      const id = providerId ?? installed.findProvider?.({ modelId: model })?.id ?? '';
      for (const name of [id, ...(providers.get(id)?.fallback_model_providers ?? [])]) {
        const provider = providers.get(name);
        if (provider === undefined) continue;
        const alone = { ...provider, fallback_model_providers: [] };
        const found = installed.calcPrice(usage, model, { ...rest, provider: alone });
        if (found !== null) return found;
      }
      return installed.calcPrice(usage, model, options);
    },
  };
}
