/**
 * The alerts. Three are the team's own thresholds; the others say that money goes too fast, that an objective is
 * being missed, or that the figures themselves cannot be trusted. docs/runbook.md has a section for each.
 */
import {
  above, absent, and, atLeast, increase, observed, quantile, ratio, recorded, times,
  type Query, type Window,
} from '../query.js'; // prettier-ignore
import { percent, type Thresholds } from '../thresholds.js';
import type { AlertRule, RecordingRule, RuleGroup } from './rule.js';

/**
 * How many events it takes until one bad one alone is not above the share: of 20 calls the 95th percentile is the
 * second slowest, and one failed request of 20 is 5 %, not more.
 */
const enoughFor = (share: number): number => Math.max(20, Math.ceil(1 / share));

/** The multi-window burn rates of Google's SRE workbook, chapter 5: 2 % of a month's budget in 1 h, 5 % in 6 h. */
const FAST_BURN = 14.4;
const SLOW_BURN = 6;

export function ruleGroups(thresholds: Thresholds): readonly RuleGroup[] {
  return [llmGroup(thresholds), apiGroup(thresholds), telemetryGroup()];
}

const COST_A_DAY: RecordingRule = { record: 'intelia:llm_cost_usd:increase1d', query: cost('1d') };

function llmGroup(thresholds: Thresholds): RuleGroup {
  return {
    name: 'intelia-llm',
    interval: '1m',
    records: [COST_A_DAY],
    alerts: [...costAlerts(thresholds), ...llmHealthAlerts(thresholds)],
  };
}

function costAlerts({ dailyCostUsd }: Thresholds): readonly AlertRule[] {
  return [
    {
      alert: 'InteliaLlmDailyCost',
      query: above(recorded(COST_A_DAY.record), dailyCostUsd),
      for: '5m',
      severity: 'critical',
      summary: `LLM calls cost more than $${dailyCostUsd} in the last 24 hours`,
      description:
        'It stays on until the spending of the last 24 hours is below the threshold again. The dashboard LLM costs shows which model and feature it went to.',
    },
    {
      alert: 'InteliaLlmSpendingPace',
      // The short window ends the alert soon after the spending does, and one dear call leaves it before `for` is over.
      query: and(above(times(cost('1h'), 24), dailyCostUsd), above(times(cost('10m'), 24 * 6), dailyCostUsd)),
      for: '15m',
      severity: 'warning',
      summary: `LLM spending is on its way past $${dailyCostUsd} a day`,
      description:
        'At the pace of the last hour, and of the last ten minutes, 24 hours cost more than the daily threshold. A loop, a new feature or a dearer model shows in the dashboard LLM costs.',
    },
  ];
}

function cost(window: Window): Query {
  return increase('intelia_llm_cost_usd_total', { window });
}

const FAILED_CALL = ['rate_limited', 'timeout', 'client_error', 'server_error', 'network_error'] as const;

function llmHealthAlerts({ errorRatio, llmP95Seconds }: Thresholds): readonly AlertRule[] {
  const calls = (window: Window): Query => increase('intelia_llm_requests_total', { window });
  const failed = increase('intelia_llm_requests_total', { window: '15m', where: { status: FAILED_CALL } });
  const duration = 'intelia_llm_request_duration_seconds';
  return [
    {
      alert: 'InteliaLlmLatencyP95',
      query: and(
        above(quantile(0.95, duration, { window: '5m' }), llmP95Seconds),
        atLeast(observed(duration, { window: '5m' }), enoughFor(0.05)),
      ),
      for: '5m',
      severity: 'critical',
      summary: `5 % of LLM calls take longer than ${llmP95Seconds} s`,
      description:
        'The 95th percentile of the duration of LLM calls has been above the threshold for five minutes. The dashboard LLM operations shows it by model.',
    },
    {
      alert: 'InteliaLlmErrorRate',
      query: and(
        above(ratio(failed, calls('15m'), { zeroWithout: true }), errorRatio),
        atLeast(calls('15m'), enoughFor(errorRatio)),
      ),
      for: '10m',
      severity: 'warning',
      summary: `More than ${percent(errorRatio)} of LLM calls fail`,
      description:
        'Refused, timed out, or failed at the provider or on the way; calls that users broke off do not count, attempts that an SDK repeats do. The dashboard LLM operations shows which.',
    },
  ];
}

