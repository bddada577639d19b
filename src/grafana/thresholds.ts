/** The thresholds that a team sets for itself; alerts stand on them, and panels show how far off they are. */
export interface Thresholds {
  /** US dollars that LLM calls may cost in 24 hours. */
  readonly dailyCostUsd: number;
  /** Share of HTTP requests that may end in a 5xx: 0.05 is 5 %. */
  readonly errorRatio: number;
  /** Seconds that 95 % of LLM calls must stay within: a bound of the histogram's buckets. */
  readonly llmP95Seconds: number;
  /** Share of HTTP requests that must not end in a 5xx over a month: the objective that burn rates are of. */
  readonly availability: number;
}

export const DEFAULT_THRESHOLDS: Thresholds = {
  dailyCostUsd: 100,
  errorRatio: 0.05,
  llmP95Seconds: 5,
  availability: 0.995,
};

/** @example percent(0.05); // '5 %' */
export function percent(share: number): string {
  return `${Math.round(share * 1e4) / 100} %`;
}

/** @example inFrench(0.995); // '99,5 %' */
export const inFrench = (share: number): string => percent(share).replace('.', ',');
