/**
 * A Request given to fetch has its body inside, to be read once. For a stream whose usage is to be asked for, a Request
 * of ours takes it over just as fetch itself would, at once and whole, so that the caller's own is left in the same state.
 */
import { askForUsageInBytes } from './ask.js';
import { createJsonReader, parseJson } from '../wire/body.js';
import type { FetchInit } from './request.js';

/** Fetch forgets the referrer of a Request as soon as it is given anything beside it. */
const referrerOf = ({ referrer, referrerPolicy }: Request): RequestInit => ({ referrer, referrerPolicy });

export interface StandIn {
  readonly own: Request;
  /** What fetch is to be given beside it. */
  readonly init: FetchInit;
}

/**
 * @param init what the caller gave fetch beside it, if anything.
 * @returns Undefined where the caller's is no plain Request, or fetch would refuse it: it is the one to say so.
 */
export function standIn(input: Request, init: FetchInit, headers: unknown): StandIn | undefined {
  const { constructor: Own } = input as Request & { constructor: typeof Request };
  if (typeof Own !== 'function' || Own.name !== 'Request') return undefined;
  const kept = Object.keys(init).length === 0 ? referrerOf(input) : {};
  const more = { ...init, ...(headers !== undefined && { headers }) };
  try {
    const own = new Own(input, { ...kept, ...more, signal: null } as RequestInit);
    // Fetch follows the caller's signal itself: one that ours passed on would be collected with ours.
    const signal = init.signal === undefined ? input.signal : init.signal;
    return { own, init: { ...more, ...referrerOf(own), signal } };
  } catch {
    return undefined;
  }
}

type Read = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;

/**
 * Reads the body in a copy, and tells it. Gives the body that asks for usage, where it was there whole; a stream of the
 * caller's own is not waited for, and stays as it is. Never fails.
 */
export async function readAhead(
  request: Request,
  tell: (body: unknown) => void,
): Promise<Uint8Array | undefined> {
  try {
    const reader = (request.clone().body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    const next = reader.read();
    if (first.done || !(await isOver(next))) {
      void readOn(reader, [first, next]).then(tell, () => undefined);
      return undefined;
    }
    const { value } = first;
    const body = parseJson(Buffer.from(value.buffer, value.byteOffset, value.length).toString());
    tell(body);
    return askForUsageInBytes(value, body);
  } catch {
    return undefined;
  }
}

/** A text or bytes given to a Request are read in one piece, and over at once. */
function isOver(next: Promise<Read>): Promise<boolean> {
  const oneTurn = new Promise<boolean>((resolve) => void setImmediate(resolve, false));
  return Promise.race([next.then(({ done }) => done), oneTurn]);
}

async function readOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  begun: readonly (Read | Promise<Read>)[],
): Promise<unknown> {
  const json = createJsonReader();
  for (const each of begun) {
    const { value } = await each;
    if (value !== undefined) json.push(value);
  }
  for (let next = await reader.read(); !next.done; next = await reader.read()) json.push(next.value);
  return json.value();
}
