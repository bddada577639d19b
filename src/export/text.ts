/**
 * Writes the cells as text. All of a line but its number is cached with the cell, so that a scrape costs one
 * concatenation a line; after each piece the application has the loop.
 */
import type { MetricKind } from '../catalogue/types.js';
import { PULL, type Cell, type HistogramCell, type NumberCell } from '../metrics/cell.js';
import { HistogramFamily } from '../metrics/family.js';
import { shownCells, type AnyFamily, type Registry } from '../metrics/registry.js';
import {
  breathe,
  FLUSH_AT,
  header,
  labelPairs,
  numberText,
  type Format,
  type MetricType,
  type Write,
} from './format.js';

/**
 * Writes every cell. A new counter or histogram is written as 0, or Prometheus' `increase()` would lose its first
 * value. Returns those cells: they count as announced only once a scraper has them (see {@link announce}). Who only looks
 * (`isPeek`) is shown what there is, and announces nothing.
 */
export async function writeCells(
  registry: Registry,
  format: Format,
  write: Write,
  isPeek = false,
): Promise<readonly Cell[]> {
  registry.collect();
  const fresh: Cell[] = [];
  let piece = '';
  for (const family of Object.values(registry.families)) {
    const cells = shownCells(family);
    if (cells.length === 0) continue;
    const type = typeOf(family.spec.kind);
    const line = lineWriter(family);
    piece += header(format, family.name, type, family.spec.description);
    for (const cell of cells) {
      const isNew = !isPeek && type !== 'gauge' && (cell.announced & PULL) === 0;
      if (isNew) fresh.push(cell);
      piece += line(cell, isNew);
      if (piece.length < FLUSH_AT) continue;
      write(piece);
      piece = '';
      await breathe();
    }
  }
  if (piece !== '') write(piece);
  return fresh;
}

/** The zeros of these cells have reached a scraper: from now on it is shown their values. */
export function announce(cells: readonly Cell[]): void {
  for (const cell of cells) cell.announced |= PULL;
}

export function typeOf(kind: MetricKind): MetricType {
  return kind === 'observed' ? 'gauge' : kind;
}

/** The lines of one cell; `isNew` writes zeros. */
function lineWriter(family: AnyFamily): (cell: Cell, isNew: boolean) => string {
  const { name, labelNames } = family;
  if (family instanceof HistogramFamily) {
    const tails = [...family.buckets, '+Inf'].map((bound) => `${bound}"} `);
    return (cell, isNew) => histogramLines(name, labelNames, tails, cell as HistogramCell, isNew);
  }
  return (cell, isNew) => {
    const { value } = cell as NumberCell;
    const prefix = ((cell as NumberCell).prefix ??= `${name}${braced(labelPairs(labelNames, cell.values))} `);
    return `${prefix}${isNew ? 0 : numberText(value)}\n`;
  };
}

function histogramLines(
  name: string,
  labelNames: readonly string[],
  tails: readonly string[],
  cell: HistogramCell,
  isNew: boolean,
): string {
  cell.prefixes ??= histogramPrefixes(name, labelPairs(labelNames, cell.values));
  const [bucket, sum, count] = cell.prefixes as [string, string, string];
  let text = '';
  let cumulative = 0;
  for (let i = 0; i < tails.length; i++) {
    if (!isNew) cumulative += cell.counts[i] as number;
    text += `${bucket}${tails[i] as string}${cumulative}\n`;
  }
  return `${text}${sum}${isNew ? 0 : numberText(cell.sum)}\n${count}${cumulative}\n`;
}

/** One beginning for all buckets of a cell: one for each would cost two kilobytes a cell, and is no faster. */
function histogramPrefixes(name: string, pairs: string): readonly string[] {
  const bucket = `${name}_bucket{${pairs}${pairs === '' ? '' : ','}le="`;
  return [bucket, `${name}_sum${braced(pairs)} `, `${name}_count${braced(pairs)} `];
}

const braced = (pairs: string): string => (pairs === '' ? '' : `{${pairs}}`);
