/** Rows under headings, in columns of equal width. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    widths.map((width, column) => (row[column] ?? '').padEnd(width)).join('  ').trimEnd(); // prettier-ignore
  return `${all.map(line).join('\n')}\n`;
}
