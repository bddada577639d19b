/**
 * What a call costs: the cost the answer itself states, else its usage times the model's price. A price is resolved once
 * for each model and then only multiplied; a call whose cost is not known says why, and is never taken for free.
 */
import { costOf } from './cost.js';
import { createResolver, type PriceSources, type Resolved } from './resolve.js';
import type { LlmEvent } from '../types.js';

export type Quote = { readonly costUsd: number } | { readonly reason: 'unknown_model' | 'no_usage' };

export interface Pricer {
  /** Loads the price table in a turn of its own, since that takes some 30 ms. Call it at any request: only the first does something. */
  warm(): void;
  /** US dollars of a finished call, or why they are not known. Never throws; loads the table at once if it must. */
  quote(event: LlmEvent): Quote;
  /** Prices have changed: what was resolved is resolved again. */
  forget(): void;
}

interface Entry extends Resolved {
  /** The minute for which it was resolved: the finest step in which a price changes. */
  readonly minute: number;
}

const UNKNOWN_MODEL: Quote = { reason: 'unknown_model' };
const NO_USAGE: Quote = { reason: 'no_usage' };
/** Models remembered; junk beyond it only empties the memory. */
const MAX_ENTRIES = 1_000;

/**
 * @param sources the price table (loaded on first use), our supplement to it, and the user's own prices
 * @param nowMs the time of day, which a few prices depend on
 */
export function createPricer(sources: PriceSources, nowMs: () => number = Date.now): Pricer {
  const resolver = createResolver(sources);
  const entries = new Map<string, Map<string, Entry>>();
  let size = 0;
  let isWarm = false;

  function entryOf(provider: string, model: string): Entry {
    const known = entries.get(provider)?.get(model);
    if (known !== undefined && (!known.changes || known.minute === minuteOf(nowMs()))) return known;
    const now = nowMs();
    return remember(provider, model, { ...resolver.resolve(provider, model, now), minute: minuteOf(now) });
  }

  function forget(): void {
    entries.clear();
    size = 0;
  }

  function remember(provider: string, model: string, entry: Entry): Entry {
    if (size >= MAX_ENTRIES) forget();
    const models = entries.get(provider) ?? new Map<string, Entry>();
    entries.set(provider, models);
    if (!models.has(model)) size++;
    models.set(model, entry);
    return entry;
  }

  /** By the model that answered; by the one asked for when only that has an own price, or any. */
  function entryFor({ provider, model, requestModel }: LlmEvent): Entry | undefined {
    const answered = model === undefined ? undefined : entryOf(provider, model);
    if (answered?.own === true || requestModel === undefined || requestModel === model) return answered;
    const asked = entryOf(provider, requestModel);
    return asked.own || answered?.price === undefined ? asked : answered;
  }

  return {
    forget,
    warm() {
      if (!isWarm) setImmediate(resolver.load).unref();
      isWarm = true;
    },
    quote(event) {
      const { costUsd, operation, usage, requests } = event;
      if (costUsd !== undefined && costUsd >= 0 && costUsd < Infinity) return { costUsd };
      const entry = entryFor(event);
      const factor = entry && factorOf(entry, event);
      const cost =
        entry?.price && factor !== undefined ? costOf(entry.price, usage ?? {}, factor, requests) : undefined;
      if (cost !== undefined) return { costUsd: cost };
      // Free where it tells no usage (OpenAI's); who charges for it (Mistral) tells its tokens.
      if (operation === 'moderation') return { costUsd: 0 };
      return entry?.price === undefined || factor === undefined ? UNKNOWN_MODEL : NO_USAGE;
    },
  };
}

const minuteOf = (ms: number): number => Math.floor(ms / 60_000);

/** What hour and service tier multiply the price by; undefined for a tier whose price we do not know. */
function factorOf({ tiers, times }: Entry, { operation, serviceTier }: LlmEvent): number | undefined {
  const tier = operation === 'batch' ? 'batch' : serviceTier;
  if (tiers === undefined || tier === undefined) return times;
  return Object.hasOwn(tiers, tier) ? (tiers[tier] as number) * times : undefined;
}
