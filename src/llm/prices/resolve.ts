/** Finds what a model costs: the user's own price, else the price table mended by our supplement. */
import type { Guard } from '../../guard.js';
import { bareModel, isFineTuned, normaliseModel } from '../model.js';
import { withNewer, type NewerTable } from './newer.js';
import { compile, type Price, type PriceRow } from './row.js';
import type { Supplement } from './supplement.js';
import { familiesOf, type PriceFamily, type PriceTable } from './table.js';

export interface PriceSources {
  readonly loadTable: () => PriceTable;
  readonly supplement: Supplement;
  /** Own prices by model id in small letters. */
  readonly overrides: ReadonlyMap<string, PriceRow>;
  /** A later list than the table's, which is asked first. */
  readonly newer?: () => NewerTable | undefined;
  readonly guard: Pick<Guard, 'run'>;
}

export interface Resolved {
  readonly price: Price | undefined;
  /** The user's own: it holds for every service tier. */
  readonly own: boolean;
  /** What a service tier multiplies the price by; undefined where tiers cost nothing more or less. */
  readonly tiers: Readonly<Record<string, number>> | undefined;
  /** Another day or another time of day has another price. */
  readonly changes: boolean;
}

export interface Resolver {
  /** Loads the table if it is not loaded yet. */
  load(): void;
  resolve(provider: string, model: string, nowMs: number): Resolved;
}

const UNKNOWN: Resolved = { price: undefined, own: false, tiers: undefined, changes: false };

export function createResolver({ loadTable, supplement, overrides, newer, guard }: PriceSources): Resolver {
  let table: PriceTable | 'none' | undefined;
  const loaded = (): PriceTable | undefined => {
    // A table that cannot be loaded is not tried again at every call.
    table ??= guard.run('llm price table', loadTable) ?? 'none';
    if (table === 'none') return undefined;
    const later = newer?.();
    return later === undefined ? table : withNewer(table, later);
  };

  /** The table throws at what it does not like and gives null for what it does not know. */
  function fromTable(providerId: string | undefined, ids: readonly string[], nowMs: number) {
    const options = { ...(providerId === undefined ? {} : { providerId }), timestamp: new Date(nowMs) };
    return firstOf(ids, (id) => {
      const found = guard.run('llm price table', () => loaded()?.calcPrice({}, id, options));
      return found
        ? { row: found.model_price as PriceRow, changes: Array.isArray(found.model.prices) }
        : undefined;
    });
  }

  function fromFamily(family: PriceFamily, ids: readonly string[], nowMs: number): Resolved | undefined {
    const known = Object.hasOwn(supplement, family.supplement) ? supplement[family.supplement] : undefined;
    const listed = fromTable(family.table, ids, nowMs);
    const mended = firstOf(ids, (id) =>
      known && Object.hasOwn(known.models, id) ? known.models[id] : undefined,
    );
    if (listed === undefined && mended?.row === undefined) return undefined;
    return {
      price: compile({ ...listed?.row, ...mended?.row }),
      own: false,
      tiers: known?.tiers && { ...known.tiers, ...mended?.tiers },
      changes: listed?.changes === true,
    };
  }

  return {
    load: () => void loaded(),
    resolve(provider, model, nowMs) {
      const ids = idsOf(model);
      const own = firstOf(ids, (id) => overrides.get(id));
      if (own !== undefined) return { ...UNKNOWN, price: compile(own), own: true };
      return firstOf(familiesOf(provider, ids), (family) => fromFamily(family, ids, nowMs)) ?? UNKNOWN;
    },
  };
}

/**
 * The ids under which a model may stand in a price list, the most exact first: as answered, without its seller, without
 * its date. A fine-tuned model is never priced as its base.
 */
function idsOf(model: string): readonly string[] {
  const name = normaliseModel(model);
  if (name === undefined) return [];
  const bare = bareModel(model);
  return [...new Set([model.trim().toLowerCase(), bare, isFineTuned(bare) ? `ft:${name}` : name])];
}

function firstOf<T, R>(candidates: readonly T[], find: (candidate: T) => R | undefined): R | undefined {
  for (const candidate of candidates) {
    const found = find(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}
