/**
 * What batches used, counted once: by their results, one by one, where the application reads those; else by the sum that
 * the batch itself tells.
 */
import { parseJson } from '../wire/body.js';
import { createJsonReader } from '../wire/body.js';
import { createElements } from '../wire/elements.js';
import { createEventStream } from '../wire/sse.js';
import { createRecent } from './recent.js';
import type { BatchSum, CallFacts, LaterDocument, LlmEvent, LlmStatus, Operation } from '../types.js';

type Results = Extract<LaterDocument, { kind: 'results' }>;
type Batch = Extract<LaterDocument, { kind: 'batch' }>;

export interface BatchReader {
  push(bytes: Uint8Array): void;
  end(): void;
}

export interface Batches {
  /** @param host ids are its own. @param feature what the application names for what it reads now. */
  readResults(document: Results, host: string, feature: string | undefined): BatchReader;
  readBatch(document: Batch, host: string, feature: string | undefined): BatchReader;
  /** Counts the sums that still wait for their results. */
  settle(): void;
}

export interface BatchOptions {
  readonly record: (event: LlmEvent) => void;
  /** Runs `work` later, without holding the process open. */
  readonly schedule: (work: () => void, ms: number) => void;
}

/** One file of results, or one list of them. */
interface Counted {
  /** How many of its results were counted: one that is read again, or half, goes on from there. */
  results: number;
  /** It was counted as a whole. */
  isSummed: boolean;
  /** Stands for all of them, until the first is read. */
  sum?: LlmEvent | undefined;
  model?: string | undefined;
}

/** Remembered at once: the ids of files and a few numbers each. */
const MAX_FILES = 1_000;
/** Results are read within moments of the batch, if this process reads them at all. */
const WAIT_MS = 60_000;

export function createBatches({ record, schedule }: BatchOptions): Batches {
  const files = createRecent<Counted>(MAX_FILES, settle);

  function fileOf(key: string): Counted {
    const known = files.get(key) ?? { results: 0, isSummed: false };
    files.set(key, known);
    return known;
  }

  function settle(file: Counted): void {
    if (file.sum === undefined) return;
    record(file.sum);
    file.sum = undefined;
    file.isSummed = true;
  }

  function sumUp(key: string, model: string | undefined, sum: LlmEvent): void {
    const file = fileOf(key);
    file.model ??= model;
    if (sum.requests === 0 || file.results > 0 || file.isSummed || file.sum !== undefined) return;
    file.sum = sum;
    schedule(() => settle(file), WAIT_MS);
  }

  return {
    settle() {
      for (const file of files.values()) settle(file);
    },
    readResults(document, host, feature) {
      let key = `${host} ${document.id}`;
      let model: string | undefined;
      const take = (value: unknown, index: number): boolean => {
        const result = document.read(value);
        if (result === undefined) return index > 0;
        const file = fileOf(key);
        if (file.isSummed) return false;
        if (index < file.results) return true;
        file.results = index + 1;
        file.sum = undefined;
        record(eventOf(document.provider, result, feature, model ?? file.model));
        return true;
      };
      if (document.within === undefined) return readLines(take);
      const head = (text: string): void => {
        const told = document.readHead?.(text) ?? {};
        model = told.model;
        if (told.id !== undefined) key = `${host} ${told.id}`;
      };
      const element = (value: unknown, index: number): void => void take(value, index);
      return { ...createElements(document.within, { element, head }), end: () => {} };
    },
    readBatch({ provider, id, read }, host, feature) {
      const json = createJsonReader();
      return {
        push: (bytes) => json.push(bytes),
        end() {
          const batch = read(json.value());
          if (batch === undefined) return;
          const model = batch.facts.responseModel;
          const sums = sumsOf(provider, batch, feature);
          sumUp(`${host} ${batch.outputFile ?? `${id} output`}`, model, sums.succeeded);
          sumUp(`${host} ${batch.errorFile ?? `${id} errors`}`, model, sums.failed);
        },
      };
    },
  };
}

/** A file that is none of results is left alone from its first line on. */
function readLines(take: (value: unknown, index: number) => boolean): BatchReader {
  let index = 0;
  let isOff = false;
  const line = (value: unknown): void => {
    if (!isOff) isOff = !take(value, index++);
  };
  const lines = createEventStream(false, false, {
    event(text) {
      if (text.trim() !== '') line(parseJson(text));
      return undefined;
    },
    longEvent: line,
  });
  let isFirst = true;
  return {
    push(bytes) {
      if (bytes.length === 0) return;
      if (isFirst) isOff = bytes[0] !== OPEN_OBJECT;
      isFirst = false;
      if (!isOff) lines.push(bytes);
    },
    end: () => void (isOff || lines.end()),
  };
}

const OPEN_OBJECT = 0x7b;

interface Told {
  readonly operation: Operation;
  readonly feature: string;
  readonly status: LlmStatus;
  readonly facts: CallFacts;
}

function eventOf(
  provider: string,
  { operation, feature, status, facts }: Told,
  named: string | undefined,
  model: string | undefined,
): LlmEvent {
  return {
    ...{ provider, operation, model: facts.responseModel ?? model, feature: named ?? feature, status },
    ...(status === 'success' && facts.usage !== undefined && { usage: facts.usage }),
    ...(facts.costUsd !== undefined && { costUsd: facts.costUsd }),
    ...{ serviceTier: facts.serviceTier ?? 'batch', isRetry: false },
  };
}

function sumsOf(provider: string, batch: BatchSum, named: string | undefined) {
  const { facts, feature, succeeded, failed, failure } = batch;
  const all = { operation: 'batch', feature } as const;
  const sum = eventOf(provider, { ...all, status: 'success', facts }, named, undefined);
  const failures = eventOf(provider, { ...all, status: failure, facts }, named, undefined);
  // Without its usage a batch says nothing that its results will not say better.
  const isTold = facts.usage !== undefined;
  return {
    succeeded: { ...sum, requests: isTold ? succeeded : 0 },
    failed: { ...failures, requests: isTold ? failed : 0 },
  };
}
