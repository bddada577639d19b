/**
 * Reads OTLP metrics requests, protobuf and JSON, with nothing of OTel's code: field numbers and wire types are those
 * of opentelemetry/proto/metrics/v1/metrics.proto.
 */

export interface Point {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: 'gauge' | 'sum' | 'histogram';
  readonly monotonic: boolean;
  readonly cumulative: boolean;
  readonly scope: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of a histogram its count; NaN where the point says that it has none. */
  readonly value: number;
  /** Of a histogram alone. */
  readonly sum?: number;
  readonly counts?: readonly number[];
  readonly bounds?: readonly number[];
  readonly startNs: bigint;
  readonly timeNs: bigint;
}

export interface DecodedMetrics {
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly points: readonly Point[];
  /** Points that say of a series that it has no value any more. */
  readonly gone: readonly Point[];
}

const sorted = (resource: DecodedMetrics['resource'], all: readonly Point[]): DecodedMetrics => ({
  resource,
  points: all.filter(({ value }) => !Number.isNaN(value)),
  gone: all.filter(({ value }) => Number.isNaN(value)),
});

/** A message as its fields in order of appearance: number, and value by wire type. */
type Field = { readonly no: number; readonly value: bigint | Buffer };

function fields(data: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = data[at++];
      if (byte === undefined) throw new RangeError('the message ends in a varint');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    if (at + length > data.length) throw new RangeError('the message ends in a field');
    at += length;
    return data.subarray(at - length, at);
  };
  while (at < data.length) {
    const tag = varint();
    const wire = Number(tag & 7n);
    const no = Number(tag >> 3n);
    if (wire === 0) found.push({ no, value: varint() });
    else if (wire === 1) found.push({ no, value: bytes(8) });
    else if (wire === 2) found.push({ no, value: bytes(Number(varint())) });
    else if (wire === 5) found.push({ no, value: bytes(4) });
    else throw new RangeError(`wire type ${wire}`);
  }
  return found;
}

const all = (message: Field[], no: number): Buffer[] =>
  message.filter((field) => field.no === no).map((field) => field.value as Buffer);
const one = (message: Field[], no: number): Buffer => all(message, no).at(-1) ?? Buffer.alloc(0);
const text = (message: Field[], no: number): string => one(message, no).toString('utf8');
const has = (message: Field[], no: number): boolean => message.some((field) => field.no === no);
const int = (message: Field[], no: number): number =>
  Number(message.filter((field) => field.no === no).at(-1)?.value ?? 0n);
const fixed64 = (message: Field[], no: number): bigint =>
  has(message, no) ? one(message, no).readBigUInt64LE() : 0n;
const double = (message: Field[], no: number): number =>
  has(message, no) ? one(message, no).readDoubleLE() : 0;
const eights = (data: Buffer): Buffer[] =>
  Array.from({ length: data.length / 8 }, (_, i) => data.subarray(i * 8, i * 8 + 8));

function anyValue(message: Field[]): string | number | boolean {
  if (has(message, 1)) return text(message, 1);
  if (has(message, 2)) return int(message, 2) === 1;
  if (has(message, 3)) return int(message, 3);
  return double(message, 4);
}

function attributes(messages: Buffer[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    messages.map(fields).map((keyValue) => [text(keyValue, 1), anyValue(fields(one(keyValue, 2)))]),
  );
}

/** Decodes an ExportMetricsServiceRequest. */
export function decodeProtobuf(body: Buffer): DecodedMetrics {
  let resource = {};
  const points: Point[] = [];
  for (const resourceMetrics of all(fields(body), 1).map(fields)) {
    resource = { ...resource, ...attributes(all(fields(one(resourceMetrics, 1)), 1)) };
    for (const scopeMetrics of all(resourceMetrics, 2).map(fields)) {
      const scope = text(fields(one(scopeMetrics, 1)), 1);
      for (const metric of all(scopeMetrics, 2).map(fields)) points.push(...protobufPoints(metric, scope));
    }
  }
  return sorted(resource, points);
}

function protobufPoints(metric: Field[], scope: string): Point[] {
  const [kind, data] = has(metric, 5)
    ? (['gauge', fields(one(metric, 5))] as const)
    : has(metric, 7)
      ? (['sum', fields(one(metric, 7))] as const)
      : (['histogram', fields(one(metric, 9))] as const);
  const common = {
    name: text(metric, 1), description: text(metric, 2), unit: text(metric, 3), kind, scope,
    monotonic: int(data, 3) === 1, cumulative: kind === 'gauge' || int(data, 2) === 2,
  }; // prettier-ignore
  return all(data, 1)
    .map(fields)
    .map((point) => {
      const times = { startNs: fixed64(point, 2), timeNs: fixed64(point, 3) };
      const labels = strings(attributes(all(point, kind === 'histogram' ? 9 : 7)));
      if (kind !== 'histogram') {
        const value =
          int(point, 8) === 1
            ? NaN
            : has(point, 6)
              ? Number(one(point, 6).readBigInt64LE())
              : double(point, 4);
        return { ...common, ...times, labels, value };
      }
      const counts = eights(one(point, 6)).map((eight) => Number(eight.readBigUInt64LE()));
      const bounds = eights(one(point, 7)).map((eight) => eight.readDoubleLE());
      return {
        ...common,
        ...times,
        labels,
        value: Number(fixed64(point, 4)),
        sum: double(point, 5),
        counts,
        bounds,
      };
    });
}

/** Decodes the JSON form: camelCase names, 64-bit integers as strings. */
export function decodeJson(body: Buffer): DecodedMetrics {
  let resource = {};
  const points: Point[] = [];
  for (const { resource: of, scopeMetrics } of JSON.parse(body.toString('utf8')).resourceMetrics) {
    resource = { ...resource, ...jsonAttributes(of.attributes) };
    for (const { scope, metrics } of scopeMetrics) {
      for (const metric of metrics) points.push(...jsonPoints(metric, scope.name));
    }
  }
  return sorted(resource, points);
}

function jsonPoints(metric: any, scope: string): Point[] {
  const kind = metric.gauge !== undefined ? 'gauge' : metric.sum !== undefined ? 'sum' : 'histogram';
  const data = metric[kind];
  return data.dataPoints.map((point: any) => ({
    name: metric.name, description: metric.description ?? '', unit: metric.unit ?? '', kind, scope,
    monotonic: data.isMonotonic === true, cumulative: kind === 'gauge' || data.aggregationTemporality === 2,
    labels: strings(jsonAttributes(point.attributes ?? [])),
    startNs: BigInt(point.startTimeUnixNano ?? 0), timeNs: BigInt(point.timeUnixNano),
    value: Number(kind === 'histogram' ? point.count : (point.asDouble ?? point.asInt ?? (point.flags === 1 ? NaN : undefined))),
    ...(kind === 'histogram'
      ? { sum: point.sum, counts: point.bucketCounts.map(Number), bounds: point.explicitBounds }
      : {}),
  })); // prettier-ignore
}

function jsonAttributes(list: any[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    list.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}

function strings(labels: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

/** `name{a="1",b="2"}`, labels sorted by name: the same for a point by OTLP and a line of /metrics. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((label) => `${label}="${labels[label]}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}
