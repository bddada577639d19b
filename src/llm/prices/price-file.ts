/** The file that INTELIA_LLM_PRICES names: read at start, and again when it has changed. */
import { promises, readFileSync, statSync, type Stats } from 'node:fs';
import type { Log } from '../../log.js';
import type { NewerTable } from './newer.js';
import { parsePrices, type Overrides } from './overrides.js';
import type { PriceRow } from './row.js';

export interface PriceFile {
  /** The user's own prices by model id in small letters: one map, whose content changes with the file. */
  readonly rows: ReadonlyMap<string, PriceRow>;
  /** The list of prices that `intelia-otel prices --update` wrote into the file. */
  newer(): NewerTable | undefined;
  /**
   * Looks whether the file is another one now, at most every {@link LOOK_EVERY}. To be called at any call: it compares
   * two numbers, and what it then does need not be waited for; it never rejects. No timer: a process that asks no model
   * reads no file.
   */
  refresh(): Promise<void> | undefined;
}

export interface PriceFileOptions {
  readonly path: string | undefined;
  readonly log: Pick<Log, 'warnOnce'>;
  readonly nowMs: () => number;
  /** There are other prices than at start. */
  readonly onChange: () => void;
}

/** Milliseconds. A look is one `stat` on the thread pool. */
export const LOOK_EVERY = 10_000;
/** Bytes; the whole table of genai-prices is a tenth of it. Parsing is the one step that holds the loop. */
const MAX_SIZE = 4 * 1024 * 1024;
const NONE: Overrides = { rows: new Map(), table: undefined, complaints: [] };

/** What is wrong gives one line, and what held before holds on: a service is never kept from working by a price. */
export function createPriceFile({ path, log, nowMs, onChange }: PriceFileOptions): PriceFile {
  const rows = new Map<string, PriceRow>();
  let current = NONE;
  let seen = '';
  let isLooking = false;

  const warn = (what: string): void =>
    log.warnOnce(`prices:${what}`, `INTELIA_LLM_PRICES: ${path}: ${what}; ${insteadOf(current)}`);

  /** At start what is good in a file is taken. Later a file with any fault is not, so that no price goes back to the list's by a slip. */
  function take(text: string): boolean {
    const read = parsePrices(text);
    if (read.complaints.length > 0) warn(summary(read.complaints));
    if (read.complaints.length > 0 && current !== NONE) return false;
    current = read;
    rows.clear();
    for (const [id, row] of read.rows) rows.set(id, row);
    return true;
  }

  /** Gives whether there is something new to read. The stamp is of before the reading: what is written meanwhile is seen next time. */
  function notice(stats: Stats): boolean {
    const stamp = `${stats.ino}:${stats.size}:${stats.mtimeMs}`;
    if (stamp === seen) return false;
    seen = stamp;
    if (!stats.isFile()) warn('it is not a file');
    else if (stats.size > MAX_SIZE) warn(`it is larger than ${MAX_SIZE} bytes`);
    else return true;
    return false;
  }

  function unreadable(error: unknown): void {
    seen = '';
    warn(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }

  async function look(file: string): Promise<void> {
    try {
      if (notice(await promises.stat(file)) && take(await promises.readFile(file, 'utf8'))) onChange();
    } catch (error) {
      unreadable(error);
    }
  }

  let lookedAt = nowMs();
  if (path !== undefined) {
    try {
      if (notice(statSync(path))) take(readFileSync(path, 'utf8'));
    } catch (error) {
      unreadable(error);
    }
  }
  return {
    rows,
    newer: () => current.table,
    refresh() {
      if (path === undefined || isLooking) return undefined;
      const now = nowMs();
      // A clock that was set back must not stop the looking for as long.
      if (Math.abs(now - lookedAt) < LOOK_EVERY) return undefined;
      lookedAt = now;
      isLooking = true;
      return look(path).finally(() => (isLooking = false));
    },
  };
}

function summary(complaints: readonly string[]): string {
  const more = complaints.length > 3 ? `; and ${complaints.length - 3} more` : '';
  return `${complaints.slice(0, 3).join('; ')}${more}`;
}

const insteadOf = (current: Overrides): string =>
  current === NONE ? 'list prices are used instead' : 'the prices read before stay';