const requests = (window: Window): Query => increase('intelia_http_requests_total', { window });
const refused = (window: Window): Query =>
  increase('intelia_http_requests_total', { window, where: { status: { like: '5..' } } });
const errorRate = (window: Window): Query => ratio(refused(window), requests(window), { zeroWithout: true });

/** Windows of burn rates are long: recorded once a minute, not computed anew for each alert. */
const ERROR_RATES = (['5m', '30m', '1h', '6h'] as const).map((window) => ({
  record: `intelia:http_error_ratio:increase${window}`,
  query: errorRate(window),
}));
const recordedRate = (window: Window): Query => recorded(`intelia:http_error_ratio:increase${window}`);

function apiGroup({ errorRatio, availability }: Thresholds): RuleGroup {
  const burns = (factor: number, long: Window, short: Window): Query => {
    // Rounded, as 1 - 0.995 is not 0.005.
    const most = Number((factor * (1 - availability)).toPrecision(6));
    const isMissed = and(above(recordedRate(long), most), above(recordedRate(short), most));
    return and(isMissed, atLeast(requests(long), enoughFor(most)));
  };
  return {
    name: 'intelia-api',
    interval: '1m',
    records: ERROR_RATES,
    alerts: [
      {
        alert: 'InteliaApiErrorRate',
        query: and(above(recordedRate('5m'), errorRatio), atLeast(requests('5m'), enoughFor(errorRatio))),
        for: '5m',
        severity: 'critical',
        summary: `More than ${percent(errorRatio)} of API requests end in a 5xx`,
        description:
          'For five minutes, with enough requests to tell. The dashboard API performance shows which endpoints.',
      },
      {
        alert: 'InteliaApiErrorBudgetFast',
        query: burns(FAST_BURN, '1h', '5m'),
        for: '2m',
        severity: 'critical',
        summary: `At this error rate the month's error budget is gone in two days`,
        description: `The objective is that ${percent(availability)} of API requests do not end in a 5xx. The last hour and the last five minutes missed it by a factor of ${FAST_BURN} and more.`,
      },
      {
        alert: 'InteliaApiErrorBudgetSlow',
        query: burns(SLOW_BURN, '6h', '30m'),
        for: '15m',
        severity: 'warning',
        summary: `At this error rate the month's error budget is gone in five days`,
        description: `The objective is that ${percent(availability)} of API requests do not end in a 5xx. The last six hours and the last half hour missed it by a factor of ${SLOW_BURN} and more.`,
      },
    ],
  };
}

/** Whether the figures above can be trusted. */
function telemetryGroup(): RuleGroup {
  const grown = (query: Query): Query => above(query, 0);
  return {
    name: 'intelia-telemetry',
    interval: '1m',
    records: [],
    alerts: [
      {
        alert: 'InteliaMetricsAbsent',
        query: absent('intelia_uptime_seconds'),
        for: '10m',
        severity: 'critical',
        summary: 'No process reports metrics',
        description:
          'For ten minutes nothing has arrived: no process runs, none is preloaded, or none reaches the backend. Until it is mended no other alert can fire.',
      },
      {
        alert: 'InteliaSeriesDropped',
        query: grown(increase('intelia_otel_dropped_measurements_total', { by: ['reason'], window: '15m' })),
        for: '1m',
        severity: 'warning',
        summary: 'Measurements are dropped or kept under the label value other',
        description:
          'Reason: {{ $labels.reason }}. A label has more values than the catalogue allows, or a call gave a value that is none. Totals may be incomplete.',
      },
      {
        alert: 'InteliaCallsUnpriced',
        query: grown(
          increase('intelia_llm_unpriced_requests_total', { by: ['model', 'reason'], window: '1h' }),
        ),
        for: '5m',
        severity: 'warning',
        summary: 'LLM calls have no price: the cost shown is too low',
        description:
          'Model: {{ $labels.model }}, reason: {{ $labels.reason }}. `npx intelia-otel prices` tells what is known of a model; INTELIA_LLM_PRICES gives it a price.',
      },
      {
        alert: 'InteliaExportFailing',
        // One that fails and is repaired by the next one lost nothing: totals are cumulative.
        query: atLeast(increase('intelia_otel_export_failures_total', { by: ['reason'], window: '15m' }), 3),
        for: '1m',
        severity: 'warning',
        summary: 'Pushes or scrapes keep failing',
        description:
          'Reason: {{ $labels.reason }}. The totals come with the next delivery that succeeds; until then dashboards stand still.',
      },
    ],
  };
}
