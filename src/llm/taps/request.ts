/** Reads what a caller gave to fetch, in every form fetch takes, and never through anything that uses it up. */
import { createJsonReader, parseJson } from '../wire/body.js';
import { fieldValue } from './form.js';

/** The beginning of a RequestInit and of a Request, as far as it matters here. */
export interface FetchInit {
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly signal?: unknown;
}

/** A URL's host, lower-case and with its port, and its path without query. */
export interface Target {
  readonly host: string;
  readonly path: string;
}

/** Without `new URL`, which costs more than all the rest of a fetch that is no call. */
export function targetOf(url: string): Target | undefined {
  const scheme = url.indexOf('://');
  if (scheme === -1) return undefined;
  const hostStart = scheme + 3;
  const pathStart = url.indexOf('/', hostStart);
  if (pathStart === -1) return undefined;
  const authority = url.slice(hostStart, pathStart);
  return {
    host: authority.slice(authority.lastIndexOf('@') + 1).toLowerCase(),
    path: withoutQuery(url.slice(pathStart)),
  };
}

export function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}

/** The value of a header, given as a Headers, an array of pairs or a record. `name` is lower-case. */
export function headerOf(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const entries: Iterable<unknown> = isIterable(headers) ? headers : Object.entries(headers);
  for (const entry of entries) {
    if (Array.isArray(entry) && String(entry[0]).toLowerCase() === name) return String(entry[1]);
  }
  return undefined;
}

/** A copy of the headers, in the form they have, with one changed, or taken off where `value` is undefined. */
export function withHeader(headers: unknown, name: string, value: string | undefined): unknown {
  if (isHeaders(headers)) {
    const copy = new Headers(headers);
    if (value === undefined) copy.delete(name);
    else copy.set(name, value);
    return copy;
  }
  const isList = isIterable(headers);
  const entries = [...(isList ? headers : Object.entries(headers as object))] as (readonly [
    unknown,
    unknown,
  ])[];
  const changed = entries.flatMap((entry) => {
    if (String(entry[0]).toLowerCase() !== name) return [entry];
    return value === undefined ? [] : [[entry[0], value] as const];
  });
  return isList ? changed : Object.fromEntries(changed as [string, unknown][]);
}

const isHeaders = (headers: unknown): headers is Headers =>
  typeof (headers as { get?: unknown } | null)?.get === 'function' && !(headers instanceof Map);

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof (value as { [Symbol.iterator]?: unknown } | null)?.[Symbol.iterator] === 'function';

/** A larger body is read in outline, as bytes. */
const MAX_TEXT = 64 * 1024;

/**
 * The parsed body of a request: JSON in a string or bytes, the text fields of a form. Undefined for what could only be
 * read by using it up (streams, blobs) and for what is no JSON.
 */
export function readRequestBody(body: unknown): unknown {
  if (typeof body === 'string')
    return body.length <= MAX_TEXT ? parseJson(body) : outlineOf(Buffer.from(body));
  const bytes = bytesOf(body);
  if (bytes !== undefined) return outlineOf(bytes);
  return isForm(body) ? formFields(body) : undefined;
}

/** A Request whose body tells the model: some SDKs (Mistral's) give fetch nothing else. */
export function isJsonRequest(input: unknown): input is Request {
  const { body, bodyUsed, clone, headers } = (input ?? {}) as Partial<Request>;
  if (typeof clone !== 'function' || typeof body?.getReader !== 'function' || bodyUsed !== false)
    return false;
  return headers?.get('content-type')?.includes('json') === true;
}

/** Its body can be read in a copy only, while the request is on its way. Never fails. */
export async function readCopy(request: Request): Promise<unknown> {
  try {
    const reader = createJsonReader();
    for await (const piece of request.clone().body ?? []) reader.push(piece);
    return reader.value();
  } catch {
    return undefined;
  }
}

function outlineOf(bytes: Uint8Array): unknown {
  const reader = createJsonReader();
  reader.push(bytes);
  return reader.value();
}

export function bytesOf(body: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined;
}

const isForm = (body: unknown): body is FormData =>
  (body as { [Symbol.toStringTag]?: unknown } | null | undefined)?.[Symbol.toStringTag] === 'FormData';

/** As the JSON of other endpoints has them: a form has only text. */
function formFields(form: FormData): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) if (typeof value === 'string') fields[name] = fieldValue(value);
  return fields;
}
