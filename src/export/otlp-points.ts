/** Data points as OTLP protobuf: of a point, all that varies from push to push is a few numbers. */
import { HistogramCell, type NumberCell } from '../metrics/cell.js';
import { afterMs, isNew, isOver, zeroMs, type CellGroup, type CellReading } from '../metrics/reading.js';
import { FIXED64, fieldSize, ProtobufWriter, VARINT } from './protobuf.js';

/** What of a family is the same in each request. */
export interface FamilyCode {
  /** Name, description and unit. */
  readonly head: Uint8Array;
  /** The field of Metric that holds the points. */
  readonly kind: 5 | 7 | 9;
  /** What follows the points: that totals are cumulative, and of a counter that they only grow. */
  readonly tail: Uint8Array;
  /** The key field of each label. */
  readonly keys: readonly Uint8Array[];
  /** The bounds field of a histogram. */
  readonly bounds: Uint8Array;
  /** Of a point, all but its labels. */
  readonly pointSize: number;
}

/** 64 bits in two halves. */
export interface Time {
  readonly low: number;
  readonly high: number;
}

/** A tag and 64 bits. */
export const NUMBER_SIZE = 9;

/** Two times, and the flag DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK in place of a value. */
const NO_VALUE_SIZE = 2 * NUMBER_SIZE + 2;

/** Bytes of all points of a family, so that its size can be written before them. */
export function pointsSize({ family, cells }: CellGroup, code: FamilyCode, reading: CellReading): number {
  const isGone = isOver(reading, family);
  let size = 0;
  for (const cell of cells) {
    const labels = (cell.encoded ??= encodeLabels(cell.values, code));
    const point = fieldSize(code.pointSize + labels.length);
    size += isNew(family, cell) ? 2 * point : point;
    if (isGone) size += fieldSize(NO_VALUE_SIZE + labels.length);
  }
  return size;
}

export function writePoints(
  writer: ProtobufWriter,
  { family, cells }: CellGroup,
  code: FamilyCode,
  start: Time,
  now: Time,
  reading: CellReading,
): void {
  const gone = isOver(reading, family) ? time(afterMs(reading)) : undefined;
  for (const cell of cells) {
    const labels = cell.encoded as Uint8Array;
    const size = code.pointSize + labels.length;
    // Two points of one series in one request: 0 when it was born, its value now.
    for (let zero = isNew(family, cell); ; zero = false) {
      writer.open(1, size);
      writeTimes(writer, start, zero ? time(zeroMs(cell, reading.nowMs)) : now);
      if (cell instanceof HistogramCell) writeHistogram(writer, cell, zero, code.bounds);
      else writeNumber(writer, cell, zero);
      writer.raw(labels);
      if (!zero) break;
    }
    if (gone !== undefined) writeNoValue(writer, start, gone, labels);
  }
}

function writeTimes(writer: ProtobufWriter, start: Time, at: Time): void {
  writer.tag(2, FIXED64);
  writer.fixed64(start.low, start.high);
  writer.tag(3, FIXED64);
  writer.fixed64(at.low, at.high);
}

function writeNumber(writer: ProtobufWriter, { value }: NumberCell, zero: boolean): void {
  writer.tag(4, FIXED64);
  writer.double(zero ? 0 : value);
}

function writeNoValue(writer: ProtobufWriter, start: Time, at: Time, labels: Uint8Array): void {
  writer.open(1, NO_VALUE_SIZE + labels.length);
  writeTimes(writer, start, at);
  writer.tag(8, VARINT);
  writer.varint(1);
  writer.raw(labels);
}

function writeHistogram(
  writer: ProtobufWriter,
  cell: HistogramCell,
  zero: boolean,
  bounds: Uint8Array,
): void {
  const { counts } = cell;
  writer.tag(4, FIXED64);
  writer.count(zero ? 0 : cell.count);
  writer.tag(5, FIXED64);
  writer.double(zero ? 0 : cell.sum);
  writer.open(6, 8 * counts.length);
  for (let i = 0; i < counts.length; i++) writer.count(zero ? 0 : (counts[i] as number));
  writer.raw(bounds);
}

/** The attributes of a point, in pieces of the shared pool: a series has one of these for as long as it lives. */
function encodeLabels(values: readonly string[], { keys, kind }: FamilyCode): Uint8Array {
  const sizes = values.map((value) => Buffer.byteLength(value));
  const pairSize = (i: number): number =>
    (keys[i] as Uint8Array).length + fieldSize(fieldSize(sizes[i] as number));
  const size = sizes.reduce((sum, _, i) => sum + fieldSize(pairSize(i)), 0);
  const bytes = Buffer.allocUnsafe(size);
  const writer = new ProtobufWriter(bytes);
  for (const [i, value] of values.entries()) {
    const valueSize = sizes[i] as number;
    writer.open(kind === 9 ? 9 : 7, pairSize(i));
    writer.raw(keys[i] as Uint8Array);
    writer.open(2, fieldSize(valueSize));
    writer.open(1, valueSize);
    writer.at += bytes.write(value, writer.at);
  }
  return bytes;
}

/** Nanoseconds, which are more than a number holds exactly. */
export function time(ms: number): Time {
  const ns = BigInt(Math.round(ms)) * 1_000_000n;
  return { low: Number(ns & 0xffffffffn), high: Number(ns >> 32n) };
}
