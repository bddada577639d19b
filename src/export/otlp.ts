/** OTLP over HTTP: metrics to a request, an answer to what the backend says of it. Loaded only when configured. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type * as Api from '@opentelemetry/api';
import type * as Core from '@opentelemetry/core';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type * as Zlib from 'node:zlib';
import { VERSION } from '../version.js';
import { createPoster, type Answer, type PostRequest, type Response } from './post.js';
import type { OtlpSettings, Warn } from './settings.js';

export interface PartialSuccess {
  /** Data points the backend refused; 0 when it only has something to say. */
  readonly rejected: number;
  readonly message: string;
}

export interface Otlp {
  request(metrics: ResourceMetrics): Promise<PostRequest>;
  /** The same while the process exits, when nothing asynchronous runs any more. */
  requestSync(metrics: ResourceMetrics): PostRequest;
  send(request: PostRequest, timeoutMs: number, signal: AbortSignal): Promise<Answer>;
  /** What a 2xx answer holds against some of the points, if anything. */
  partialSuccess(response: Response): PartialSuccess | undefined;
  close(): void;
}

/** The serializers of OTel's exporters. */
interface Serializer {
  serializeRequest(metrics: ResourceMetrics): Uint8Array | undefined;
  deserializeResponse(data: Uint8Array): {
    partialSuccess?: { rejectedDataPoints?: number | string | null; errorMessage?: string };
  };
}

const FORMATS = {
  protobuf: {
    exporter: '@opentelemetry/exporter-metrics-otlp-proto',
    serializer: 'ProtobufMetricsSerializer',
    contentType: 'application/x-protobuf',
  },
  json: {
    exporter: '@opentelemetry/exporter-metrics-otlp-http',
    serializer: 'JsonMetricsSerializer',
    contentType: 'application/json',
  },
} as const;

export function createOtlp(settings: OtlpSettings, warn: Warn): Otlp {
  const serializer = loadSerializer(settings.format);
  const poster = createPoster(settings.url);
  const { context } = require('@opentelemetry/api') as typeof Api;
  const { suppressTracing } = require('@opentelemetry/core') as typeof Core;
  const { gzip, gzipSync } = require('node:zlib') as typeof Zlib;
  const tls = readCertificates(settings, warn);
  const headers = {
    ...settings.headers,
    'user-agent': `intelia-otel/${VERSION} (Node.js ${process.versions.node})`,
    'content-type': FORMATS[settings.format].contentType,
    ...(settings.gzip ? { 'content-encoding': 'gzip' } : {}),
  };
  const post = (body: Uint8Array): PostRequest => ({ url: settings.url, headers, tls, body });
  const encode = (metrics: ResourceMetrics): Uint8Array =>
    serializer.serializeRequest(metrics) ?? new Uint8Array();

  return {
    async request(metrics) {
      const body = encode(metrics);
      if (!settings.gzip) return post(body);
      return new Promise((resolve, reject) =>
        gzip(body, (error, zipped) => (error === null ? resolve(post(zipped)) : reject(error))),
      );
    },
    requestSync: (metrics) => post(settings.gzip ? gzipSync(encode(metrics)) : encode(metrics)),
    // An application that traces its own requests shall not see ours.
    send: (request, timeoutMs, signal) =>
      context.with(suppressTracing(context.active()), () => poster.post(request, timeoutMs, signal)),
    partialSuccess: (response) => readPartialSuccess(serializer, response),
    close: () => poster.close(),
  };
}

/**
 * The exporters keep status, Retry-After and partial success to themselves, so we take their serializers alone; from
 * where the exporter finds them, since a strict package manager shows us only our own dependencies.
 */
function loadSerializer(format: OtlpSettings['format']): Serializer {
  const { exporter, serializer } = FORMATS[format];
  const transformer = createRequire(require.resolve(exporter))('@opentelemetry/otlp-transformer') as Record<
    string,
    Serializer
  >;
  return transformer[serializer] as Serializer;
}

function readPartialSuccess(
  serializer: Serializer,
  { body, contentType }: Response,
): PartialSuccess | undefined {
  if (body.length === 0) return undefined;
  // A server may answer JSON to protobuf; what is neither (`OK`, an error page) is no news.
  const isJson = contentType?.includes('json') ?? false;
  const read = isJson ? parseJson : (data: Uint8Array) => serializer.deserializeResponse(data);
  try {
    const { partialSuccess } = read(body);
    if (partialSuccess === undefined) return undefined;
    const rejected = Number(partialSuccess.rejectedDataPoints ?? 0);
    return { rejected: rejected > 0 ? rejected : 0, message: String(partialSuccess.errorMessage ?? '') };
  } catch {
    return undefined;
  }
}

function parseJson(data: Uint8Array): ReturnType<Serializer['deserializeResponse']> {
  return JSON.parse(Buffer.from(data).toString('utf8')) as ReturnType<Serializer['deserializeResponse']>;
}

function readCertificates(settings: OtlpSettings, warn: Warn): PostRequest['tls'] {
  const files = { ca: settings.certificate, cert: settings.clientCertificate, key: settings.clientKey };
  const texts: { ca?: string; cert?: string; key?: string } = {};
  for (const [name, file] of Object.entries(files) as [keyof typeof files, string | undefined][]) {
    if (file === undefined) continue;
    try {
      texts[name] = readFileSync(file, 'utf8');
    } catch {
      warn(
        `push:file:${name}`,
        `OTLP push: the ${name} file ${JSON.stringify(file)} cannot be read and is left out`,
      );
    }
  }
  return texts;
}
