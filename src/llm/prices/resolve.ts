/** Finds what a model costs: the user's own price, else the price table mended by our supplement. */
import type { Guard } from '../../guard.js';
import { bareModel, isFineTuned, normaliseModel } from '../model.js';
import { withNewer, type NewerTable } from './newer.js';
import { compile, type Price, type PriceRow } from './row.js';
import type { Supplement, SupplementRow } from './supplement/types.js';
import { asOf, isPeak, isSame, isWhole, mendsOf, wholeRow, type Listed } from './mend.js';
import { familiesOf, type PriceFamily, type PriceTable } from './table.js';

export interface PriceSources {
  readonly loadTable: () => PriceTable;
  /** Read with the first price that is asked for, not before. */
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
  /** What the hour multiplies the price of tokens by. */
  readonly times: number;
  /** What a service tier multiplies the price by; undefined where tiers cost nothing more or less. */
  readonly tiers: Readonly<Record<string, number>> | undefined;
  /** Another day or another time of day has another price. */
  readonly changes: boolean;
  /** Where a price that is not the user's own was found. */
  readonly origin?: Origin;
}

export interface Origin {
  readonly family: PriceFamily;
  /** The list that has it; undefined where only the supplement does. */
  readonly list: 'installed' | 'newer' | undefined;
  /** What mends it, and what of it is used. */
  readonly mended: SupplementRow | undefined;
  readonly mends: PriceRow;
  /** Fields that neither has and that follow from others. */
  readonly added: readonly string[];
}

export interface Resolver {
  /** Loads the table if it is not loaded yet. */
  load(): void;
  resolve(provider: string, model: string, nowMs: number): Resolved;
}

const UNKNOWN: Resolved = { price: undefined, own: false, times: 1, tiers: undefined, changes: false };

export function createResolver(sources: PriceSources): Resolver {
  const { loadTable, overrides, newer, guard } = sources;
  let table: PriceTable | 'none' | undefined;
  const loaded = (): PriceTable | undefined => {
    // A table that cannot be loaded is not tried again at every call.
    table ??= guard.run('llm price table', loadTable) ?? 'none';
    return table === 'none' ? undefined : table;
  };

  /** The table throws at what it does not like and gives null for what it does not know. */
  function ask(list: PriceTable | undefined, family: PriceFamily, ids: readonly string[], nowMs: number) {
    const options = {
      ...(family.table === undefined ? {} : { providerId: family.table }),
      timestamp: new Date(nowMs),
    };
    return firstOf(ids, (id): Listed | undefined => {
      const found = guard.run('llm price table', () => list?.calcPrice({}, id, options));
      if (!found) return undefined;
      const row = found.model_price as PriceRow;
      return { row, changes: Array.isArray(found.model.prices), installed: row };
    });
  }

  function fromTable(family: PriceFamily, ids: readonly string[], nowMs: number): Listed | undefined {
    const installed = loaded();
    const listed = ask(installed, family, ids, nowMs);
    const later = newer?.();
    if (installed === undefined || later === undefined) return listed;
    const found = ask(withNewer(installed, later), family, ids, nowMs);
    return found === undefined ? listed : { ...found, installed: listed?.row };
  }

  function fromFamily(family: PriceFamily, ids: readonly string[], nowMs: number): Resolved | undefined {
    const { supplement } = sources;
    const known = Object.hasOwn(supplement, family.supplement) ? supplement[family.supplement] : undefined;
    const listed = fromTable(family, ids, nowMs);
    const found = firstOf(ids, (id) =>
      known && Object.hasOwn(known.models, id) ? known.models[id] : undefined,
    );
    const mended = found && asOf(found, nowMs);
    if (listed === undefined && !isWhole(mended?.row)) return undefined;
    const mends = mendsOf(listed, mended?.row);
    // A row with hours of its own is the whole price: the list's row may be that of another hour.
    const peak = Object.hasOwn(mends, 'input_mtok') ? mended?.peak : undefined;
    const row = peak === undefined ? { ...listed?.row, ...mends } : mends;
    const { steps } = known ?? {};
    const whole = wholeRow(row, { id: ids[0] ?? '', steps, withoutFees: family.withoutFees });
    const added = Object.keys(whole).filter((field) => !(field in row));
    return {
      price: compile(whole),
      own: false,
      times: peak !== undefined && isPeak(peak, nowMs) ? peak.times : 1,
      tiers: known?.tiers && { ...known.tiers, ...mended?.tiers },
      changes: listed?.changes === true || peak !== undefined || mended?.later !== undefined,
      origin: { family, list: listOf(listed), mended, mends, added },
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

function listOf(listed: Listed | undefined): Origin['list'] {
  if (listed === undefined) return undefined;
  const fields = Object.keys({ ...listed.row, ...listed.installed }) as (keyof PriceRow)[];
  return fields.every((field) => isSame(listed, field)) ? 'installed' : 'newer';
}
