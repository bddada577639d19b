/** Protobuf's wire format, as much as OTLP's metrics need: https://protobuf.dev/programming-guides/encoding/ */

/** Wire types. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;

const TWO_32 = 0x100000000;
const NO_BYTES = new Uint8Array();

/** Writes into room that is known to suffice: whoever writes counts the bytes first, and nothing is moved later. */
export class ProtobufWriter {
  at = 0;
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Of field numbers below 16, which are all that are written here. */
  tag(field: number, wireType: number): void {
    this.bytes[this.at++] = (field << 3) | wireType;
  }

  /** An integer from 0 to 2^53. */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.bytes[this.at++] = (rest % 0x80) | 0x80;
    this.bytes[this.at++] = rest;
  }

  fixed64(low: number, high: number): void {
    this.view.setUint32(this.at, low, true);
    this.view.setUint32(this.at + 4, high, true);
    this.at += 8;
  }

  /** A count: an integer from 0 to 2^53. */
  count(value: number): void {
    this.fixed64(value, value / TWO_32);
  }

  double(value: number): void {
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** The beginning of a message, a text or a packed list of this many bytes. */
  open(field: number, size: number): void {
    this.tag(field, BYTES);
    this.varint(size);
  }
}

export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** What a message, a text or a packed list of this many bytes takes, its tag included. */
export function fieldSize(size: number): number {
  return 1 + varintSize(size) + size;
}

/** A field of bytes, made apart: for what is made once. */
export function bytesField(field: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  const writer = new ProtobufWriter(new Uint8Array(fieldSize(size)));
  writer.open(field, size);
  for (const bytes of contents) writer.raw(bytes);
  return writer.bytes;
}

/** A text, and like protobuf nothing at all of an empty one. */
export function textField(field: number, text: string): Uint8Array {
  return text === '' ? NO_BYTES : bytesField(field, Buffer.from(text));
}

export function varintField(field: number, value: number): Uint8Array {
  const writer = new ProtobufWriter(new Uint8Array(1 + varintSize(value)));
  writer.tag(field, VARINT);
  writer.varint(value);
  return writer.bytes;
}
