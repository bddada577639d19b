/**
 * The cells as OTLP protobuf, straight from their memory: the labels of a series are written once and kept, all sizes
 * are known before the first byte, and a point is a few numbers behind them. Fields and their numbers:
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
import { CounterFamily, HistogramFamily } from '../metrics/family.js';
import { METER_NAME } from '../metrics/provider.js';
import type { CellReading } from '../metrics/reading.js';
import type { AnyFamily } from '../metrics/registry.js';
import { VERSION } from '../version.js';
import { NUMBER_SIZE, pointsSize, time, writePoints, type FamilyCode } from './otlp-points.js';
import { bytesField, FIXED64, fieldSize, ProtobufWriter, textField, varintField } from './protobuf.js';
import type { ResourceAttributes } from './resource.js';

const NO_BYTES = new Uint8Array();
const CUMULATIVE = varintField(2, 2);
const MONOTONIC = varintField(3, 1);

/** Writes a whole request: the cells, and beside them `others`, which are scope metrics already written. */
export type ProtobufWrite = (reading: CellReading, others: Uint8Array) => Uint8Array;

export function createProtobufWrite(attributes: ResourceAttributes): ProtobufWrite {
  const codes = new Map<AnyFamily, FamilyCode>();
  const resource = bytesField(1, ...Object.entries(attributes).map(([key, value]) => attribute(key, value)));
  const scope = bytesField(1, textField(1, METER_NAME), textField(2, VERSION));
  const codeOf = (family: AnyFamily): FamilyCode => {
    let code = codes.get(family);
    if (code === undefined) codes.set(family, (code = familyCode(family)));
    return code;
  };

  return (reading, others) => {
    const parts = reading.groups.map((group) => {
      const code = codeOf(group.family);
      const dataSize = code.tail.length + pointsSize(group, code, reading);
      return { group, code, dataSize, metricSize: code.head.length + fieldSize(dataSize) };
    });
    const scopeSize = parts.reduce((sum, { metricSize }) => sum + fieldSize(metricSize), scope.length);
    const resourceSize = resource.length + fieldSize(scopeSize) + others.length;
    // Not from the pool of small buffers: it is to be let go of as a whole.
    const writer = new ProtobufWriter(Buffer.allocUnsafeSlow(fieldSize(resourceSize)));
    writer.open(1, resourceSize);
    writer.raw(resource);
    writer.open(2, scopeSize);
    writer.raw(scope);
    const [start, now] = [time(reading.startMs), time(reading.nowMs)];
    for (const { group, code, dataSize, metricSize } of parts) {
      writer.open(2, metricSize);
      writer.raw(code.head);
      writer.open(code.kind, dataSize);
      writePoints(writer, group, code, start, now, reading);
      writer.raw(code.tail);
    }
    writer.raw(others);
    return writer.bytes;
  };
}

function familyCode(family: AnyFamily): FamilyCode {
  const { name, spec, labelNames } = family;
  const bounds = family instanceof HistogramFamily ? boundsField(family.buckets) : NO_BYTES;
  const counts = family instanceof HistogramFamily ? fieldSize(8 * (family.buckets.length + 1)) : 0;
  const isHistogram = family instanceof HistogramFamily;
  const isCounter = family instanceof CounterFamily;
  return {
    head: Buffer.concat([textField(1, name), textField(2, spec.description), textField(3, spec.unit)]),
    kind: isHistogram ? 9 : isCounter ? 7 : 5,
    tail: isHistogram ? CUMULATIVE : isCounter ? Buffer.concat([CUMULATIVE, MONOTONIC]) : NO_BYTES,
    keys: labelNames.map((label) => textField(1, label)),
    bounds,
    pointSize: isHistogram ? 4 * NUMBER_SIZE + counts + bounds.length : 3 * NUMBER_SIZE,
  };
}

function boundsField(bounds: readonly number[]): Uint8Array {
  if (bounds.length === 0) return NO_BYTES;
  const writer = new ProtobufWriter(new Uint8Array(fieldSize(8 * bounds.length)));
  writer.open(7, 8 * bounds.length);
  for (const bound of bounds) writer.double(bound);
  return writer.bytes;
}

/** An attribute of the resource. */
function attribute(key: string, value: string | number): Uint8Array {
  return bytesField(1, textField(1, key), bytesField(2, anyValue(value)));
}

function anyValue(value: string | number): Uint8Array {
  if (typeof value === 'string') return bytesField(1, Buffer.from(value));
  if (Number.isSafeInteger(value) && value >= 0) return varintField(3, value);
  const writer = new ProtobufWriter(new Uint8Array(NUMBER_SIZE));
  writer.tag(4, FIXED64);
  writer.double(value);
  return writer.bytes;
}
