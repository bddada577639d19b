/**
 * Answers that are fetched later than they were asked for, by a GET: results of batches, responses made in the
 * background. Each is told to what a tap tells of any call, and counts what it brings once, however often it is fetched.
 */
import type { Guard } from '../../guard.js';
import { featureOf } from '../feature.js';
import { findLater } from '../providers/later.js';
import { NO_BYTES } from '../wire/sse.js';
import { createBackgrounds, type Backgrounds } from './background.js';
import { createBatches } from './batch.js';
import type { Call } from './contract.js';
import type { LaterDocument, LlmEvent } from '../types.js';

export interface Later extends Pick<Backgrounds, 'defers'> {
  /**
   * What a request's answer is to be told to; undefined for a request that brings nothing of this. `path` has no query;
   * `named` is the feature in the request's own header.
   */
  find(method: string, host: string, path: string, named: string | undefined): Call | undefined;
  /** Counts what still waits, before the last totals are read. */
  settle(): void;
}

export interface LaterOptions {
  readonly now: () => number;
  readonly guard: Guard;
  readonly record: (event: LlmEvent) => void;
  /** There is something to read: prices will be wanted. */
  readonly opened?: () => void;
  readonly schedule?: (work: () => void, ms: number) => void;
}

interface Reader {
  push(bytes: Uint8Array): unknown;
  end(): unknown;
}

const unheld = (work: () => void, ms: number): void => void setTimeout(work, ms).unref();

export function createLater({ now, guard, record, opened, schedule = unheld }: LaterOptions): Later {
  const batches = createBatches({
    record,
    schedule: (work, ms) => schedule(() => void guard.run('llm batch', work), ms),
  });
  const backgrounds = createBackgrounds({ now, record });

  function readerOf(
    document: LaterDocument,
    host: string,
    feature: string | undefined,
    type: string,
  ): Reader {
    if (document.kind === 'response') return backgrounds.read(document.endpoint, feature, type);
    if (document.kind === 'batch') return batches.readBatch(document, host, feature);
    return batches.readResults(document, host, feature);
  }

  return {
    defers: backgrounds.defers,
    settle: batches.settle,
    find(method, host, path, named) {
      const document = findLater(method, host, path);
      if (document === undefined) return undefined;
      opened?.();
      const feature = featureOf(named, '');
      const name = feature === '' ? undefined : feature;
      return quietCall(guard, `llm ${document.kind}`, (type) => readerOf(document, host, name, type));
    },
  };
}

/** A request that is no call itself: however it ends, only what it brought counts. */
function quietCall(guard: Guard, where: string, begin: (contentType: string) => Reader): Call {
  let reader: Reader | undefined;
  const push = guard.wrap(where, (bytes: Uint8Array) => void reader?.push(bytes));
  const end = (): Uint8Array => {
    const ended = reader;
    reader = undefined;
    guard.run(where, () => ended?.end());
    return NO_BYTES;
  };
  return {
    requestBody: () => {},
    askedForUsage: () => {},
    response(status, header) {
      // A part of a document (206) does not tell which part.
      if (status !== 200) return;
      guard.run(where, () => void (reader = begin(header('content-type')?.toLowerCase() ?? '')));
    },
    chunk(bytes) {
      push(bytes);
      return bytes;
    },
    end,
    error: end,
    cancel: () => void end(),
    abandon: () => void end(),
    forget: () => void (reader = undefined),
  };
}
