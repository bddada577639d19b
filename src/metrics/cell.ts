/** The memory of one series: a cell is made once and then only counted up, without allocation. */

/** Who has been shown a new series as 0 before its first value. See "Zero first" in docs/design.md. */
export const PULL = 1;
export const PUSH = 2;
export type Audience = typeof PULL | typeof PUSH;

export class NumberCell {
  value = 0;
  /** Bits of the audiences that have seen this series' zero. */
  announced = 0;
  /** The collection in which an observed value was last set; 0 for recorded ones. */
  round = 0;
  /** Cached by the text writer: everything of the line before the value. */
  prefix: string | undefined = undefined;
  /** Cached by the SDK's producer. */
  attributes: Record<string, string> | undefined = undefined;
  /** Cached by the protobuf writer: the labels as its bytes. */
  encoded: Uint8Array | undefined = undefined;

  constructor(
    readonly values: readonly string[],
    readonly bornMs: number,
  ) {}
}

export class HistogramCell {
  sum = 0;
  count = 0;
  /** One count per bound, and the last for what lies above all; not cumulative. */
  readonly counts: number[];
  announced = 0;
  /** Cached by the text writer: the beginning of each `_bucket` line, then of `_sum` and `_count`. */
  prefixes: readonly string[] | undefined = undefined;
  attributes: Record<string, string> | undefined = undefined;
  encoded: Uint8Array | undefined = undefined;

  constructor(
    readonly values: readonly string[],
    readonly bornMs: number,
    bounds: number,
  ) {
    this.counts = new Array<number>(bounds + 1).fill(0);
  }
}

export type Cell = NumberCell | HistogramCell;
