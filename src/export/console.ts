/** `OTEL_METRICS_EXPORTER=console`: the SDK's own console exporter, for looking at metrics on one's own machine. */
import type * as Sdk from '@opentelemetry/sdk-metrics';
import type { Guard } from '../guard.js';
import type { Reader } from './reader.js';

export interface ConsoleOptions {
  readonly reader: Reader;
  readonly guard: Guard;
  readonly intervalMs: number;
  /** Nobody else is shown the zeros of new series. */
  readonly isAlone: boolean;
}

export interface ConsoleExport {
  flush(): Promise<void>;
  stop(): void;
}

export function startConsole({ reader, guard, intervalMs, isAlone }: ConsoleOptions): ConsoleExport {
  const { ConsoleMetricExporter } = require('@opentelemetry/sdk-metrics') as typeof Sdk;
  const exporter = new ConsoleMetricExporter();
  async function flush(): Promise<void> {
    try {
      const snapshot = await reader.collect();
      exporter.export(snapshot.metrics, () => {
        if (isAlone) snapshot.delivered();
      });
    } catch (error) {
      guard.report('console', error);
    }
  }
  const timer = setInterval(() => void flush(), intervalMs).unref();
  return { flush, stop: () => clearInterval(timer) };
}
