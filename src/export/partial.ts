/** What a backend holds against some of the points it took: the body of a 2xx answer. */
import type { Response } from './post.js';
import { readFields } from './protobuf-read.js';

export interface PartialSuccess {
  /** Data points the backend refused; 0 when it only has something to say. */
  readonly rejected: number;
  readonly message: string;
}

const BRACE = 0x7b;

/** Undefined when the answer says nothing of the kind, or nothing that can be read (`OK`, an error page). */
export function readPartialSuccess({ body, contentType }: Response): PartialSuccess | undefined {
  if (body.length === 0) return undefined;
  try {
    // A server may answer JSON to protobuf. No such message begins with a brace.
    const isJson = body[0] === BRACE || (contentType?.includes('json') ?? false);
    return isJson ? fromJson(Buffer.from(body).toString()) : fromProtobuf(body);
  } catch {
    return undefined;
  }
}

function fromJson(text: string): PartialSuccess | undefined {
  const { partialSuccess } = JSON.parse(text) as {
    partialSuccess?: { rejectedDataPoints?: number | string | null; errorMessage?: string };
  };
  if (partialSuccess === undefined) return undefined;
  return said(Number(partialSuccess.rejectedDataPoints ?? 0), String(partialSuccess.errorMessage ?? ''));
}

/** Field 1 of ExportMetricsServiceResponse, and in it 1, how many were rejected, and 2, the message. */
function fromProtobuf(body: Uint8Array): PartialSuccess | undefined {
  let found: PartialSuccess | undefined;
  for (const { field, value } of readFields(body)) {
    if (field !== 1 || typeof value === 'number') continue;
    let [rejected, message] = [0, ''];
    for (const inner of readFields(value)) {
      if (inner.field === 1 && typeof inner.value === 'number') rejected = inner.value;
      if (inner.field === 2 && typeof inner.value !== 'number') message = Buffer.from(inner.value).toString();
    }
    found = said(rejected, message);
  }
  return found;
}

const said = (rejected: number, message: string): PartialSuccess => ({
  rejected: rejected > 0 && rejected < 2 ** 63 ? rejected : 0,
  message,
});
