/** The shape of one row of the catalogue, and the types that are derived from it. */

/** A label whose values are known beforehand. Anything else becomes `other`, and is counted unless `other` is listed. */
export type ClosedLabel = readonly string[];

/** A label whose values come from outside: at most `bound` distinct ones, then `other`, counted. */
export interface BoundedLabel {
  readonly bound: number;
}

export type LabelSpec = ClosedLabel | BoundedLabel;

export type MetricKind = 'counter' | 'histogram' | 'gauge' | 'observed';

export interface MetricSpec {
  readonly kind: MetricKind;
  /** UCUM unit, an `{annotation}`, or empty. Never `1` or a bare word: receivers append those to the name. */
  readonly unit: '' | 's' | 'By' | '1' | `{${string}}`;
  /** Labels in the order in which cells are nested and written. At most four. */
  readonly labels: Readonly<Record<string, LabelSpec>>;
  /** Histograms only: upper bounds, ascending. */
  readonly buckets?: readonly number[];
  /** The most label sets this metric keeps; past it the bounded labels become `other`. Default 2,000. */
  readonly limit?: number;
  /** Help text: what it counts, in one sentence without a full stop. */
  readonly description: string;
  /** Where the value comes from, for docs/metrics.md. */
  readonly source: string;
}

/** The value a label takes: one of its closed values, or any string. */
export type LabelValue<L> = L extends readonly (infer V extends string)[] ? V : string;

/** All labels of a metric, each required. */
export type LabelsOf<S extends MetricSpec> = {
  readonly [K in keyof S['labels']]: LabelValue<S['labels'][K]>;
};
