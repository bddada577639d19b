/** OTLP over HTTP: what was measured as a request, and sending it. */
import { readFileSync } from 'node:fs';
import type * as Api from '@opentelemetry/api';
import type * as Core from '@opentelemetry/core';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type * as Zlib from 'node:zlib';
import type { CellReading } from '../metrics/reading.js';
import { VERSION } from '../version.js';
import { foreignJson, foreignProtobuf } from './otlp-foreign.js';
import { createJsonWrite } from './otlp-json.js';
import { createProtobufWrite } from './otlp-protobuf.js';
import { createPoster, type Answer, type PostRequest } from './post.js';
import type { ResourceAttributes } from './resource.js';
import type { OtlpSettings, Warn } from './settings.js';

export interface Otlp {
  /** The cells, read before it first waits, and what the application records with meters of its own. */
  request(cells: CellReading, foreign: ResourceMetrics | undefined): Promise<PostRequest>;
  /** The same while the process exits, when nothing asynchronous runs any more. */
  requestSync(cells: CellReading, foreign: ResourceMetrics | undefined): PostRequest;
  send(request: PostRequest, timeoutMs: number, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

type Write = (cells: CellReading, foreign: ResourceMetrics | undefined) => Uint8Array;

export function createOtlp(settings: OtlpSettings, attributes: ResourceAttributes, warn: Warn): Otlp {
  const write = settings.format === 'json' ? jsonWrite(attributes) : protobufWrite(attributes);
  const poster = createPoster(settings.url);
  const { gzip, gzipSync } = require('node:zlib') as typeof Zlib;
  const tls = readCertificates(settings, warn);
  const headers = {
    ...settings.headers,
    'user-agent': `intelia-otel/${VERSION} (Node.js ${process.versions.node})`,
    'content-type': settings.format === 'json' ? 'application/json' : 'application/x-protobuf',
    ...(settings.gzip ? { 'content-encoding': 'gzip' } : {}),
  };
  const post = (body: Uint8Array): PostRequest => ({ url: settings.url, headers, tls, body });

  return {
    request(cells, foreign) {
      const body = write(cells, foreign);
      if (!settings.gzip) return Promise.resolve(post(body));
      return new Promise((resolve, reject) =>
        gzip(body, (error, zipped) => (error === null ? resolve(post(zipped)) : reject(error))),
      );
    },
    requestSync(cells, foreign) {
      const body = write(cells, foreign);
      return post(settings.gzip ? gzipSync(body) : body);
    },
    send: (request, timeoutMs, signal) => untraced(() => poster.post(request, timeoutMs, signal)),
    close: () => poster.close(),
  };
}

function protobufWrite(attributes: ResourceAttributes): Write {
  const write = createProtobufWrite(attributes);
  return (cells, foreign) => write(cells, foreignProtobuf(foreign));
}

function jsonWrite(attributes: ResourceAttributes): Write {
  const write = createJsonWrite(attributes);
  return (cells, foreign) => Buffer.from(write(cells, foreignJson(foreign)));
}

/** Of all 1.x: `opentelemetry.js.api.${major}`. */
const API = Symbol.for('opentelemetry.js.api.1');

/**
 * An application that traces its own requests shall not see ours. It has a context manager then, on the global of OTel's
 * API; where there is none, nothing need be loaded for it (50 ms).
 */
function untraced<T>(work: () => T): T {
  if ((globalThis as { [API]?: { context?: unknown } })[API]?.context === undefined) return work();
  const { context } = require('@opentelemetry/api') as typeof Api;
  const { suppressTracing } = require('@opentelemetry/core') as typeof Core;
  return context.with(suppressTracing(context.active()), work);
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
