// Metrics with the OpenTelemetry SDK, as its documentation sets them up by hand: HTTP instrumentation, OTLP protobuf.
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-proto');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');

const reader = new PeriodicExportingMetricReader({
  exporter: new OTLPMetricExporter({ url: 'http://127.0.0.1:9/v1/metrics' }),
  exportIntervalMillis: 3_600_000,
});
const meterProvider = new MeterProvider({ readers: [reader] });
registerInstrumentations({ meterProvider, instrumentations: [new HttpInstrumentation()] });
