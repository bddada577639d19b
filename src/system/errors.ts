/**
 * Uncaught exceptions and rejections that nobody handles, seen without changing what becomes of them. A listener for
 * `uncaughtException` or `unhandledRejection` would keep the process alive; a monitor and a warning do not.
 *
 * What `--unhandled-rejections` leads to, where the application listens to neither event:
 *
 * | mode                  | what Node does              | seen by | counted as                    |
 * |-----------------------|-----------------------------|---------|-------------------------------|
 * | throw (default)       | ends the process            | monitor | unhandled_rejection, critical |
 * | strict                | ends the process            | monitor | unhandled_rejection, critical |
 * | warn                  | warns, goes on              | warning | unhandled_rejection, error    |
 * | warn-with-error-code  | warns, goes on, exit code 1 | warning | unhandled_rejection, error    |
 * | none                  | nothing                     | nobody  | not: the operator wants it so |
 *
 * An application that listens to `unhandledRejection` handles its rejections (but in strict mode, where they are
 * exceptions first). One that listens to `uncaughtException` survives them: error, not critical.
 */
import type { Severity } from '../catalogue/catalogue.js';
import type { Context } from '../context.js';

/** Node warns twice for each rejection: with its stack, and with this text of its own, which is the one counted. */
const REJECTION_WARNING = /^Unhandled promise rejection\..*\(rejection id: \d+\)$/s;

export function hookErrors({ emit, guard }: Context): void {
  // In strict mode a survived rejection also gives a warning. A process has one mode for life, so one flag is enough.
  let monitored = false;

  const onUncaught = (_error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    if (origin !== 'unhandledRejection') {
      emit('intelia_errors_total', 1, { type: 'uncaught_exception', severity: 'critical' });
      return;
    }
    monitored = true;
    emit('intelia_errors_total', 1, { type: 'unhandled_rejection', severity: rejectionSeverity() });
  };

  const onWarning = (warning: Error): void => {
    if (monitored || warning.name !== 'UnhandledPromiseRejectionWarning') return;
    // Mode warn warns even when the application has dealt with it.
    if (!REJECTION_WARNING.test(warning.message) || process.listenerCount('unhandledRejection') > 0) return;
    emit('intelia_errors_total', 1, { type: 'unhandled_rejection', severity: 'error' });
  };

  process.on('uncaughtExceptionMonitor', guard.wrap('uncaught exceptions', onUncaught));
  process.on('warning', guard.wrap('warnings', onWarning));
}

function rejectionSeverity(): Severity {
  const survives =
    process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
  return survives ? 'error' : 'critical';
}
