/** What a recording and an alerting rule are, before any format. */
import type { Query } from '../query.js';

/** How long something must hold, or how often rules are evaluated: as Prometheus writes it. */
export type Duration = `${number}${'m' | 'h'}`;

export interface RecordingRule {
  /** level:metric:operation, as Prometheus' naming advice has it. */
  readonly record: string;
  readonly query: Query;
}

export interface AlertRule {
  /** Begins with Intelia: the dashboards' list of alerts shows those. Its lower-case form is its runbook anchor. */
  readonly alert: string;
  /** Fires for every series that the query gives. */
  readonly query: Query;
  readonly for: Duration;
  /** `critical` wakes somebody, `warning` waits for the morning. */
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  /** Reads well without any value: Grafana shows it also where a rule has no data. */
  readonly description: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: Duration;
  readonly records: readonly RecordingRule[];
  readonly alerts: readonly AlertRule[];
}
