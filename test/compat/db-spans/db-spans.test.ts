import { databaseSpans, type Tracing } from './cases.js';

const traced = (SDK: string, conventions = ''): Tracing => ({
  folder: __dirname,
  env: { SDK, OTEL_SEMCONV_STABILITY_OPT_IN: conventions },
});

describe("ended spans of OTel's SDK 1 and 2", () => {
  databaseSpans({
    'SDK 1.30, the old conventions': traced('@opentelemetry/sdk-trace-node'),
    'SDK 2.0, the old and the new conventions': traced('sdk-trace-node-2-oldest', 'database/dup'),
    'SDK 2.12, the new conventions': traced('sdk-trace-node-2', 'database'),
  });
});
