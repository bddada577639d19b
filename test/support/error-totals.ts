/** Runs an application with the preload to its end, and gives what it counted as errors. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startOtlpReceiver } from './otlp-receiver.js';
import { runProcess, type RunOptions } from './run-process.js';

const door = join(__dirname, '../../dist/register.cjs');

export interface ErrorTotals {
  readonly code: number | null;
  /** `{ 'type severity': total }`: all of `intelia_errors_total`, as the backend has it at the end. */
  readonly errors: Record<string, number>;
  /** What we swallowed ourselves: to be empty. */
  readonly own: Record<string, number>;
}

/** The application may end as it likes: the last push tells. */
export async function errorTotals({ nodeArgs = [], env, ...run }: RunOptions): Promise<ErrorTotals> {
  const receiver = await startOtlpReceiver();
  try {
    const all = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env };
    const ended = await runProcess({ ...run, nodeArgs: [...nodeArgs, '--require', door], env: all });
    assert.equal(ended.timedOut, false, ended.stderr);
    const totals = Object.values(receiver.totals());
    const byLabels = (wanted: string): Record<string, number> =>
      Object.fromEntries(
        totals.filter(({ name }) => name === wanted).map(({ labels, value }) => [Object.values(labels).join(' '), value]),
      ); // prettier-ignore
    assert.ok(totals.length > 0, ended.stderr);
    return {
      code: ended.code,
      errors: byLabels('intelia_errors_total'),
      own: byLabels('intelia_otel_errors_total'),
    };
  } finally {
    await receiver.close();
  }
}

/** Exactly these errors, and none of ours. */
export async function assertErrors(run: RunOptions, expected: Record<string, number>): Promise<void> {
  const { errors, own } = await errorTotals(run);
  assert.deepEqual({ errors, own }, { errors: expected, own: {} });
}
