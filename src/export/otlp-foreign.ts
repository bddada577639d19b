/**
 * What the application and its libraries record with meters of their own, written by the serializers of OTel's
 * exporters. They take 80 ms to load, and are loaded where there is something for them to write.
 */
import { createRequire } from 'node:module';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { readFields } from './protobuf-read.js';

interface Serializer {
  serializeRequest(metrics: ResourceMetrics): Uint8Array | undefined;
}

const EXPORTERS = {
  ProtobufMetricsSerializer: '@opentelemetry/exporter-metrics-otlp-proto',
  JsonMetricsSerializer: '@opentelemetry/exporter-metrics-otlp-http',
} as const;

/** From where the exporter finds it, since a strict package manager shows us only our own dependencies. */
function loadSerializer(name: keyof typeof EXPORTERS): Serializer {
  const transformer = createRequire(require.resolve(EXPORTERS[name]))(
    '@opentelemetry/otlp-transformer',
  ) as Record<string, Serializer>;
  return transformer[name] as Serializer;
}

const NONE = new Uint8Array();

/** Field numbers of ExportMetricsServiceRequest and of ResourceMetrics. */
const RESOURCE_METRICS = 1;
const SCOPE_METRICS = 2;

/** The scope metrics of a request, as they go beside our own in one ResourceMetrics. */
export function foreignProtobuf(metrics: ResourceMetrics | undefined): Uint8Array {
  const request = serialize('ProtobufMetricsSerializer', metrics);
  const scopes: Uint8Array[] = [];
  for (const resource of readFields(request)) {
    if (resource.field !== RESOURCE_METRICS || typeof resource.value === 'number') continue;
    for (const { field, whole } of readFields(resource.value))
      if (field === SCOPE_METRICS) scopes.push(whole);
  }
  return Buffer.concat(scopes);
}

export function foreignJson(metrics: ResourceMetrics | undefined): readonly unknown[] {
  const request = serialize('JsonMetricsSerializer', metrics);
  if (request.length === 0) return [];
  const { resourceMetrics } = JSON.parse(Buffer.from(request).toString()) as {
    resourceMetrics: { scopeMetrics: unknown[] }[];
  };
  return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics);
}

function serialize(name: keyof typeof EXPORTERS, metrics: ResourceMetrics | undefined): Uint8Array {
  if (metrics === undefined || metrics.scopeMetrics.length === 0) return NONE;
  return loadSerializer(name).serializeRequest(metrics) ?? NONE;
}
