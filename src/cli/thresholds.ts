/** The options by which a team sets its own thresholds, alike for dashboards and for alerts. */
import { BUCKETS } from '../catalogue/buckets.js';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../grafana/thresholds.js';
import { Complaint } from './command.js';

export const THRESHOLD_OPTIONS = {
  'daily-cost': { type: 'string' },
  'error-rate': { type: 'string' },
  'llm-p95': { type: 'string' },
  availability: { type: 'string' },
} as const;

export const THRESHOLD_HELP = `  --daily-cost USD    what LLM calls may cost in 24 hours (${DEFAULT_THRESHOLDS.dailyCostUsd})
  --error-rate SHARE  share of HTTP requests that may fail, such as 0.05 or 5% (${DEFAULT_THRESHOLDS.errorRatio})
  --llm-p95 SECONDS   what 95 % of LLM calls must stay within, a bucket's bound (${DEFAULT_THRESHOLDS.llmP95Seconds})
  --availability SHARE  of HTTP requests that must not fail over a month, such as 0.999 or 99.9% (${DEFAULT_THRESHOLDS.availability})`;

type Given = Readonly<Partial<Record<keyof typeof THRESHOLD_OPTIONS, string | undefined>>>;

export function readThresholds(given: Given): Thresholds {
  const { 'daily-cost': cost, 'error-rate': errors, 'llm-p95': p95, availability } = given;
  return {
    ...DEFAULT_THRESHOLDS,
    dailyCostUsd: cost === undefined ? DEFAULT_THRESHOLDS.dailyCostUsd : dollars(cost),
    errorRatio: errors === undefined ? DEFAULT_THRESHOLDS.errorRatio : errorRatio(errors),
    llmP95Seconds: p95 === undefined ? DEFAULT_THRESHOLDS.llmP95Seconds : bound(p95),
    availability: availability === undefined ? DEFAULT_THRESHOLDS.availability : objective(availability),
  };
}

function dollars(text: string): number {
  const value = number(text.replace(/^\$/, ''));
  if (value > 0 && value < 1e9) return value;
  throw new Complaint(`--daily-cost takes dollars above 0, such as 250, not ${JSON.stringify(text)}`);
}

function errorRatio(text: string): number {
  const value = share(text);
  if (value > 0 && value < 1) return value;
  throw new Complaint(
    `--error-rate takes a share between 0 and 1, such as 0.05 or 5%, not ${JSON.stringify(text)}`,
  );
}

/** Below it the fast burn rate, 14.4 times the budget, would be more than every request. */
const LEAST_OBJECTIVE = 0.94;

function objective(text: string): number {
  const value = share(text);
  if (value >= LEAST_OBJECTIVE && value < 1) return value;
  throw new Complaint(
    `--availability takes a share from ${LEAST_OBJECTIVE} to below 1, such as 0.999 or 99.9%, not ${JSON.stringify(text)}`,
  );
}

const share = (text: string): number =>
  text.endsWith('%') ? Number((number(text.slice(0, -1)) / 100).toPrecision(12)) : number(text);

/** Between two bounds of the histogram nothing exact can be said, and an alert must not guess. */
function bound(text: string): number {
  const value = number(text);
  const bounds: readonly number[] = BUCKETS.llm;
  if (bounds.includes(value)) return value;
  throw new Complaint(`--llm-p95 takes one of ${bounds.join(', ')} seconds, not ${JSON.stringify(text)}`);
}

/** Digits and a point: `Number` alone takes hexadecimal, spaces and nothing at all. */
const number = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN);
