/** The prices as a process with this environment has them, each with where it comes from. */
import { statSync } from 'node:fs';
import { createPriceFile } from '../llm/prices/price-file.js';
import { addedRead } from '../llm/prices/mend.js';
import { createResolver, type Resolved } from '../llm/prices/resolve.js';
import type { PriceRow } from '../llm/prices/row.js';
import { SUPPLEMENT } from '../llm/prices/supplement.js';
import type { Peak, Read } from '../llm/prices/supplement/types.js';
import { loadPriceTable, TABLE } from '../llm/prices/table.js';
import { isKnownProvider } from '../llm/providers/hosts.js';

export interface Source {
  readonly name: string;
  /** As `2026-11-22`. */
  readonly date: string;
}

export interface Tier {
  /** What it multiplies the price of tokens by. */
  readonly times: number;
  readonly source: Source | undefined;
}

export interface Priced {
  readonly model: string;
  /** Undefined for an own price, which holds whoever answers. */
  readonly provider: string | undefined;
  readonly row: PriceRow;
  /** By field of the row. */
  readonly sources: Readonly<Record<string, Source>>;
  readonly tiers: Readonly<Record<string, Tier>>;
  readonly peak: Peak | undefined;
}

export interface Prices {
  /** `provider:model`, or a model whose provider its name tells. */
  find(asked: string): Priced | undefined;
  /** Models with an own price. */
  readonly own: readonly string[];
  readonly sources: readonly Source[];
}

interface OpenOptions {
  readonly warn: (line: string) => void;
  readonly nowMs: () => number;
}

export function openPrices(path: string | undefined, { warn, nowMs }: OpenOptions): Prices {
  const log = { warnOnce: (_: string, line: string) => warn(line) };
  const file = createPriceFile({ path, log, nowMs, onChange: () => {} });
  const guard = { run: <T>(_: string, work: () => T): T | undefined => attempt(work) };
  const resolver = createResolver({
    loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: file.rows, newer: file.newer, guard,
  }); // prettier-ignore
  const later = file.newer();
  const lists = {
    installed: { name: `genai-prices ${TABLE.version}`, date: TABLE.date },
    newer: { name: `genai-prices in ${path}`, date: later?.date ?? '' },
  };
  const ownSource = path === undefined ? undefined : { name: path, date: dateOf(path) };

  return {
    own: [...file.rows.keys()],
    sources: [
      ...(ownSource ? [ownSource] : []),
      ...(later ? [lists.newer] : []),
      lists.installed,
      { name: 'supplement', date: newestOfSupplement() },
    ],
    find(asked) {
      const { provider, model } = parse(asked);
      const found = resolver.resolve(provider, model, nowMs());
      if (found.price === undefined) return undefined;
      const { row } = found.price;
      const { origin } = found;
      const mended = origin?.mended;
      const supplement = mended && sourceOf(mended);
      const from = (field: string): Source => {
        if (found.own || origin === undefined) return ownSource ?? lists.installed;
        if (field in origin.mends && supplement) return supplement;
        if (origin.added.includes(field)) return sourceOf(addedRead(model));
        return lists[origin.list ?? 'installed'];
      };
      return {
        model,
        provider: found.own ? undefined : (origin?.family.table ?? provider),
        row,
        sources: Object.fromEntries(Object.keys(row).map((field) => [field, from(field)])),
        tiers: Object.fromEntries(
          Object.entries(found.tiers ?? {}).map(([tier, times]) => [
            tier,
            { times, source: tierSource(found, tier) },
          ]),
        ),
        peak: origin && 'input_mtok' in origin.mends ? mended?.peak : undefined,
      };
    },
  };
}

const sourceOf = ({ source, date }: Read): Source => ({ name: `supplement: ${source}`, date });

function tierSource({ origin }: Resolved, tier: string): Source | undefined {
  if (origin?.mended?.tiers && tier in origin.mended.tiers) return sourceOf(origin.mended);
  const read = SUPPLEMENT[origin?.family.supplement ?? '']?.tiersRead;
  return read && sourceOf(read);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** A colon can be part of a model's id, as Bedrock's have one. */
function parse(asked: string): { provider: string; model: string } {
  const at = asked.indexOf(':');
  const provider = asked.slice(0, at);
  if (at > 0 && isSeller(provider)) return { provider, model: asked.slice(at + 1) };
  const told = attempt(() => loadPriceTable().findProvider?.({ modelId: asked })?.id);
  return { provider: told !== undefined && isSeller(told) ? told : 'manual', model: asked };
}

const isSeller = (name: string): boolean => isKnownProvider(name) || Object.hasOwn(SUPPLEMENT, name);

function dateOf(path: string): string {
  return attempt(() => statSync(path).mtime.toISOString().slice(0, 10)) ?? 'unreadable';
}

function newestOfSupplement(): string {
  const dates = Object.values(SUPPLEMENT).flatMap(({ models }) =>
    Object.values(models).map(({ date }) => date),
  );
  return dates.sort().at(-1) ?? '';
}
