/** Where each panel stands in Grafana's grid of 24 columns. */
import type { RowSpec } from './panel.js';

export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const COLUMNS = 24;

export interface PlacedRow {
  readonly header: GridPos;
  /** In the order of the row's panels. */
  readonly panels: readonly GridPos[];
}

/** From left to right; a line is as high as its highest panel, and the next one begins below it. */
export function layout(rows: readonly RowSpec[]): readonly PlacedRow[] {
  let y = 0;
  return rows.map((row) => {
    const header = { x: 0, y, w: COLUMNS, h: 1 };
    let [x, line, height] = [0, y + 1, 0];
    const panels = row.panels.map(({ size: [w, h] }) => {
      if (x + w > COLUMNS) [x, line, height] = [0, line + height, 0];
      const place = { x, y: line, w, h };
      [x, height] = [x + w, Math.max(height, h)];
      return place;
    });
    y = line + height;
    return { header, panels };
  });
}
