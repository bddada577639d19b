/** All cells at one moment, for whoever writes them out. */
import { HistogramCell, PUSH, type Cell } from './cell.js';
import { GaugeFamily } from './family.js';
import { shownCells, type AnyFamily, type Registry } from './registry.js';

export interface CellGroup {
  readonly family: AnyFamily;
  /** At least one. */
  readonly cells: readonly Cell[];
}

/** Good until the next turn of the loop: the cells themselves, which go on counting. */
export interface CellReading {
  readonly groups: readonly CellGroup[];
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly nowMs: number;
  /** Nothing will be told of this process again: what its gauges read is true no longer. */
  readonly isLast: boolean;
  /** Says that a backend has answered for this reading: the zeros of its new series need not be sent again. */
  delivered(): void;
}

/** Reads all cells. Synchronous, so that it also works while the process exits. */
export function readCells(registry: Registry, nowMs: number, isLast = false): CellReading {
  registry.collect();
  const groups: CellGroup[] = [];
  const fresh: Cell[] = [];
  for (const family of Object.values(registry.families)) {
    const cells = shownCells(family);
    if (cells.length === 0) continue;
    groups.push({ family, cells });
    for (const cell of cells) if (isNew(family, cell)) fresh.push(cell);
  }
  return {
    groups,
    startMs: registry.startMs,
    nowMs,
    isLast,
    delivered() {
      for (const cell of fresh) cell.announced |= PUSH;
    },
  };
}

/** Whether a backend must be told that this series began at 0: `increase()` would lose its first value. */
export function isNew(family: AnyFamily, cell: Cell): boolean {
  return (cell.announced & PUSH) === 0 && !(family instanceof GaugeFamily);
}

/**
 * A gauge of a process that ends is said to have no value any more: a backend would show its last one for five minutes,
 * beside that of the process that takes its place.
 */
export const isOver = ({ isLast }: CellReading, family: AnyFamily): boolean =>
  isLast && family instanceof GaugeFamily;

/** The moment from which on a gauge has no value: after its last one. */
export const afterMs = ({ nowMs }: CellReading): number => nowMs + 1;

/** The moment of a new series' zero: when it was born, and before its value. */
export function zeroMs(cell: Cell, nowMs: number): number {
  return Math.min(cell.bornMs, nowMs - 1);
}

/** What a cell has counted: its total, of a histogram its count. */
export function totalOf(cell: Cell): number {
  return cell instanceof HistogramCell ? cell.count : cell.value;
}
