/**
 * What batches used, counted once: by their results, one by one, where the application reads those; else by the sum that
 * the batch itself tells.
 */
import { createJsonReader } from '../wire/body.js';
import { createElements } from '../wire/elements.js';
import { readLines, type LineReader } from '../wire/lines.js';
import { eventOf, sumsOf } from './batch-events.js';
import { createRecent } from './recent.js';
import type { LaterDocument, LlmEvent } from '../types.js';

type Results = Extract<LaterDocument, { kind: 'results' }>;
type Batch = Extract<LaterDocument, { kind: 'batch' }>;

export interface Batches {
  /** @param host ids are its own. @param feature what the application names for what it reads now. */
  readResults(document: Results, host: string, feature: string | undefined): LineReader;
  readBatch(document: Batch, host: string, feature: string | undefined): LineReader;
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
