/** Rows of our own supplement to the price table: each tells where it was read and when. */
import type { PriceRow, Rate } from '../row.js';

/** What is laid over the table's row for the same model. */
export interface Mend {
  readonly row?: PriceRow;
  /** What a service tier multiplies the price of tokens by, where that differs by model. */
  readonly tiers?: Readonly<Record<string, number>>;
}

export interface SupplementRow extends Mend {
  /** Hours of certain weekdays, in UTC, when tokens cost a multiple. Where it stands, `row` is the whole price. */
  readonly peak?: Peak;
  /** From the beginning of a day on, as `2026-12-01`, this instead: an announced change of price. */
  readonly later?: Mend & { readonly from: string };
  readonly source: string;
  /** When the source was read: year and month, with the day where it is known. */
  readonly date: string;
}

export interface Peak {
  /** Days of the week in UTC, 0 is Sunday. */
  readonly days: readonly number[];
  /** From this hour on, until before that one. */
  readonly hours: readonly (readonly [from: number, to: number])[];
  readonly times: number;
}

export interface SupplementFamily {
  /** The same for all models. A tier that neither this nor the row names has no known price. Without it none matters. */
  readonly tiers?: Readonly<Record<string, number>>;
  readonly tiersRead?: Read;
  /** The table's steps that lie a token off the seller's own words: what the table has, what is right. */
  readonly steps?: Readonly<Record<number, number>>;
  /** By id in small letters: with its date where that has a price of its own, else without; `ft:` for fine-tuned. */
  readonly models: Readonly<Record<string, SupplementRow>>;
}

export type Supplement = Readonly<Record<string, SupplementFamily>>;

export type Read = Pick<SupplementRow, 'source' | 'date'>;

/** One row a model: input, cached input (undefined where it is no cheaper), output. */
export function rows(
  read: Read,
  models: Readonly<Record<string, readonly [input: Rate, cached: Rate | undefined, output?: Rate]>>,
): Record<string, SupplementRow> {
  const row = ([input, cached, output = 0]: (typeof models)[string]): PriceRow => ({
    input_mtok: input,
    ...(cached === undefined ? {} : { cache_read_mtok: cached }),
    output_mtok: output,
  });
  return Object.fromEntries(
    Object.entries(models).map(([id, prices]) => [id, { row: row(prices), ...read }]),
  );
}

/** A price that is so many times as high, for the whole call, when its prompt is longer than `start` tokens. */
export const stepped = (start: number, base: number, times: number): Rate => ({
  base: exact(base),
  tiers: [{ start, price: exact(base * times) }],
});

/** Without the dust of binary fractions: 0.33000000000000002 is 0.33. */
export const exact = (price: number): number => Number(price.toPrecision(12));

/** What answers call the ordinary price. Where a tier stands in no list, its price is not known. */
export const ORDINARY = { default: 1, standard: 1, auto: 1, on_demand: 1 };
