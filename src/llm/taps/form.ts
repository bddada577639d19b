/** Reads the short text fields of a multipart form as it goes out, and nothing of the files beside them. */

/** The fields that a provider's readers ask for; a form holds a prompt and a recording too. */
const FIELD =
  /name="(model|stream|n|size|quality|response_format)"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]{0,128})\r\n/g;

/** A field may be split between two pieces: so many bytes of each are looked at again with the next. */
const OVERLAP = 512;

export interface FormReader {
  push(bytes: Uint8Array): void;
  /** As the JSON of other endpoints has them. */
  value(): Record<string, unknown>;
}

export function createFormReader(): FormReader {
  const fields: Record<string, unknown> = {};
  let carry = '';
  return {
    push(bytes) {
      const text = carry + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      for (const [, name, value] of text.matchAll(FIELD))
        fields[name as string] = fieldValue(value as string);
      carry = text.slice(-OVERLAP);
    },
    value: () => fields,
  };
}

/** A form has only text: what JSON would hold as a boolean is one. */
export const fieldValue = (text: string): unknown => (text === 'true' ? true : text);
