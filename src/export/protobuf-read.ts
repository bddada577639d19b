/** Reads protobuf's wire format, as much as OTLP's answers and other metrics' requests need. */
import { BYTES, FIXED64, VARINT } from './protobuf.js';

/** Wire type of 32 bits. */
const FIXED32 = 5;

/** One field of a message as it was written, and what is in it: of a varint its value, else its bytes. */
export interface ProtobufField {
  readonly field: number;
  readonly whole: Uint8Array;
  readonly value: number | Uint8Array;
}

/** The fields of a message in their order. Throws a RangeError on what is no message. */
export function* readFields(message: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    for (let value = 0, factor = 1; ; factor *= 0x80) {
      const byte = message[at++];
      if (byte === undefined || factor > 2 ** 63) throw new RangeError('a varint that does not end');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const tag = varint();
    const wireType = tag % 8;
    let value: number | Uint8Array;
    if (wireType === VARINT) value = varint();
    else {
      const size =
        wireType === BYTES ? varint() : wireType === FIXED64 ? 8 : wireType === FIXED32 ? 4 : Infinity;
      if (at + size > message.length) throw new RangeError('a field beyond the end of its message');
      value = message.subarray(at, (at += size));
    }
    yield { field: Math.floor(tag / 8), whole: message.subarray(start, at), value };
  }
}
